"""Validation reports what each kind of deployment lacks and which AWS limits it exceeds."""

from __future__ import annotations

import pytest

from landfall.settings.readiness import notes, own_alarms
from landfall.settings.waves import destinations
from tests.settings.stacks import changed, line_of, problems, stack

LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/front/"
    "0123456789abcdef/0123456789abcdef"
)
NETWORK = LISTENER.replace("/app/", "/net/")
ECS = "{ecs: orders, cluster: apps, targetGroups: [blue, green], taskRoles: [orders-task]}"
PROD = "prod: {account: orders-prod}"


def _with(deploy: str, environment: str = PROD) -> str:
    """Return the small stack with one environment, prod, and this deployment."""
    return changed(
        ("{lambda: orders}", deploy),
        ("          dev: {account: orders-dev}\n", ""),
        (PROD, environment),
    )


def _told(text: str) -> list[str]:
    return [str(problem) for problem in problems(text)]


@pytest.mark.parametrize(
    ("deploy", "environment"),
    [
        ("{lambda: orders, shift: {shape: linear, percent: 20, minutes: 3}}", PROD),
        (ECS, f"prod: {{account: orders-prod, listeners: ['{LISTENER}']}}"),
        (ECS, f"prod: {{account: orders-prod, listeners: '{NETWORK}'}}"),
        ("{ec2: orders, instanceRoles: [app], autoScalingGroups: orders}", PROD),
        (
            "{ec2: orders, instanceRoles: [app], tags: {app: orders}, healthyPercent: 75,"
            " targetGroup: orders}",
            PROD,
        ),
        (
            "{pulumi: prod, backend: 's3://orders-state/pulumi', key: orders/state,"
            " permissions: [{actions: 's3:CreateBucket'}]}",
            PROD,
        ),
        (
            "{cloudformation: orders, template: cdk.out/Orders.template.json,"
            " permissions: [{actions: 's3:CreateBucket'}]}",
            PROD,
        ),
        ("{s3: orders-site}", PROD),
        ("{lambda: orders, shift: {shape: linear, percent: 50, minutes: 2880}}", PROD),
        (
            "{lambda: orders, alias: 2live}",
            "prod: {account: orders-prod, rollback: {window: {timeZone: 'UTC+05:30'}}}",
        ),
    ],
)
def test_deployment_of_each_kind_is_valid(deploy: str, environment: str) -> None:
    assert _told(_with(deploy, environment)) == []


