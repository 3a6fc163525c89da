"""Targets that do not exist yet: which deployments may await them, and what the user reads."""

from __future__ import annotations

import pytest

from landfall.blueprint.stack import blueprint
from landfall.settings.readiness import notes
from tests.settings.stacks import changed, line_of, problems, stack

DEPLOY = "deploy: {lambda: orders}"
DEV = "dev: {account: orders-dev}"
PROD = "prod: {account: orders-prod}"
LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/"
    "0123456789abcdef/fedcba9876543210"
)
ECS = (
    "deploy: {ecs: shop, cluster: apps, targetGroups: [blue, green], taskRoles: [task], "
    "traffic: canary-10-percent-5-minutes}"
)
GROUPS = "deploy: {ec2: legacy, instanceRoles: [web], autoScalingGroups: [web]}"
TAGS = "deploy: {ec2: legacy, instanceRoles: [web], tags: {app: legacy}}"


def awaiting(deploy: str, more: str = "") -> str:
    listeners = f", listeners: ['{LISTENER}']" if "ecs" in deploy else ""
    return changed(
        (DEPLOY, deploy),
        (DEV, f"dev: {{account: orders-dev, awaited: true{listeners}{more}}}"),
        (PROD, f"prod: {{account: orders-prod{listeners}}}"),
    )


@pytest.mark.parametrize("deploy", [ECS, GROUPS], ids=["ecs", "ec2"])
def test_awaited_target_has_no_deployment_group_yet(deploy: str) -> None:
    settings = stack(awaiting(deploy))
    groups = [each for each in blueprint(settings).resources if each.kind == "deployment-group"]
    assert [each.account for each in groups] == ["orders-prod"]
    roles = {each.role.name for each in blueprint(settings).roles}
    assert "orders-dev-deploy" in roles


@pytest.mark.parametrize(
    ("deploy", "target"),
    [(ECS, "ECS service shop"), (GROUPS, "Auto Scaling group web")],
    ids=["ecs", "ec2"],
)
def test_note_says_what_is_awaited_and_how_to_go_on(deploy: str, target: str) -> None:
    (note,) = [each for each in notes(stack(awaiting(deploy))) if "awaits" in each.what]
    assert note.what == f"orders-dev awaits {target} in orders-dev: deployments fail"
    assert note.fix == "create it, remove awaited:, and run landfall up -s test"


@pytest.mark.parametrize(
    ("deploy", "part"), [(DEPLOY, "only a deployment group"), (TAGS, "by their tags")]
)
def test_awaited_is_refused_where_nothing_is_awaited(deploy: str, part: str) -> None:
    text = awaiting(deploy)
    (problem,) = problems(text)
    assert part in problem.what
    assert problem.location is not None
    assert problem.location.line == line_of(text, "awaited")


def test_wave_can_await_its_target() -> None:
    text = awaiting(GROUPS, ", waves: [[{account: orders-prod, awaited: true}]]")
    groups = [each for each in blueprint(stack(text)).resources if each.kind == "deployment-group"]
    assert [each.account for each in groups] == ["orders-prod"]
    (note,) = [each for each in notes(stack(text)) if "awaits" in each.what]
    assert "in orders-dev, orders-prod" in note.what
