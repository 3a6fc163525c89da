"""How a stack is cut: which part has which account, and what would move."""

from __future__ import annotations

from typing import Any

from landfall.blueprint import foundation_outputs, parts
from landfall.settings import Stack
from landfall.settings.source import Locations
from landfall.validation import parse


def stack_of(accounts: dict[str, str], fleet: dict[str, Any] | None) -> Stack:
    """Return a stack with these accounts, by unit."""
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Dev": {}, "Prod": {"units": {"Shop": {}}}}},
        "landfall:quotas": {"accounts": 1000},
        "landfall:accounts": {
            name: {"email": f"{name}@example.com", "unit": unit} for name, unit in accounts.items()
        },
    }
    if fleet is not None:
        config["landfall:fleet"] = fleet
    return parse(config, stack="big", locations=Locations("Pulumi.big.yaml"))


ACCOUNTS = {"a": "Dev", "b": "Prod", "c": "Prod/Shop", "d": "Dev"}
MANY = {f"account-{number}": "Prod" for number in range(400)}


def test_stack_without_slices_is_one_part() -> None:
    (wave,) = parts.waves(stack_of(ACCOUNTS, None))
    (part,) = wave
    assert part.is_whole
    assert part.accounts == tuple(ACCOUNTS)
    assert part.stack_of("big") == "big"


def test_waves_begin_with_the_foundation_and_end_with_the_closing_stack() -> None:
    fleet = {"slices": {"shop": {"units": "Prod"}, "canary": {"units": "Dev"}}, "waves": ["canary"]}
    found = [
        [(part.stack_of("big"), part.accounts) for part in wave]
        for wave in parts.waves(stack_of({**ACCOUNTS, "e": "Root"}, fleet))
    ]
    assert found == [
        [("big", ())],
        [("big.canary", ("a", "d"))],
        [("big.shop", ("b", "c")), ("big.rest", ("e",))],
        [("big.closing", ())],
    ]


def test_account_listed_by_name_leaves_the_slice_of_its_unit() -> None:
    fleet = {"slices": {"canary": {"units": "Dev"}, "own": {"accounts": ["d"]}}}
    assert parts.slices(stack_of(ACCOUNTS, fleet)) == {
        "a": "canary",
        "b": "rest",
        "c": "rest",
        "d": "own",
    }


def test_new_accounts_move_no_other_account() -> None:
    before = parts.slices(stack_of(MANY, {"stacks": 10}))
    after = parts.slices(stack_of({"aaa": "Prod", **MANY, "zzz": "Dev"}, {"stacks": 10}))
    assert {name: after[name] for name in before} == before
    sizes = [list(before.values()).count(f"rest-{number + 1}") for number in range(10)]
    assert min(sizes) > 20
    assert max(sizes) < 65


def test_moved_accounts_are_refused_once_for_each_way() -> None:
    assert parts.moved("big", {"a": "x", "b": "x"}, {"a": "x", "b": "x", "c": "y"}) == []
    (moved,) = parts.moved("big", {"a": "x", "b": "x", "c": "x"}, {"a": "y", "b": "y", "c": "x"})
    assert "account a and 1 more would move from slice x to y" in moved
    (split,) = parts.moved("big", {"a": None}, {"a": "x"})
    assert "stack big has the resources of account a" in split
    (joined,) = parts.moved("big", {"a": "x"}, {"a": None})
    assert "slice x has the resources of account a" in joined


def test_outputs_of_a_foundation_are_checked_before_a_part_uses_them() -> None:
    stack = stack_of(ACCOUNTS, {})
    _, (rest,), (closing,) = parts.waves(stack)
    good = {"version": 1.0, "accounts": {"a": "1", "b": "2", "c": "3", "d": "4"}}
    assert foundation_outputs.wrong(good, stack, rest) == []
    assert "is not applied" in foundation_outputs.wrong(None, stack, rest)[0]
    assert "has version 0, not 1" in foundation_outputs.wrong({"version": 0.0}, stack, rest)[0]
    older = {**good, "accounts": {"a": "1"}}
    assert "it lacks account b and 2 more" in foundation_outputs.wrong(older, stack, closing)[0]
