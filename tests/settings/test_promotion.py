"""Which pipeline deploys an environment, which one built it, and what starts what."""

from __future__ import annotations

from landfall.settings import branching, promotion, starting
from landfall.settings.delivery import Application
from tests.settings.stacks import changed, stack

PROMOTED = changed(
    (
        "          prod: {account: orders-prod}\n",
        "          staging: {account: orders-prod, region: us-east-1, after: dev}\n"
        "          prod: {account: orders-prod, promotedFrom: staging}\n"
        "          nightly: {account: orders-dev, region: us-east-1, startedBy: orders/prod}\n",
    )
)


def orders(text: str = PROMOTED) -> Application:
    """Return the application of a stack file's text."""
    return stack(text).delivery.applications["orders"]


def test_environments_are_grouped_by_the_pipeline_that_deploys_them() -> None:
    application = orders()
    assert promotion.heads(application) == ("dev", "prod", "nightly")
    assert promotion.members(application, "dev") == ("dev", "staging")
    assert promotion.pipeline("orders", application, "staging") == "orders-dev"
    assert promotion.builders(application) == ("dev", "nightly")


def test_builder_of_a_promoted_environment_is_the_first_pipeline() -> None:
    application = orders()
    assert [promotion.builder(application, each) for each in application.environments] == [
        "dev",
        "dev",
        "dev",
        "nightly",
    ]
    assert promotion.built_for(application, "dev") == ("dev", "prod", "staging")
    assert promotion.promoted_to(application, "staging") == ("prod",)
    assert promotion.promoted_from(application, "prod") == "staging"


def test_push_starts_only_pipelines_that_build_and_that_nothing_else_starts() -> None:
    application = orders()
    started = [each for each in application.environments if branching.triggers(application, each)]
    assert started == ["dev"]
    assert branching.default_branch(application, "nightly") == "main"


def test_push_starts_a_scheduled_pipeline_if_branches_say_so() -> None:
    text = changed(
        ("prod: {account: orders-prod}", "prod: {account: orders-prod, branches: main, SCHEDULE}")
    ).replace("SCHEDULE", "schedule: {cron: 0 6 ? * MON-FRI *}")
    assert branching.branches(orders(text), "prod") == ("main",)


def test_pipeline_that_promotes_or_succeeds_comes_before() -> None:
    settings = stack(PROMOTED)
    assert list(starting.before(settings, ("orders", "prod"))) == [("orders", "dev")]
    assert list(starting.before(settings, ("orders", "nightly"))) == [("orders", "prod")]
    assert list(starting.pipelines(settings, ["orders/staging", "orders/dev"])) == ["orders-dev"]
    way = starting.way(settings, ("orders", "nightly"), ("orders", "dev"))
    assert way == (("orders", "nightly"), ("orders", "prod"), ("orders", "dev"))
    assert starting.way(settings, ("orders", "dev"), ("orders", "prod")) is None


def test_environments_that_follow_each_other_in_a_circle_have_a_pipeline_each() -> None:
    made = orders().model_copy()
    circle = {
        "dev": made.environments["dev"].model_copy(update={"after": "staging"}),
        "staging": made.environments["staging"],
    }
    application = made.model_copy(update={"environments": circle})
    assert {promotion.head(application, each) for each in circle} <= set(circle)
    assert promotion.builder(application, "dev") in circle
