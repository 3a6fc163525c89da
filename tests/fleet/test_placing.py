"""Resources of one state in the states of others: URNs and references."""

from __future__ import annotations

from typing import Any

from landfall.blueprint import parts
from landfall.fleet.moving import resources, states
from landfall.fleet.moving.resources import Registered
from tests.fleet.stacks import stack_of
from tests.fleet.states import MEMBER, PROVIDER, ROLE, ROOT, program, state, uncut

WHOLE = states.resources(state(uncut(), parts.whole(uncut())))


def placed(name: str, source: list[dict[str, Any]] = WHOLE) -> dict[str, dict[str, Any]]:
    """Return the resources of a part by type and name."""
    part = parts.named(stack_of(), name)
    assert part is not None
    found = resources.place({"big": source}, program(stack_of(), part), source[0])
    assert found.problems == ()
    return {"::".join(each["urn"].split("::")[2:]): each for each in found.resources}


def test_role_follows_to_the_provider_of_its_own_part() -> None:
    role = placed("canary")[f"{ROLE}::a-role"]
    prefix = "urn:pulumi:big.canary::landfall"
    assert role["urn"] == f"{prefix}::{ROLE}::a-role"
    assert role["parent"] == f"{prefix}::{ROOT}::landfall-big.canary"
    # In the stack as one, the provider is below the account's component.
    assert role["provider"] == f"{prefix}::{PROVIDER}::a::id-of-a"
    # The account itself is in another state.
    assert role["dependencies"] == []
    assert role["id"] == "a-role"


def test_dependency_in_the_same_state_has_the_new_urn() -> None:
    source = [dict(each) for each in WHOLE]
    role = next(each for each in source if each["urn"].endswith("::c-role"))
    other = next(each["urn"] for each in source if each["urn"].endswith("::b-role"))
    role |= {"dependencies": [other], "propertyDependencies": {"policy": [other], "name": []}}
    role |= {"deletedWith": other, "outputs": {"of": other, "all": [other]}}
    found = placed("rest", source)[f"{ROLE}::c-role"]
    new = f"urn:pulumi:big.rest::landfall::{ROLE}::b-role"
    assert found["dependencies"] == [new]
    assert found["propertyDependencies"] == {"policy": [new], "name": []}
    assert (found["deletedWith"], found["outputs"]) == (new, {"of": new, "all": [new]})


def test_reference_to_a_resource_of_another_state_is_dropped() -> None:
    source = [dict(each) for each in WHOLE]
    role = next(each for each in source if each["urn"].endswith("::a-role"))
    other = next(each["urn"] for each in source if each["urn"].endswith("::b-role"))
    role |= {"deletedWith": other, "aliases": ["urn:pulumi:big::landfall::old:t::x"]}
    found = placed("canary", source)[f"{ROLE}::a-role"]
    assert "deletedWith" not in found
    assert found["aliases"] == ["urn:pulumi:big.canary::landfall::old:t::x"]


def test_state_lists_each_resource_after_those_it_refers_to() -> None:
    part = parts.whole(uncut())
    wanted = program(uncut(), part)
    found = resources.place({"big": WHOLE}, [wanted[0], *wanted[:0:-1]], WHOLE[0])
    place = {each["urn"]: number for number, each in enumerate(found.resources)}
    for each in found.resources:
        for urn in [each.get("parent"), *each.get("dependencies", ())]:
            assert not urn or place[urn] < place[each["urn"]]
        provider = each.get("provider", "").rpartition("::")[0]
        assert not provider or place[provider] < place[each["urn"]]


def test_provider_of_several_states_becomes_one_with_one_id() -> None:
    stack, sources = stack_of(), {}
    for part in parts.parts(stack):
        sources[part.stack_of("big")] = states.resources(state(stack, part))
    for each in sources["big.rest"]:
        if each["type"] == ROLE:
            each["provider"] = f"{each['provider'].rpartition('::')[0]}::another"
        elif each["type"] == PROVIDER:
            each["id"] = "another"
    found = resources.place(sources, program(uncut(), parts.whole(uncut())), sources["big"][0])
    assert found.problems == ()
    ids = {f"{each['urn']}::{each['id']}" for each in found.resources if each["type"] == PROVIDER}
    assert {each["provider"] for each in found.resources if each["type"] in (ROLE, MEMBER)} <= ids


def test_resource_that_no_program_registers_is_left() -> None:
    own = program(stack_of(), parts.whole(uncut()))
    found = resources.place({"big": WHOLE}, own[:-1], WHOLE[0])
    assert list(resources.left({"big": WHOLE}, found.taken)) == [f"c-role ({ROLE}) of stack big"]


def test_resource_that_no_state_has_is_a_problem() -> None:
    new = Registered(f"urn:pulumi:big::landfall::{ROLE}::new", ROLE)
    found = resources.place({"big": WHOLE}, [new], WHOLE[0])
    assert found.problems == (f"new ({ROLE}) is in no state",)


def test_resource_of_two_states_is_a_problem() -> None:
    role = Registered(f"urn:pulumi:big::landfall::{ROLE}::a-role", ROLE)
    found = resources.place({"one": WHOLE, "two": WHOLE}, [role], WHOLE[0])
    assert found.problems == (f"a-role ({ROLE}) is in several states",)