@pytest.mark.parametrize(
    ("deploy", "environment", "said", "fix"),
    [
        (ECS, PROD, "ecs needs the load balancer's listener", "add listeners:"),
        (
            ECS.replace("}", ", traffic: canary-10-percent-5-minutes}"),
            f"prod: {{account: orders-prod, listeners: '{NETWORK}'}}",
            "CodeDeploy shifts all traffic at once behind a Network Load Balancer",
            "write traffic: all-at-once",
        ),
        (
            ECS.replace("}", ", shift: {shape: linear, percent: 20, minutes: 3}}"),
            f"prod: {{account: orders-prod, listeners: '{NETWORK}'}}",
            "CodeDeploy shifts all traffic at once behind a Network Load Balancer",
            "write traffic: all-at-once",
        ),
        (
            ECS,
            f"prod: {{account: orders-prod, listeners: ['{LISTENER}', '{NETWORK}']}}",
            "the listeners of an environment must have one kind of load balancer",
            "use only Application (app/) or only Network (net/) listeners",
        ),
        (
            ECS,
            f"prod: {{account: orders-prod, listeners: '{LISTENER.replace('/app/', '/gwy/')}'}}",
            "is not valid here",
            "write the listener's ARN, as in arn:aws:elasticloadbalancing:",
        ),
        (
            "{lambda: orders}",
            f"prod: {{account: orders-prod, listeners: ['{LISTENER}']}}",
            "only ecs and ecsService have listeners",
            "remove them",
        ),
        (
            ECS,
            f"prod: {{account: orders-prod, region: us-east-1, listeners: ['{LISTENER}']}}",
            "the listener is in eu-west-1, the deployment in us-east-1",
            "of that region",
        ),
        (
            "{ec2: orders, instanceRoles: [app]}",
            PROD,
            "no target instances",
            "autoScalingGroups: or tags:",
        ),
        (
            "{ec2: orders, instanceRoles: [app], tags: {a: b}, batch: all-at-once,"
            " healthyPercent: 50}",
            PROD,
            "batch and healthyPercent",
            "keep one",
        ),
        (
            "{lambda: orders, traffic: all-at-once,"
            " shift: {shape: canary, percent: 5, minutes: 5}}",
            PROD,
            "traffic and shift",
            "keep one",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, waves: [[{account: orders-prd}]]}",
            "no account 'orders-prd'",
            "did you mean 'orders-prod'?",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, waves: [[{account: orders-prod}]]}",
            "is already a destination",
            "another account or region",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, waves: [[]]}",
            "wave is empty",
            "remove",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, rollback: {alarms: [a, b, c, d, e]}}",
            "6 rules",
            "CodePipeline allows 5",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, rollback: {alarms: [a, b, a]}}",
            "alarm 'a' is already set for this",
            "remove it",
        ),
        (
            "{s3: orders-site}",
            "prod: {account: orders-prod, rollback: {bakeMinutes: 10}}",
            "no alarm to watch",
            "add alarms:",
        ),
        (
            "{lambda: orders, alias: '17'}",
            PROD,
            "is not valid here",
            "write",
        ),
        (
            "{lambda: orders, shift: {shape: linear, percent: 20, minutes: 721}}",
            PROD,
            "over 2884 minutes in all",
            "AWS ends the deployment after 2880",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, rollback: {alarms: ['slow, or down']}}",
            "alarm 'slow, or down' has a comma",
            "without a comma in its name",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, rollback: {window: {timeZone: Europe}}}",
            "CodePipeline has no time zone 'Europe'",
            "Europe/Berlin",
        ),
        (
            "{lambda: orders}",
            "prod: {account: orders-prod, rollback: {window: {hours: 9-25}}}",
            "is not valid here",
            "write",
        ),
    ],
)
def test_deployment_mistake_is_reported_with_place_and_fix(
    deploy: str, environment: str, said: str, fix: str
) -> None:
    text = _with(deploy, environment)
    (told,) = _told(text)
    lines = (
        (line_of(text, "account: orders-prod,"), line_of(text, "deploy: "))
        if ("account: orders-prod," in text)
        else (line_of(text, "deploy: "), line_of(text, PROD))
    )
    assert said in told
    assert fix in told
    assert any(told.startswith(f"Pulumi.test.yaml:{line}:") for line in lines)


@pytest.mark.parametrize(
    ("deploy", "said"),
    [
        ("{lambda: orders}", "CodePipeline allows 10"),
        (
            "{ec2: orders, instanceRoles: [app], autoScalingGroups: orders}",
            "CodeDeploy allows 10",
        ),
    ],
)
def test_alarms_over_the_aws_limit_are_refused(deploy: str, said: str) -> None:
    alarms = ", ".join(f"a{number}" for number in range(10))
    told = _told(_with(deploy, f"prod: {{account: orders-prod, rollback: {{alarms: [{alarms}]}}}}"))
    assert any("11 alarms" in each and said in each for each in told)


def test_alarm_names_over_the_codepipeline_value_limit_are_refused() -> None:
    alarms = ", ".join(f"{'a' * 250}{number}" for number in range(4))
    told = _told(
        _with(
            "{lambda: orders}", f"prod: {{account: orders-prod, rollback: {{alarms: [{alarms}]}}}}"
        )
    )
    assert any("1026 characters" in each and "CodePipeline allows 1000" in each for each in told)


def test_destinations_over_the_action_limit_are_refused() -> None:
    wave = ", ".join(["{account: orders-prod}"] * 25)
    waves = ", ".join([f"[{wave}]"] * 11)
    told = _told(_with("{lambda: orders}", f"prod: {{account: orders-prod, waves: [{waves}]}}"))
    assert any("276 destinations" in each and "500 actions" in each for each in told)


