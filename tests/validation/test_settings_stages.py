"""Triggers, tests, reviews and images: valid settings, and mistakes with their fix."""

from __future__ import annotations

import pytest

from landfall.settings.branching import default_branch, names, protected, triggers, validation
from landfall.settings.testing import SOURCE_KINDS
from landfall.settings.triggers import Trigger
from tests.settings.stacks import changed, problems, stack

SOURCE = "source: {connection: github, repository: example/orders}"
CODECOMMIT = "source: {codecommit: orders}"
DEV = "dev: {account: orders-dev}"
PROD = "prod: {account: orders-prod}"
ECS = (
    "{ecs: orders, cluster: apps, targetGroups: [blue, green], taskRoles: [orders-task],"
    " imagePlaceholder: IMAGE}"
)


def _more(*lines: str, source: str = SOURCE, changes: tuple[tuple[str, str], ...] = ()) -> str:
    """Return the small stack with further lines in its application, each a key with its value."""
    text = "".join(f"\n        {line}" for line in lines)
    return changed((SOURCE, f"{source}{text}"), *changes)


def _told(text: str) -> list[str]:
    return [str(problem) for problem in problems(text)]


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("standard", SOURCE_KINDS),
        ("unit", ("unit",)),
        ("[lint, secrets]", ("lint", "secrets")),
        ("{standard: true, iac: false}", SOURCE_KINDS[:-1]),
        ("{unit: {shards: 2}, lint: true}", ("unit", "lint")),
        ("{unit: }", ("unit",)),
    ],
)
def test_tests_in_short_form_are_valid(written: str, kinds: tuple[str, ...]) -> None:
    application = stack(_more(f"tests: {written}")).delivery.applications["orders"]
    assert tuple(application.tests.of_sources()) == kinds


def test_deployed_tests_run_in_the_named_environments() -> None:
    application = stack(_more("tests: {e2e: {environments: dev}, integration: true}"))
    tests = application.delivery.applications["orders"].tests
    assert list(tests.of_deployment("dev")) == ["integration", "e2e"]
    assert list(tests.of_deployment("prod")) == ["integration"]


def test_environment_with_custom_filters_uses_them() -> None:
    text = changed(
        (SOURCE, "source: {connection: github, repository: example/orders, paths: 'src/**'}"),
        (DEV, "dev: {account: orders-dev, tags: 'v*'}"),
        (PROD, "prod: {account: orders-prod, triggers: [{pullRequests: main}, {branches: a}]}"),
    )
    application = stack(text).delivery.applications["orders"]
    assert triggers(application, "dev") == (Trigger(tags=("v*",)),)
    assert triggers(application, "prod") == (
        Trigger(pull_requests=("main",), paths=("src/**",)),
        Trigger(branches=("a",), paths=("src/**",)),
    )
    assert (default_branch(application, "dev"), default_branch(application, "prod")) == (
        "main",
        "a",
    )


@pytest.mark.parametrize(
    ("strategy", "pull_requests", "guarded"),
    [
        ("trunk", (), ("main",)),
        ("github-flow", ("main",), ("main",)),
        ("gitflow", ("develop", "main", "release/*"), ("main", "develop")),
        ("explicit", (), ("main",)),
    ],
)
def test_strategy_determines_validated_and_protected_branches(
    strategy: str, pull_requests: tuple[str, ...], guarded: tuple[str, ...]
) -> None:
    changes = ()
    if strategy == "explicit":
        changes = (
            (DEV, DEV.replace("}", ", branches: next}")),
            (PROD, PROD.replace("}", ", tags: v*}")),
        )
    application = stack(_more(f"strategy: {strategy}", changes=changes)).delivery.applications[
        "orders"
    ]
    assert [trigger.pull_requests for trigger in validation(application)] == [
        targets for targets in (pull_requests,) if targets
    ]
    assert protected(application) == guarded
    assert bool(names(application)) == (strategy != "explicit")


