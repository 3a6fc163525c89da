"""Validation reports what an ECS service's own deployment lacks, and which limits it exceeds."""

from __future__ import annotations

import pytest

from landfall.settings.readiness import notes, own_alarms
from tests.settings.stacks import problems, stack
from tests.validation.test_settings_deployments import LISTENER, NETWORK, PROD, _with

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0123456789abcdef"
SERVICE = "{ecsService: orders, cluster: apps, taskRoles: app/orders}"
BEHIND = f"prod: {{account: orders-prod, listeners: ['{LISTENER}']}}"


def _and(more: str) -> str:
    return SERVICE.replace("}", f", {more}}}")


@pytest.mark.parametrize(
    ("deploy", "environment"),
    [
        (SERVICE, PROD),
        (SERVICE, BEHIND),
        (_and(f"targetGroups: '{GROUP}'"), BEHIND),
        (_and("strategy: canary, shiftMinutes: 45"), PROD),
        (_and("strategy: blue-green, shiftMinutes: 10, timeoutMinutes: 30"), PROD),
        (_and("imageDefinitions: out/images.json, timeoutMinutes: 60"), PROD),
    ],
)
def test_ecs_service_of_each_strategy_is_valid(deploy: str, environment: str) -> None:
    assert problems(_with(deploy, environment)) == []


@pytest.mark.parametrize(
    ("deploy", "environment", "said", "fix"),
    [
        (
            _and("shiftMinutes: 10"),
            PROD,
            "a rolling deployment shifts no traffic",
            "write the strategy: of the service",
        ),
        (
            _and("strategy: linear, shiftMinutes: 60"),
            PROD,
            "the action fails after 60 minutes, during the shift",
            "CodePipeline waits for 60 minutes at most",
        ),
        (_and("timeoutMinutes: 61"), PROD, "61", "at most 60"),
        (
            _and("targetGroups: shop"),
            BEHIND,
            "'shop' is not the ARN of a target group",
            "write the ARN",
        ),
        (
            _and(f"targetGroups: '{GROUP}'"),
            PROD,
            "targetGroups are those that the alarm watches, but there is no listener",
            "add listeners:",
        ),
        (
            SERVICE,
            f"prod: {{account: orders-prod, listeners: ['{LISTENER}', '{LISTENER[:-1]}0']}}",
            "ECS finds its test listener in the service itself",
            "keep only the production listener",
        ),
        (
            SERVICE,
            f"prod: {{account: orders-prod, region: us-east-1, listeners: ['{LISTENER}']}}",
            "the listener is in eu-west-1, the deployment in us-east-1",
            "of that region",
        ),
        (
            _and(f"targetGroups: '{GROUP.replace('eu-west-1', 'us-east-1')}'"),
            BEHIND,
            "the target groups are in us-east-1, not in eu-west-1",
            "use an environment of each region",
        ),
        (_and("strategy: rollin"), PROD, "'rollin'", "rolling"),
        ("{ecsService: orders, taskRoles: app}", PROD, "cluster", "add"),
    ],
)
def test_ecs_service_mistake_is_reported_with_its_fix(
    deploy: str, environment: str, said: str, fix: str
) -> None:
    (problem,) = problems(_with(deploy, environment))
    assert said in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line


def test_ecs_service_has_an_alarm_only_behind_an_application_load_balancer() -> None:
    found = {}
    for environment in (PROD, BEHIND, BEHIND.replace(LISTENER, NETWORK)):
        application = stack(_with(SERVICE, environment)).delivery.applications["orders"]
        prod = application.environments["prod"]
        found[environment] = own_alarms("orders-prod", prod, application.deploy)
    assert list(found.values()) == [(), ("orders-prod-5xx",), ()]


def _notes(deploy: str, environment: str) -> str:
    return "\n".join(
        f"{each.what}: {each.fix}" for each in notes(stack(_with(deploy, environment)))
    )


def test_rolling_service_is_noted_to_need_its_circuit_breaker_and_alarms() -> None:
    told = _notes(SERVICE, BEHIND)
    assert "ECS rolls orders-prod back only as service 'orders' says" in told
    assert "the deployment circuit breaker with rollback, and alarms: orders-prod-5xx" in told


def test_blue_green_service_is_noted_to_need_alarms_as_it_has_no_circuit_breaker() -> None:
    told = _notes(_and("strategy: blue-green"), PROD)
    assert "enable in its deployment configuration alarms" in told
    assert "circuit breaker" not in told
