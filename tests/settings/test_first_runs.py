"""Sources of executions without a push: of a new pipeline, or started by a user."""

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
def test_execution_without_a_push_needs_a_name_that_matches_the_patterns(
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
        # The default branch matches the pattern.
        ("branches: '*'", "main"),
        ("branches: develop, tags: 'v*'", "develop"),
    ],
)
def test_source_branch_that_starts_the_pipeline_needs_no_condition(dev: str, branch: str) -> None:
    application = stack(explicit(dev)).delivery.applications["orders"]
    assert default_branch(application, "dev") == branch
    assert entry(application, "dev") is None


def test_default_branch_of_a_repository_can_be_set() -> None:
    text = explicit("branches: 'release/*'", "\n        defaultBranch: trunk")
    application = stack(text).delivery.applications["orders"]
    assert default_branch(application, "dev") == "trunk"


def test_branch_patterns_with_tags_need_a_plain_branch() -> None:
    text = explicit("branches: 'release/*', tags: 'v*'")
    (problem,) = problems(text)
    assert problem.what == "creating the pipeline would deploy 'main', which starts nothing here"
    assert "name one branch without a pattern" in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(text, "dev: {account")


@pytest.mark.parametrize(
    ("pull_requests", "branch"), [("trunk", "trunk"), ("['release/*', trunk]", "trunk")]
)
def test_pull_requests_start_from_a_branch_that_they_merge_into(
    pull_requests: str, branch: str
) -> None:
    text = changed((SOURCE, f"{SOURCE}\n        pullRequests: {pull_requests}"))
    assert validated_branch(stack(text).delivery.applications["orders"]) == branch


def test_branch_rule_counts_toward_the_rules_of_a_condition() -> None:
    alarms = "rollback: {alarms: [a, b, c, d]}"
    assert problems(explicit(f"branches: main, {alarms}")) == []
    (problem,) = problems(explicit(f"branches: 'release/*', {alarms}"))
    assert "would have 6 rules" in problem.what
