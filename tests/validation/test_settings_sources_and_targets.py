"""Connections, sources, secrets, sites and target groups, refused at validation with a fix."""

from __future__ import annotations

import pytest

from landfall.settings.readiness import notes
from tests.settings.stacks import changed, line_of, problems, stack

SOURCE = "source: {connection: github, repository: example/orders}"
DEPLOY = "deploy: {lambda: orders}"
CONNECTION = "{provider: GitHub}"
PROD = "prod: {account: orders-prod}"
LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/front/"
    "0123456789abcdef/0123456789abcdef"
)
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/NAME/0123456789abcdef"
BLUE, GREEN = GROUP.replace("NAME", "blue"), GROUP.replace("NAME", "green")
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef"
ID = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


def _more(*lines: str) -> str:
    return changed((SOURCE, SOURCE + "".join(f"\n        {line}" for line in lines)))


def _ecs(*groups: str, region: str = "eu-west-1") -> str:
    listener = LISTENER.replace("eu-west-1", region)
    written = ", ".join(f"'{group}'" for group in groups)
    return changed(
        (
            DEPLOY,
            f"deploy: {{ecs: o, cluster: a, targetGroups: [{written}], taskRoles: task}}",
        ),
        ("          dev: {account: orders-dev}\n", ""),
        (PROD, f"prod: {{account: orders-prod, region: {region}, listeners: '{listener}'}}"),
    )


@pytest.mark.parametrize(
    "text",
    [
        changed((CONNECTION, "{provider: AzureDevOps}")),
        changed((CONNECTION, f"{{provider: GitHub, id: {ID}}}")),
        changed((CONNECTION, f"{{provider: GitLabSelfManaged, id: {ID}}}")),
        changed((SOURCE, SOURCE.replace("}", ", fullClone: true, submodules: example/lib}"))),
        _more("executionMode: superseded"),
        changed((PROD, PROD.replace("}", ", approval: {notify: [a@example.com, b@example.com]}}"))),
        _more("secrets: {login: {variable: LOGIN, key: password}}"),
        changed((DEPLOY, f"deploy: {{s3: orders-site, key: {ID}}}")),
        changed(
            (
                DEPLOY,
                f"deploy: {{s3: orders-site, key: '{KEY_ARN}'}}",
            )
        ),
        _ecs("blue", "green"),
        _ecs(BLUE, GREEN),
    ],
)
def test_source_or_target_that_aws_supports_is_valid(text: str) -> None:
    assert [str(problem) for problem in problems(text)] == []


@pytest.mark.parametrize(
    ("text", "part", "what", "fix"),
    [
        (
            changed((DEPLOY, "deploy: {s3: orders-site, key: orders}")),
            "deploy:",
            "'orders' is not valid here",
            "an alias is not recognized in another account",
        ),
        (
            changed((SOURCE, SOURCE.replace("}", ", submodules: example/lib}"))),
            "source:",
            "an archive of the sources has no submodules",
            "write fullClone: true",
        ),
        (
            _more("secrets: {login: {key: password, readers: app}}"),
            "secrets:",
            "a key needs a JSON secret that builds get in a variable",
            "write variable:",
        ),
        (
            _ecs(BLUE, "green"),
            "deploy:",
            "one target group is a name, the other an ARN",
            "write both ARNs",
        ),
        (_ecs("blue", "gr_een"), "deploy:", "'gr_een' is not a target group", "write its name"),
        (
            _ecs(BLUE, GREEN, region="us-east-1"),
            " prod:",
            "the target groups are in eu-west-1, not in us-east-1",
            "write their names",
        ),
        (
            changed(
                (SOURCE, f"{SOURCE}\n        secrets: {{token: {{variable: TOKEN}}}}"),
                (PROD, PROD.replace("}", ", triggers: [{branches: a}, {pullRequests: main}]}")),
            ),
            " prod:",
            "the build of a pull request would get secret 'token' before any review",
            "leave it to pullRequests:",
        ),
    ],
)
def test_source_or_target_that_aws_refuses_is_refused_with_its_line(
    text: str, part: str, what: str, fix: str
) -> None:
    (problem,) = problems(text)
    assert what in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(text, part)


def _noted(text: str) -> list[str]:
    return [note.what for note in notes(stack(text))]


def test_deployment_of_pull_requests_is_noted() -> None:
    text = changed((PROD, PROD.replace("}", ", triggers: {pullRequests: main}}")))
    said = "orders-prod deploys pull requests before any review"
    assert any(said in each for each in _noted(text))


def test_alarm_of_a_whole_load_balancer_is_noted() -> None:
    said = "watches its whole load balancer"
    assert any(said in each for each in _noted(_ecs("blue", "green")))
    assert not any(said in each for each in _noted(_ecs(BLUE, GREEN)))


_SHARED = """        source: {codecommit: mono}
        review: {approvers: landfall/reviewer}
"""
_INVOICES = f"""      invoices:
{_SHARED}        deploy: {{lambda: invoices}}
        environments: {{dev: {{account: orders-dev}}}}
"""


def test_applications_may_share_a_codecommit_repository() -> None:
    text = changed((f"        {SOURCE}\n", _SHARED))
    shared = text + _INVOICES.replace("        review: {approvers: landfall/reviewer}\n", "")
    assert problems(shared) == []


def test_a_second_review_of_a_shared_repository_is_refused() -> None:
    text = changed((f"        {SOURCE}\n", _SHARED)) + _INVOICES
    (problem,) = problems(text)
    assert problem.path == "landfall:delivery.applications.invoices.review"
    assert problem.what == "application 'orders' already has the review of repository 'mono'"
    assert "one application" in problem.fix


@pytest.mark.parametrize(
    ("account", "what", "fix"),
    [
        ("orders-de", "there is no account 'orders-de'", "did you mean 'orders-dev'?"),
        ("delivery", "'delivery' is the delivery account", "remove it"),
    ],
)
def test_account_of_a_repository_is_another_one_of_the_stack(
    account: str, what: str, fix: str
) -> None:
    text = changed((SOURCE, f"source: {{codecommit: orders, account: {account}}}"))
    (problem,) = problems(text)
    assert problem.path == "landfall:delivery.applications.orders.source.account"
    assert (problem.what, problem.fix) == (what, fix)
    assert problem.location.line == line_of(text, f"account: {account}}}")


def test_repositories_of_one_name_in_two_accounts_have_a_review_each() -> None:
    elsewhere = _SHARED.replace("mono}", "mono, account: orders-dev}")
    text = changed((f"        {SOURCE}\n", _SHARED)) + _INVOICES.replace(_SHARED, elsewhere)
    assert problems(text) == []


def test_contributors_are_roles_of_the_repositorys_account() -> None:
    elsewhere = _SHARED.replace("mono}", "mono, account: orders-dev}")
    review = "review: {approvers: landfall/reviewer, contributors: reader}"
    elsewhere = elsewhere.replace("review: {approvers: landfall/reviewer}", review)
    reads = "managedPolicies: [SecurityAudit]"
    text = changed(
        (f"        {SOURCE}\n", elsewhere), (reads, f"{reads}\n        accounts: [orders-prod]")
    )
    (problem,) = problems(text)
    assert problem.what == "role 'reader' is not in the repository's account"
    assert problem.fix == "add orders-dev to its accounts"
