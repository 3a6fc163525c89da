"""What an execution takes that no push started: the one of a new pipeline, or a user's."""

from __future__ import annotations

import re

import pytest

from landfall.settings.branching import Entry, default_branch, entry, validated_branch
from tests.settings.stacks import changed, line_of, problems, stack

SOURCE = "source: {connection: github, repository: example/orders}"
DEV = "dev: {account: orders-dev}"


def explicit(dev: str, more: str = "") -> str:
    return changed(
        (SOURCE, f"{SOURCE}\n        strategy: explicit{more}"),
        (DEV, f"dev: {{account: orders-dev, {dev}}}"),
        ("prod: {account: orders-prod}", "prod: {account: orders-prod, tags: 'prod-*'}"),
    )


@pytest.mark.parametrize(
    ("dev", "branch", "variable", "yes", "no"),
    [
        ("branches: 'release/*'", "main", "BranchName", "release/1", "main"),
        ("branches: ['!main']", "main", "BranchName", "develop", "main"),
        ("tags: 'v*'", "main", "TagName", "v1", "main"),
        ("tags: ['v*', '!v*-rc']", "main", "TagName", "v1", "v1-rc"),
        ("triggers: [{branches: 'a/*'}, {branches: 'b/*'}]", "main", "BranchName", "b/1", "c/1"),
    ],
)
def test_what_no_push_started_reaches_no_environment_of_patterns(
    dev: str, branch: str, variable: str, yes: str, no: str
) -> None:
    application = stack(explicit(dev)).delivery.applications["orders"]
    assert default_branch(application, "dev") == branch
    found = entry(application, "dev")
    assert isinstance(found, Entry)
    assert found.variable == variable
    assert re.search(found.values, yes)
    assert not re.search(found.values, no)


@pytest.mark.parametrize(
    ("dev", "branch"),
    [
        ("branches: develop", "develop"),
        ("branches: ['release/*', develop]", "develop"),
        # The default branch is one of the pattern's.
        ("branches: '*'", "main"),
        ("branches: develop, tags: 'v*'", "develop"),
    ],
)
def test_a_branch_that_starts_the_pipeline_needs_no_condition(dev: str, branch: str) -> None:
    application = stack(explicit(dev)).delivery.applications["orders"]
    assert default_branch(application, "dev") == branch
    assert entry(application, "dev") is None


def test_the_default_branch_of_a_repository_may_have_another_name() -> None:
    text = explicit("branches: 'release/*'", "\n        defaultBranch: trunk")
    application = stack(text).delivery.applications["orders"]
    assert default_branch(application, "dev") == "trunk"


def test_patterns_of_branches_beside_tags_need_a_branch_without_a_pattern() -> None:
    text = explicit("branches: 'release/*', tags: 'v*'")
    (problem,) = problems(text)
    assert problem.what == "creating the pipeline would deploy 'main', which starts nothing here"
    assert "name one branch without a pattern" in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(text, "dev: {account")


@pytest.mark.parametrize(
    ("pull_requests", "branch"), [("trunk", "trunk"), ("['release/*', trunk]", "trunk")]
)
def test_pull_requests_are_validated_from_a_branch_that_they_go_into(
    pull_requests: str, branch: str
) -> None:
    text = changed((SOURCE, f"{SOURCE}\n        pullRequests: {pull_requests}"))
    assert validated_branch(stack(text).delivery.applications["orders"]) == branch


def test_the_check_of_the_branch_counts_among_the_rules_of_a_condition() -> None:
    alarms = "rollback: {alarms: [a, b, c, d]}"
    assert problems(explicit(f"branches: main, {alarms}")) == []
    (problem,) = problems(explicit(f"branches: 'release/*', {alarms}"))
    assert "would have 6 rules" in problem.what
