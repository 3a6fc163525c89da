"""CodeDeploy names are unique in account and region, in any order of the settings."""

from __future__ import annotations

import itertools

from tests.settings.stacks import changed, problems, stack

LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/NAME/"
    "0123456789abcdef/0123456789abcdef"
)


def application(name: str, deploy: str, *environments: str) -> str:
    written = "".join(f"\n          {each}" for each in environments)
    return (
        f"      {name}:\n        source: {{connection: github, repository: example/{name}}}\n"
        f"        deploy: {deploy}\n        environments:{written}\n"
    )


def service(name: str, cluster: str, *, account: str = "orders-prod", region: str = "") -> str:
    listener = LISTENER.replace("NAME", cluster).replace("eu-west-1", region or "eu-west-1")
    where = f", region: {region}" if region else ""
    groups = f"targetGroups: [{cluster}-a, {cluster}-b]"
    deploy = f"{{ecs: api, cluster: {cluster}, {groups}, taskRoles: task}}"
    return application(
        name, deploy, f"live: {{account: {account}{where}, listeners: '{listener}'}}"
    )


def text(*applications: str) -> str:
    return changed(
        (
            "      orders:\n        source: {connection: github, repository: example/orders}\n"
            "        deploy: {lambda: orders}\n        environments:\n"
            "          dev: {account: orders-dev}\n          prod: {account: orders-prod}\n",
            "".join(applications),
        )
    )


def names(*applications: str) -> dict[str, str]:
    found = stack(text(*applications)).codedeploy_names
    return {f"{name}/{environment}": own for (name, environment), own in found.items()}


def test_name_used_by_one_pipeline_equals_the_service_name() -> None:
    assert names(service("red", "red")) == {"red/live": "api"}


def test_service_name_in_two_clusters_gets_two_codedeploy_names() -> None:
    applications = [service("red", "red"), service("blue", "blue")]
    for order in itertools.permutations(applications):
        assert names(*order) == {"red/live": "red-live", "blue/live": "blue-live"}
        assert problems(text(*order)) == []


def test_service_name_in_two_accounts_or_regions_is_unchanged() -> None:
    apart = names(service("red", "red"), service("blue", "blue", account="orders-dev"))
    assert apart == {"red/live": "api", "blue/live": "api"}
    apart = names(service("red", "red"), service("blue", "blue", region="us-east-1"))
    assert apart == {"red/live": "api", "blue/live": "api"}


def test_instances_and_service_with_one_name_get_two_codedeploy_names() -> None:
    old = "{ec2: api, instanceRoles: app, tags: {app: api}}"
    found = names(service("red", "red"), application("green", old, "live: {account: orders-prod}"))
    assert found == {"red/live": "red-live", "green/live": "green-live"}


def test_function_deployment_has_no_codedeploy_name() -> None:
    function = application("green", "{lambda: api}", "live: {account: orders-prod}")
    assert names(service("red", "red"), function) == {"red/live": "api"}


def test_two_environments_in_one_account_get_two_codedeploy_names() -> None:
    instances = application(
        "old",
        "{ec2: api, instanceRoles: app, tags: {app: api}}",
        "test: {account: orders-prod}",
        "live: {account: orders-prod}",
    )
    assert names(instances) == {"old/test": "old-test", "old/live": "old-live"}
    assert problems(text(instances)) == []


def test_service_in_two_pipelines_is_refused() -> None:
    found = problems(text(service("red", "red"), service("blue", "red")))
    assert [problem.what for problem in found] == [
        "red/live deploys service 'api' of cluster 'red' in orders-prod in eu-west-1 too"
    ]
    assert "one deployment group" in found[0].fix


def test_pipeline_name_equal_to_another_service_is_refused() -> None:
    old = "{ec2: red-live, instanceRoles: app, tags: {app: api}}"
    named = application("green", old, "live: {account: orders-prod}")
    (problem,) = problems(text(service("red", "red"), service("blue", "blue"), named))
    assert problem.what == "'red-live' is the name of red/live in CodeDeploy too"
