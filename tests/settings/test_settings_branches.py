"""Triggers of each environment's pipeline, by branching strategy and kind of source."""

from __future__ import annotations

import pytest

from landfall.settings import naming
from landfall.settings.branching import branches
from tests.settings.stacks import changed, line_of, problems, stack

SOURCE = "source: {connection: github, repository: example/orders}"
DEV = "dev: {account: orders-dev}"
PROD = "prod: {account: orders-prod}"


def gitflow(*changes: tuple[str, str]) -> str:
    return changed((SOURCE, f"{SOURCE}\n        strategy: gitflow"), *changes)


@pytest.mark.parametrize("strategy", ["trunk", "github-flow"])
def test_trunk_and_github_flow_deliver_every_environment_from_main(strategy: str) -> None:
    text = changed((SOURCE, f"{SOURCE}\n        strategy: {strategy}"))
    application = stack(text).delivery.applications["orders"]
    assert branches(application, "dev") == branches(application, "prod") == ("main",)


def test_gitflow_gives_each_environment_its_branch() -> None:
    text = gitflow((DEV, f"{DEV}\n          staging: {{account: orders-dev}}"))
    application = stack(text).delivery.applications["orders"]
    started = {name: branches(application, name) for name in application.environments}
    assert started == {"dev": ("develop",), "staging": ("release/*", "hotfix/*"), "prod": ("main",)}


def test_gitflow_environment_with_a_custom_name_needs_branches() -> None:
    unnamed = gitflow((DEV, "qa: {account: orders-dev}"))
    (problem,) = problems(unnamed)
    assert problem.path.endswith("environments.qa")
    assert "branches:" in problem.fix
    assert problems(gitflow((DEV, "qa: {account: orders-dev, branches: qa}"))) == []


@pytest.mark.parametrize(
    "pattern",
    ["main", "'*'", "ma*", "[main, other]", "'{main,other}'", "'!release/*'", "'m[a-c]*'"],
)
def test_gitflow_branch_starts_one_environment(pattern: str) -> None:
    text = gitflow((DEV, f"dev: {{account: orders-dev, branches: {pattern}}}"))
    (problem,) = problems(text)
    assert problem.path.endswith("environments.prod")
    assert problem.what == "branch 'main' also starts environment 'dev'"
    assert "gitflow" in problem.fix


def explicit(dev: str, prod: str) -> str:
    return changed(
        (SOURCE, f"{SOURCE}\n        strategy: explicit"),
        (DEV, f"dev: {{account: orders-dev, {dev}}}"),
        (PROD, f"prod: {{account: orders-prod, {prod}}}"),
    )


@pytest.mark.parametrize(
    ("dev", "prod"),
    [
        # A star matches within one part of a name.
        ("branches: '*'", "branches: 'release/*'"),
        ("branches: 'release/*'", "branches: 'release/*/*'"),
        ("branches: '!main'", "branches: main"),
        ("branches: ['**', '!release/**']", "branches: 'release/*'"),
        ("branches: ['**', '!{main,release/*}']", "branches: [main, 'release/*']"),
        ("tags: 'v*'", "tags: 'release-*'"),
        # A branch and a tag with one name are different pushes.
        ("tags: 'v*'", "branches: 'v*'"),
    ],
)
def test_environments_with_disjoint_patterns_are_valid(dev: str, prod: str) -> None:
    assert problems(explicit(dev, prod)) == []


@pytest.mark.parametrize(
    ("dev", "prod", "what"),
    [
        ("branches: '**'", "branches: 'release/*'", "branch 'release/a'"),
        ("branches: ['**', '!release/1']", "branches: 'release/?'", "branch 'release/a'"),
        ("tags: 'v*'", "tags: '*-final'", "tag 'v-final'"),
        (
            "triggers: [{branches: develop}, {branches: '!develop', paths: src/**}]",
            "branches: main",
            "branch 'main'",
        ),
    ],
)
def test_branch_name_that_starts_two_environments_is_reported(
    dev: str, prod: str, what: str
) -> None:
    text = explicit(dev, prod)
    (problem,) = problems(text)
    assert problem.what == f"{what} also starts environment 'dev'"
    assert problem.location is not None
    assert problem.location.line == line_of(text, "prod: {account")


@pytest.mark.parametrize("pattern", ["'{main,develop'", "'release/[0-9'", "'{a,{b,c}}'"])
def test_malformed_branch_pattern_is_refused_with_its_line(pattern: str) -> None:
    text = explicit(f"branches: {pattern}", "branches: main")
    (problem,) = problems(text)
    assert "is not a valid pattern" in problem.what
    assert problem.location is not None
    assert problem.location.line == line_of(text, "dev: {account")


def test_codecommit_source_accepts_only_one_plain_branch() -> None:
    source = "source: {codecommit: orders}\n        strategy: gitflow"
    staging = f"{DEV}\n          staging: {{account: orders-dev}}"
    (problem,) = problems(changed((SOURCE, source), (DEV, staging)))
    assert problem.path.endswith("environments.staging")
    assert "release/*" in problem.what
    written = staging[:-1] + ", branches: release}"
    assert problems(changed((SOURCE, source), (DEV, written))) == []


def test_patterns_over_the_filter_limit_are_refused() -> None:
    patterns = ", ".join(f"b{number}" for number in range(9))
    (problem,) = problems(changed((DEV, f"dev: {{account: orders-dev, branches: [{patterns}]}}")))
    assert "9 patterns" in problem.what
    assert "allows 8" in problem.fix


def test_s3_source_with_branches_is_refused() -> None:
    source = "source: {bucket: sources, key: orders.zip}"
    text = changed((SOURCE, source))
    assert branches(stack(text).delivery.applications["orders"], "dev") == ()
    named = changed((SOURCE, source), (DEV, "dev: {account: orders-dev, branches: main}"))
    (problem,) = problems(named)
    assert problem.path.endswith("dev.branches")


def test_pipelines_whose_names_begin_alike_have_artifacts_of_their_own() -> None:
    # CodePipeline keeps artifacts under the first 20 characters of a pipeline's name.
    text = changed(("      orders:", "      order-management-service:"))
    assert problems(text) == []
    names = [naming.pipeline("order-management-service", each) for each in ("dev", "prod")]
    assert [name.partition("-")[2] for name in names] == [
        "order-management-service-dev",
        "order-management-service-prod",
    ]
    assert len({naming.artifact_prefix(name) for name in names}) == 2


def test_a_pipeline_name_of_twenty_characters_stays_as_written() -> None:
    assert naming.pipeline("a" * 16, "dev") == f"{'a' * 16}-dev"
    assert naming.pipeline("a" * 17, "dev") != f"{'a' * 17}-dev"


def test_pipelines_with_the_same_artifact_prefix_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(naming, "ARTIFACT_PREFIX", 10)
    monkeypatch.setattr(
        naming, "pipeline", lambda application, environment: f"{application}-{environment}"
    )
    text = changed(("      orders:", "      order-management-service:"))
    (problem,) = problems(text)
    assert problem.path.endswith("environments.prod")
    assert "'order-mana'" in problem.what
