"""Every kind of deployment is known wherever the settings tell kinds apart."""

from __future__ import annotations

from typing import get_args

import pytest

from landfall.checking.made_by import settings_by_resource
from landfall.settings import delivery_moves, moves
from landfall.settings.delivery_renames import READ_ROLE, DeliveryRenames
from landfall.settings.deployment_kind import DeployKind
from landfall.settings.deployments import Deploy
from landfall.validation import messages
from tests.settings.stacks import changed, stack

KINDS: list[type[DeployKind]] = [get_args(kind)[0] for kind in get_args(get_args(Deploy)[0])]
SET = (
    "        deploy: {lambda: orders}\n",
    "        deploy: {stackSet: orders, targets: [{accounts: orders-dev}],"
    " permissions: [{actions: 's3:CreateBucket'}]}\n",
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_deployment_kind_says_what_stays_after_another_replaces_it(kind: type[DeployKind]) -> None:
    name, field = next(iter(kind.model_fields.items()))
    assert "{}" in delivery_moves._STAYS[field.alias or name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_name_of_a_deployment_kind_is_not_part_of_the_path_of_a_mistake(
    kind: type[DeployKind],
) -> None:
    assert kind.__name__ in messages._UNIONS


def test_stack_set_under_another_name_stays_with_its_stacks() -> None:
    before = changed(SET)
    after = before.replace("stackSet: orders", "stackSet: sales")
    told = list(moves.moves(stack(after), moves.names(stack(before))))
    assert {each.fix for each in told} == {
        "the stack set orders with its stacks stays in orders-dev: remove it there if unused",
        "the stack set orders with its stacks stays in orders-prod: remove it there if unused",
    }


def test_role_of_a_renamed_stack_set_is_found_under_its_former_name() -> None:
    renamed = ("      orders:\n", "      sales:\n        formerly: orders\n")
    renames = DeliveryRenames(stack(changed(SET, renamed)), {})
    found = renames.former(READ_ROLE, "sales-prod-execution-orders-dev")
    assert found == "orders-prod-execution-orders-dev"


def test_role_of_a_stack_set_is_made_by_its_environment() -> None:
    found = settings_by_resource(stack(changed(SET)))
    path = found["landfall:access:CrossAccountRole", "orders-prod-execution-orders-dev"]
    assert path[-2:] == ("environments", "prod")
