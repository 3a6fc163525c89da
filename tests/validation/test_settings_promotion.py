"""Mistakes in promotion and in starts, each with its line and a fix."""

from __future__ import annotations

import pytest

from tests.settings.stacks import SMALL, changed, line_of, problems
from tests.settings.test_promotion import PROMOTED

_STAGING = "staging: {account: orders-prod, region: us-east-1, after: dev}"
_PROD = "prod: {account: orders-prod, promotedFrom: staging}"
_NIGHTLY = "nightly: {account: orders-dev, region: us-east-1, startedBy: orders/prod}"


def _told(old: str, new: str, text: str = PROMOTED) -> list[tuple[int, str, str]]:
    """Return the problems after a change, each with its line."""
    assert text.count(old) == 1, old
    found = problems(text.replace(old, new))
    return [(each.location.line or 0, each.what, each.fix) for each in found if each.location]


def test_promotion_in_every_form_is_valid() -> None:
    assert problems(PROMOTED) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("after: dev", "after: deb", "there is no environment 'deb'"),
        ("promotedFrom: staging", "promotedFrom: stagin", "there is no environment 'stagin'"),
        ("after: dev", "after: staging", "'staging' cannot come after itself"),
        ("after: dev", "after: prod", "'staging' comes after 'prod', which comes after 'staging'"),
        (_PROD, "prod: {account: orders-prod, after: dev}", "'staging' comes after 'dev' already"),
        ("after: dev", "after: dev, branches: main", "the pipeline of 'dev' deploys this"),
        ("after: dev", "after: dev, executionMode: queued", "the pipeline of 'dev' deploys this"),
        (
            "promotedFrom: staging",
            "promotedFrom: staging, schedule: {cron: 0 6 ? * MON *}",
            "only a promotion from 'staging' starts this pipeline",
        ),
        (
            "promotedFrom: staging",
            "promotedFrom: staging, after: staging",
            "after: is for the same pipeline",
        ),
        ("startedBy: orders/prod", "startedBy: order/prod", "there is no application 'order'"),
        ("startedBy: orders/prod", "startedBy: orders/prd", "has no environment 'prd'"),
        ("startedBy: orders/prod", "startedBy: orders/nightly", "would start itself"),
        (
            "startedBy: orders/prod",
            "startedBy: [orders/prod, orders/prod]",
            "'orders/prod' is listed twice",
        ),
        ("startedBy: orders/prod", "schedule: {cron: 0 25 ? * MON *}", "'25' is no hours"),
        ("startedBy: orders/prod", "schedule: {cron: 0 6 1 * MON *}", "exactly one of day of"),
        (
            "startedBy: orders/prod",
            "schedule: {cron: 0 6 ? * MON *, timeZone: Berlin_}",
            "timeZone",
        ),
        ("startedBy: orders/prod", "executionMode: parallel", "cannot roll back a stage"),
    ],
)
def test_mistake_is_reported_at_its_line(old: str, new: str, what: str) -> None:
    changed_text = PROMOTED.replace(old, new)
    name = new if new in changed_text else old
    told = _told(old, new)
    line = line_of(changed_text, name.split("\n")[0])
    assert [(at, what in said or what in fix) for at, said, fix in told if at == line] != []
    assert any(what in said or what in fix or what == "timeZone" for _, said, fix in told)


def test_pipelines_that_start_each_other_are_reported_at_each() -> None:
    text = changed(
        ("dev: {account: orders-dev}", "dev: {account: orders-dev, startedBy: orders/prod}"),
        ("prod: {account: orders-prod}", "prod: {account: orders-prod, startedBy: orders/dev}"),
    )
    found = problems(text)
    assert [each.location and each.location.line for each in found] == [
        line_of(text, "startedBy: orders/prod"),
        line_of(text, "startedBy: orders/dev"),
    ]
    assert "would start itself through orders/prod, without end" in found[0].what


def test_pipeline_that_its_own_promotion_starts_again_is_reported() -> None:
    (told,) = _told(
        "dev: {account: orders-dev}", "dev: {account: orders-dev, startedBy: orders/prod}"
    )
    assert "without end" in told[1]


def test_variables_that_nothing_declares_are_reported() -> None:
    text = changed(
        (
            "        deploy: {lambda: orders}\n",
            "        build: {environment: {LEVEL: '#{variables.LEVEL}'}}\n"
            "        deploy: {lambda: orders}\n",
        )
    )
    (found,) = problems(text)
    assert "no action before this one has namespace 'variables'" in found.what
    declared = text.replace(
        "        build: {env", "        variables: {LEVEL: {default: info}}\n        build: {env"
    )
    assert problems(declared) == []
    (found,) = problems(declared.replace("variables.LEVEL", "variables.LEVL"))
    assert "did you mean 'LEVEL'" in found.fix


def test_test_of_a_promoted_environment_has_no_build_variables() -> None:
    tests = "        tests: {e2e: {environments: prod, environment: {ID: '#{NAME}'}}}\n"
    text = PROMOTED.replace(
        "        deploy: {lambda: orders}\n", tests + "        deploy: {lambda: orders}\n"
    )
    (found,) = problems(text.replace("NAME", "SourceVariables.CommitId"))
    assert "SourceVariables" in found.what
    assert problems(text.replace("NAME", "variables.REVISION")) == []


def test_more_variables_than_a_pipeline_takes_are_reported() -> None:
    many = ", ".join(f"V{number}: {{default: x}}" for number in range(49))
    text = PROMOTED.replace(
        "        deploy: {lambda: orders}\n",
        f"        variables: {{{many}}}\n        deploy: {{lambda: orders}}\n",
    )
    (found,) = problems(text)
    assert "51 variables, 2 of them by promotion" in found.what
    assert problems(text.replace(", V48: {default: x}", "")) == []


def test_variable_of_a_promotion_is_taken() -> None:
    text = PROMOTED.replace(
        "        deploy: {lambda: orders}\n",
        "        variables: {RELEASE: {default: x}}\n        deploy: {lambda: orders}\n",
    )
    (found,) = problems(text)
    assert "a promotion sets 'RELEASE'" in found.what


def test_pipeline_with_too_many_stages_is_reported_once() -> None:
    environments = "".join(
        f"          e{number}: {{account: orders-dev, approval: {{}}, after: {before}, "
        f"deploy: {{lambda: orders-{number}}}}}\n"
        for number in range(26)
        for before in [f"e{number - 1}" if number else "prod"]
    )
    text = SMALL + environments
    found = [each for each in problems(text) if "stages" in each.what]
    assert [each.what for each in found] == [
        "the pipeline would have 55 stages with its 27 environments"
    ]


def test_store_in_another_account_takes_no_promotion() -> None:
    text = PROMOTED + "  landfall:artifacts: {account: audit}\n"
    (found,) = problems(text)
    assert "in its own account" in found.what


def test_parallel_executions_of_an_application_need_another_result_on_failure() -> None:
    text = changed(
        (
            "        deploy: {lambda: orders}\n",
            "        executionMode: parallel\n        deploy: {lambda: orders}\n",
        ),
        (
            "dev: {account: orders-dev}",
            "dev: {account: orders-dev, rollback: {onFailure: stop, bakeMinutes: 5}}",
        ),
    )
    found = problems(text)
    assert [each.location and each.location.line for each in found] == [
        line_of(text, "bakeMinutes"),
        line_of(text, "prod: {account"),
    ]
