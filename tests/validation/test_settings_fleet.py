"""Mistakes in slices are reported where they are."""

from __future__ import annotations

import pytest

from tests.settings.stacks import SMALL, line_of, problems


def with_fleet(fleet: str) -> str:
    return f"{SMALL.rstrip()}\n  landfall:fleet: {fleet}\n"


@pytest.mark.parametrize(
    ("fleet", "said", "fix"),
    [
        ("{slices: {canary: {accounts: order-dev}}}", "there is no account 'order-dev'", "did you"),
        ("{slices: {canary: {units: Workload}}}", "there is no organizational unit", "did you"),
        (
            "{slices: {a: {accounts: orders-dev}, b: {accounts: orders-dev}}}",
            "account 'orders-dev' is in slice 'a', too",
            "keep it in one slice",
        ),
        ("{slices: {closing: {units: Workloads}}}", "cannot be named 'closing'", "choose another"),
        (
            "{slices: {a: {units: Workloads, stacks: 2}, a-1: {}}}",
            "slices 'a' and 'a-1' would both have the stack 'a-1'",
            "rename one",
        ),
        ("{slices: {canary: {}}, waves: [canari]}", "there is no slice 'canari'", "did you mean"),
        ("{slices: {a: {}}, waves: [a, a]}", "slice 'a' is in two places", "keep one"),
        ("{stacks: 0}", "", "1"),
    ],
)
def test_fleet_mistake_is_reported(fleet: str, said: str, fix: str) -> None:
    text = with_fleet(fleet)
    (told,) = [str(problem) for problem in problems(text)]
    assert said in told
    assert fix in told
    assert told.startswith(f"Pulumi.test.yaml:{line_of(text, 'landfall:fleet')}:")


def test_accounts_and_units_in_slices_are_valid() -> None:
    fleet = "{slices: {canary: {units: Workloads}, own: {accounts: [orders-dev]}}, waves: [canary]}"
    assert problems(with_fleet(fleet)) == []
