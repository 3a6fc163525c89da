"""Suggestions equal the nearest names of `difflib`, for any number of names."""

from __future__ import annotations

import difflib
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landfall.settings.suggestions import nearest, same_place, suggestion

NAMES = st.lists(st.text("abcAB-01é", min_size=1, max_size=12), max_size=30)


@given(name=st.text("abcAB-01é", max_size=12), choices=NAMES)
def test_nearest_finds_what_difflib_finds(name: str, choices: list[str]) -> None:
    by_lower = {choice.lower(): choice for choice in sorted(choices)}
    found = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    assert nearest(name, choices) == (by_lower[found[0]] if found else None)


def test_nearest_of_thousands_of_names_makes_few_comparisons() -> None:
    choices = [f"account-{number}" for number in range(5000)]
    ratio = difflib.SequenceMatcher.ratio
    with patch.object(difflib.SequenceMatcher, "ratio", autospec=True, side_effect=ratio) as called:
        assert nearest("acount-1234", choices) == "account-1234"
    assert called.call_count < 50


def test_suggestion_without_a_near_name_lists_the_first_ones() -> None:
    assert suggestion("zzz", ["b", "a"]) == "choose one of: a, b"
    assert suggestion("zzz", []) == "none is defined"
    assert suggestion("zzz", [f"{n:02}" for n in range(20)]).endswith(", 11, …")


@pytest.mark.parametrize(
    ("name", "choices", "suggested"),
    [
        ("orders-dev", ["orders-prod", "audit"], None),
        ("orders", ["orders-prod"], None),
        ("Workloads/Dev", ["Workloads/Prod"], None),
        ("orders-dev", ["orders-prod", "ordres-dev"], "ordres-dev"),
        ("orders_dev", ["orders-dev", "orders-prod"], "orders-dev"),
        ("ordersdev", ["orders-dev", "orders-prod"], "orders-dev"),
        ("Workloads/Deb", ["Workloads/Dev", "Workloads/Prod"], "Workloads/Dev"),
        ("orders-dev-2", ["orders-dev-1"], None),
    ],
)
def test_suggestion_for_a_place_never_names_another_place(
    name: str, choices: list[str], suggested: str | None
) -> None:
    told = same_place(name, choices)
    assert told == (f"did you mean '{suggested}'?" if suggested else suggestion("", choices))