def test_mistakes_of_several_environments_are_reported_together() -> None:
    text = changed(
        ("{lambda: orders}", ECS), ("dev: {account: orders-dev}", "dev: {account: orders-dve}")
    )
    told = "\n".join(_told(text))
    assert "orders-dve" in told
    assert told.count("ecs needs") == 2


def test_destinations_in_one_account_have_separate_roles() -> None:
    text = _with(
        "{lambda: orders}",
        "prod: {account: orders-prod, waves: [[{account: orders-prod, region: us-east-1},"
        " {account: orders-dev, region: us-east-1}]]}",
    )
    settings = stack(text)
    prod = settings.delivery.applications["orders"].environments["prod"]
    waves = destinations(prod, settings)
    assert [[(each.account, each.region, each.suffix) for each in wave] for wave in waves] == [
        [("orders-prod", "eu-west-1", "")],
        [("orders-prod", "us-east-1", "-us-east-1"), ("orders-dev", "us-east-1", "")],
    ]


@pytest.mark.parametrize(
    ("deploy", "environment", "said"),
    [
        ("{lambda: orders}", PROD, ["orders-prod shifts all traffic at once"]),
        ("{lambda: orders, traffic: canary-10-percent-5-minutes}", PROD, []),
        ("{s3: orders-site}", PROD, ["orders-prod has no alarm"]),
        (
            "{s3: orders-site}",
            "prod: {account: orders-prod, rollback: {alarms: [availability]}}",
            ["checks its alarms only before"],
        ),
        (
            "{s3: orders-site}",
            "prod: {account: orders-prod, rollback: {alarms: [availability], bakeMinutes: 5}}",
            [],
        ),
        (
            "{ec2: orders, instanceRoles: [app], autoScalingGroups: orders}",
            "prod: {account: orders-prod, rollback: {onFailure: retry}}",
            ["orders-prod has no automatic rollback"],
        ),
        (
            "{ec2: orders, instanceRoles: [app], autoScalingGroups: orders}",
            "prod: {account: orders-prod, waves: [[{account: orders-dev}]]}",
            ["rolls back alone"],
        ),
    ],
)
def test_deployment_without_automatic_rollback_is_noted(
    deploy: str, environment: str, said: list[str]
) -> None:
    found = [note.what for note in notes(stack(_with(deploy, environment)))]
    assert len(found) == len(said)
    assert all(part in what for part, what in zip(said, found, strict=True))


def test_alarms_of_the_stack_are_named_by_kind() -> None:
    text = _with("{ec2: orders, instanceRoles: [app], autoScalingGroups: [one, two]}")
    application = stack(text).delivery.applications["orders"]
    prod = application.environments["prod"]
    assert own_alarms("p", prod, application.deploy) == ("p-one-status", "p-two-status")


@pytest.mark.parametrize(("listener", "alarms"), [(LISTENER, ("p-5xx",)), (NETWORK, ())])
def test_network_load_balancer_has_no_response_alarm(
    listener: str, alarms: tuple[str, ...]
) -> None:
    text = _with(ECS, f"prod: {{account: orders-prod, listeners: '{listener}'}}")
    application = stack(text).delivery.applications["orders"]
    assert own_alarms("p", application.environments["prod"], application.deploy) == alarms


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        ("{}", "no channel is set"),
        ("{slack: {workspace: t1, channel: C1}}", "'t1' is not valid here"),
        ("{teams: {tenant: x, team: y, channel: z}}", "'x' is not valid here"),
    ],
)
def test_chat_channel_with_invalid_ids_is_refused(chat: str, said: str) -> None:
    text = changed(
        (
            "deploy: {lambda: orders}",
            f"deploy: {{lambda: orders}}\n        observability: {{chat: {chat}}}",
        )
    )
    assert any(said in str(problem) for problem in problems(text))
