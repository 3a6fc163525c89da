from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.iam import patterns
from landfall.iam.effective_access.globs import no_more_colons, witness

PATTERN = st.text(alphabet="ab:*?", min_size=1, max_size=5)
TERM = st.lists(PATTERN, min_size=1, max_size=3).map(tuple)
TEXTS = ["".join(one) for size in range(6) for one in product("ab:x", repeat=size)]


def fits(text: str, within: list[tuple[str, ...]], outside: tuple[str, ...]) -> bool:
    def taken(term: tuple[str, ...]) -> bool:
        return any(patterns.matches(one, text, case_sensitive=True) for one in term)

    return all(map(taken, within)) and not taken(outside)


@settings(max_examples=250, deadline=None)
@given(st.lists(TERM, max_size=3), st.lists(PATTERN, max_size=3).map(tuple))
def test_a_witness_is_found_where_there_is_a_text(
    within: list[tuple[str, ...]], outside: tuple[str, ...]
) -> None:
    truth, text = witness(within, outside)
    if truth:
        assert fits(text, within, outside)
    else:
        assert truth is False
        assert not any(fits(one, within, outside) for one in TEXTS)


def test_a_literal_wildcard_is_a_text_of_its_own() -> None:
    assert witness([(patterns.LITERAL_STAR,), ("*",)]) == (True, "*")
    assert witness([(patterns.LITERAL_STAR,)], ("arn:*",)) == (True, "*")
    assert witness([(patterns.LITERAL_STAR,)], ("?",)) == (False, "")


def test_arns_meet_part_by_part_where_no_more_colons_are_allowed() -> None:
    one = ("arn:aws:ec2:eu-west-1:111122223333:instance/*",)
    other = ("arn:aws:ec2:*:*:volume/*",)
    assert witness([one, other])[0] is True
    assert witness([one, other], (no_more_colons(5),)) == (False, "")


@pytest.mark.parametrize("size", [3, 30])
def test_hostile_patterns_end_within_the_limit(size: int) -> None:
    hard = [("*a" + "?" * size + "*",), ("*b" + "?" * size + "*",)]
    start = time.process_time()
    witness(hard, tuple("*" + char + "?" * number + "*" for char in "cd" for number in range(size)))
    assert time.process_time() - start < 2
