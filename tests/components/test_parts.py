"""The parts of a stack that is cut create what the stack creates as one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.landing_zone import LandingZone
from landfall import stack_files
from landfall.blueprint import parts
from landfall.settings import Stack
from landfall.settings.fleet import Fleet
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import ROOT, Registered, registered_by
from tests.components.everything import EVERYTHING

Resources = dict[tuple[str, str], dict[str, Any]]

FLEET = Fleet.model_validate({"slices": {"canary": {"accounts": ["orders-dev"]}}, "stacks": 2})
# A provider for an account exists in each part that creates something there.
_REPEATED = ("pulumi:providers:aws", "pulumi:pulumi:StackReference")


def cut(stack: Stack) -> Stack:
    return stack.model_copy(update={"fleet": FLEET})


def created(stack: Stack) -> dict[str, Registered]:
    """Return what each part of a stack registers, with the foundation's outputs."""
    found: dict[str, Registered] = {}
    outputs: dict[str, Any] = {}

    def program(part: parts.Part) -> Callable[[], Any]:
        def run() -> None:
            exports = LandingZone(stack, part).exports()
            if part.foundation:
                pulumi.Output.from_input(exports).apply(outputs.update)

        return run

    for part in parts.parts(stack):
        given = copy.deepcopy(outputs) if not part.foundation else None
        found[part.name] = registered_by(program(part), accounts=True, referenced=given)
    return found


def resources(registered: Registered) -> Resources:
    return {
        (each.typ, each.name): dict(each.inputs)
        for each in registered.resources
        if each.typ not in _REPEATED
    }


@pytest.fixture(scope="module", params=["dev", "prod"])
def both(request: pytest.FixtureRequest) -> tuple[Registered, dict[str, Registered]]:
    stack = stack_files.load(request.param, ROOT)
    whole = registered_by(lambda: LandingZone(stack).exports(), accounts=True)
    return whole, created(_renewed(cut(stack)))


def _renewed(stack: Stack) -> Stack:
    # What the settings computed before belongs to the stack that is not cut.
    stack.__dict__.pop("_computed", None)
    return stack


def test_parts_create_every_resource_of_the_stack_once_with_the_same_inputs(
    both: tuple[Registered, dict[str, Registered]],
) -> None:
    whole, cut_up = resources(both[0]), [resources(each) for each in both[1].values()]
    union: Resources = {}
    for each in cut_up:
        assert not union.keys() & each.keys()
        union |= each
    assert sorted(union) == sorted(whole)
    differ = [key for key in whole if union[key] != whole[key]]
    # It also records the slice of each account.
    assert differ == [("pulumi:index:Stash", "accounts")]


def test_a_slice_has_providers_for_its_own_accounts_only(
    both: tuple[Registered, dict[str, Registered]],
) -> None:
    canary = both[1]["canary"]
    assert sorted(canary.of("pulumi:providers:aws")) == ["orders-dev"]
    assert {Registered.account_of(each) for each in canary.resources} <= {"", "orders-dev"}


def test_the_foundation_has_no_provider_for_applications(
    both: tuple[Registered, dict[str, Registered]],
) -> None:
    providers = both[1][""].of("pulumi:providers:aws")
    assert sorted(providers) == ["audit", "delivery", "log-archive"]


def test_parts_create_every_resource_of_a_stack_with_every_setting() -> None:
    config = copy.deepcopy(EVERYTHING)
    stack = parse(config, locations=Locations("Pulumi.test.yaml"))
    whole = resources(registered_by(lambda: LandingZone(stack).exports(), accounts=True))
    found = created(_renewed(stack.model_copy(update={"fleet": Fleet(stacks=3)})))
    union = {key: it for each in found.values() for key, it in resources(each).items()}
    assert sorted(union) == sorted(whole)