@pytest.mark.parametrize(
    ("text", "where", "said", "fix"),
    [
        (_more("tests: [uint]"), "tests", "no test 'uint'", "did you mean 'unit'?"),
        (_more("tests: {uint: {}}"), "tests.uint", "not a known key", "did you mean 'unit'?"),
        (_more("tests: {unit: {shard: 2}}"), "unit.shard", "not a known key", "mean 'shards'?"),
        (
            _more("tests: {e2e: {environments: [stagin, dev]}}"),
            "tests.e2e.environments[0]",
            "no environment 'stagin'",
            "dev",
        ),
        (
            _more("tests: {e2e: {environments: [pro]}}"),
            "tests.e2e.environments[0]",
            "no environment 'pro'",
            "did you mean 'prod'?",
        ),
        (
            _more(
                "tests: {e2e: {reads: [{actions: 's3:PutObject', resources: 'arn:aws:s3:::a'}]}}"
            ),
            "reads[0].actions[0]",
            "does more than read",
            "in the deployment",
        ),
        (
            _more("tests: {e2e: {reads: [{actions: 's3:GetObject'}]}}"),
            "reads[0]",
            "the statement has no resources",
            "add resources:",
        ),
        (
            _more("tests: {unit: {environment: {API_TOKEN: abc}}}"),
            "environment.API_TOKEN",
            "looks like a credential",
            "declare it under secrets:",
        ),
        (
            _more("tests: {unit: {environment: {SHARD: '1'}}}"),
            "environment.SHARD",
            "set by the pipeline",
            "another name",
        ),
        (
            _more("tests: {unit: {shards: 50, matrix: {A: [a, b, c]}}}"),
            "unit.matrix",
            "150 builds",
            "CodeBuild allows 100",
        ),
        (
            _more("strategy: explicit"),
            "environments.dev",
            "explicit has no branch for environment 'dev'",
            "write branches: here",
        ),
        (
            _more("strategy: gitlfow"),
            "strategy",
            "not one of the choices",
            "did you mean 'gitflow'?",
        ),
        (
            changed((DEV, "dev: {account: orders-dev, triggers: [{branches: a, tags: b}]}")),
            "dev.triggers[0]",
            "one filter combines branches and tags",
            "a separate entry",
        ),
        (
            changed((DEV, "dev: {account: orders-dev, triggers: [{paths: 'a/**'}]}")),
            "dev.triggers[0]",
            "the filter has no event",
            "add branches:",
        ),
        (
            changed((DEV, "dev: {account: orders-dev, triggers: [{tags: a, paths: b}]}")),
            "dev.triggers[0].paths",
            "does not apply to tags",
            "remove paths:",
        ),
        (
            changed((DEV, "dev: {account: orders-dev, branches: a, triggers: [{tags: v*}]}")),
            "dev.triggers",
            "repeats branches: or tags:",
            "to triggers:",
        ),
        (
            changed(
                (
                    DEV,
                    "dev: {account: orders-dev, triggers: [{branches: a}, {branches: b},"
                    " {branches: c}, {tags: d}]}",
                )
            ),
            "dev.triggers",
            "4 push filters",
            "CodePipeline allows 3",
        ),
        (
            _more(f"pullRequests: [{', '.join(f'b{number}' for number in range(9))}]"),
            "pullRequests",
            "9 patterns of pullRequests",
            "allows 8",
        ),
        (
            _more(
                source=CODECOMMIT,
                changes=((DEV, "dev: {account: orders-dev, triggers: [{pullRequests: main}]}"),),
            ),
            "dev.triggers",
            "does not support filters of pull requests",
            "application's pullRequests:",
        ),
        (
            _more(source=CODECOMMIT, changes=((DEV, "dev: {account: orders-dev, tags: v*}"),)),
            "dev.tags",
            "does not support filters of tags",
            "one branch",
        ),
        (
            _more(
                "strategy: explicit",
                changes=(
                    (DEV, DEV.replace("}", ", tags: 'v*'}")),
                    (PROD, PROD.replace("}", ", tags: 'v1.*'}")),
                ),
            ),
            "environments.prod",
            "tag 'v1.a' also starts environment 'dev'",
            "one environment",
        ),
        (
            _more("branchNames: ['feature/(']"),
            "branchNames[0]",
            "not a regular expression",
            "correct",
        ),
        (
            _more("review: {}", source=CODECOMMIT),
            "review.approvers",
            "no approvers",
            "landfall/reviewer",
        ),
        (
            _more("review: {approvers: [a], contributors: raeder}", source=CODECOMMIT),
            "contributors[0]",
            "no role 'raeder'",
            "did you mean 'reader'?",
        ),
        (
            _more(
                f"review: {{approvers: [{', '.join(f'reviewer-{n}' for n in range(60))}]}}",
                source=CODECOMMIT,
            ),
            "review.approvers",
            "the approval rule would have",
            "CodeCommit allows 3000",
        ),
        (
            _more("review: {approvers: [a]}"),
            "review.approvers",
            "a connection does not support",
            "remove it",
        ),
        (
            _more("review: {approvers: [a], since: 0123abc}", source=CODECOMMIT),
            "review.since",
            "a CodeCommit source does not support since",
            "remove it",
        ),
        (
            changed(
                (SOURCE, f"{SOURCE}\n        review: {{}}"),
                ("{provider: GitHub}", "{provider: GitLab}"),
            ),
            "review.keys",
            "keys with which GitLab signs",
            "https address",
        ),
        (
            changed(("{provider: GitHub}", "{provider: GitLabSelfManaged}")),
            "connections.github.endpoint",
            "the address of GitLabSelfManaged is missing",
            "https address",
        ),
        (
            changed(("{provider: GitHub}", "{provider: GitHub, endpoint: 'https://a.b'}")),
            "connections.github.endpoint",
            "GitHub is not self-managed",
            "remove it",
        ),
        (
            _more("review: {branches: [release/*]}"),
            "review.branches[0]",
            "is a pattern",
            "each protected branch",
        ),
        (
            _more(
                "image: {ecr: orders}",
                changes=(
                    ("{lambda: orders}", ECS.replace(", imagePlaceholder: IMAGE", "")),
                    (DEV, DEV.replace("}", ", listeners: [LISTENER]}")),
                    (PROD, PROD.replace("}", ", listeners: [LISTENER]}")),
                ),
            ).replace(
                "LISTENER",
                "'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/a/"
                "0123456789abcdef/0123456789abcdef'",
            ),
            "deploy.imagePlaceholder",
            "placeholder for the image",
            "IMAGE1_NAME",
        ),
        (
            changed((DEV, "validation: {account: orders-dev}")),
            "environments.validation",
            "is reserved for source tests",
            "another name",
        ),
        (
            _more(
                "tests: [unit]", source="source: {bucket: sources, key: a.zip}\n        review: {}"
            ),
            "review",
            "no branches or pull requests",
            "remove it",
        ),
    ],
)
def test_stage_mistake_is_reported_with_a_fix(text: str, where: str, said: str, fix: str) -> None:
    found = problems(text)
    told = [problem for problem in found if said in problem.what]
    assert told, [str(problem) for problem in found]
    assert told[0].path.endswith(where), told[0].path
    assert fix in told[0].fix
    assert told[0].location


def test_stage_mistakes_are_reported_together() -> None:
    told = "\n".join(
        _told(
            _more(
                "tests: [uint]",
                "review: {approvers: [a]}",
                changes=(
                    (DEV, "dev: {account: orders-dv, triggers: [{branches: a, tags: b}]}"),
                    (PROD, "prod: {}"),
                ),
            )
        )
    )
    for part in (
        "no test 'uint'",
        "a connection does not support",
        "no account 'orders-dv'",
        "one filter combines",
    ):
        assert part in told
    assert "'account' is missing" in told
