"""Which parts a run has, and what a change affects."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.blueprint import parts
from landfall.fleet import choosing, fingerprints
from landfall.fleet.choosing import Waves, label
from landfall.fleet.scheduling import MIB, Room, limit_of, memory_of
from landfall.problems import ProblemsError
from landfall.settings import Stack
from tests.fleet.stacks import ACCOUNTS, stack_of


def names(waves: Waves) -> list[list[str]]:
    return [[label(part) for part in wave] for wave in waves]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ([], [["foundation"], ["canary"], ["rest"], ["closing"]]),
        (["foundation"], [["foundation"]]),
        (["closing", "canary"], [["canary"], ["closing"]]),
        (["b"], [["rest"]]),
    ],
)
def test_only_keeps_parts_by_name_slice_or_account(
    only: list[str], expected: list[list[str]]
) -> None:
    stack = stack_of()
    assert names(choosing.only(stack, parts.waves(stack), only)) == expected


def test_only_with_the_name_of_a_slice_means_all_its_stacks() -> None:
    stack = stack_of({"stacks": 2})
    found = choosing.only(stack, parts.waves(stack), ["rest"])
    assert {name for wave in names(found) for name in wave} <= {"rest-1", "rest-2"}
    assert found


def test_only_refuses_what_is_unknown() -> None:
    stack = stack_of()
    with pytest.raises(ProblemsError, match="no part, slice or account 'canari'"):
        choosing.only(stack, parts.waves(stack), ["canari"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        # Nothing outside its slice depends on an account's address.
        ({"a": {"email": "new@example.com"}}, [["foundation"], ["canary"], ["closing"]]),
        # Every role trusts this account, so its unit may matter to every part.
        (
            {"hub": {"unit": "Prod"}},
            [["foundation"], ["canary"], ["rest"], ["closing"]],
        ),
    ],
)
def test_change_of_one_account_affects_its_own_slice(
    changes: dict[str, Any], expected: list[list[str]]
) -> None:
    before, now = stack_of(), stack_of(**changes)
    assert names(choosing.changed(now, before, parts.waves(now))) == expected


def test_new_account_affects_no_other_slice() -> None:
    before, now = stack_of(), stack_of(accounts={**ACCOUNTS, "d": "Dev"})
    affected = names(choosing.changed(now, before, parts.waves(now)))
    assert affected == [["foundation"], ["canary"], ["closing"]]


def fingerprint(stack: Stack, name: str, outputs: dict[str, Any], program: str = "1") -> str:
    part = parts.named(stack, name)
    assert part is not None
    return fingerprints.of_part(stack, part, program, outputs)


def test_fingerprint_follows_program_and_the_outputs_that_a_slice_reads() -> None:
    stack = stack_of()
    outputs = {"version": 1, "accounts": {"hub": "1", "a": "2", "b": "3", "c": "4"}}
    first = fingerprint(stack, "canary", outputs)
    assert fingerprint(stack, "canary", outputs, program="2") != first
    elsewhere = {**outputs, "accounts": {**outputs["accounts"], "b": "9"}}
    assert fingerprint(stack, "canary", elsewhere) == first
    own = {**outputs, "accounts": {**outputs["accounts"], "a": "9"}}
    assert fingerprint(stack, "canary", own) != first
    assert fingerprint(stack, "closing", elsewhere) != fingerprint(stack, "closing", outputs)


def test_room_starts_one_part_always_and_more_while_memory_lasts() -> None:
    stack = stack_of({"slices": {name: {"accounts": name} for name in "abc"}})
    first, second, third = (parts.named(stack, name) for name in "abc")
    assert first
    assert second
    assert third
    tiny = Room(3, MIB)
    assert tiny.fits(first)
    tiny.take(first)
    assert not tiny.fits(second)
    tiny.free(first)
    assert tiny.fits(second)
    two = Room(3, 2 * memory_of(first))
    two.take(first)
    assert two.fits(second)
    two.take(second)
    assert not two.fits(third)


def test_limit_of_memory_is_a_size() -> None:
    assert limit_of("2GiB") == 2048 * MIB
    assert limit_of("800M") == 800 * MIB
    with pytest.raises(ProblemsError, match="is not a size"):
        limit_of("much")
