"""Wildcards: membership, containment and intersection, compared with brute force."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.iam import patterns

PATTERNS = st.text(alphabet="ab*?", max_size=7)
# c stands for every character that is in no pattern.
WORDS = ["".join(word) for length in range(8) for word in itertools.product("abc", repeat=length)]


def oracle(pattern: str) -> re.Pattern[str]:
    written = {"*": "[abc]*", "?": "[abc]"}
    return re.compile("".join(written.get(char, char) for char in pattern))


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("?", "", False),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get?", "s3:Get", False),
        ("*:*", "nothing", False),
        ("a*a", "a", False),
        ("a*b*c", "aXbXbXc", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", True),
        ("arn:*:role/x", "arn:aws:iam::1:user/a:role/x", True),
        ("a.c", "abc", False),
        ("*a?c*", "xxabc", True),
        ("*\n*", "a\nb", True),
    ],
)
def test_matches(pattern: str, value: str, expected: bool) -> None:
    assert patterns.matches(pattern, value, case_sensitive=True) is expected


def test_case_counts_where_it_is_said_to() -> None:
    assert patterns.matches("S3:getOBJECT", "s3:GetObject", case_sensitive=False)
    assert not patterns.matches("S3:getOBJECT", "s3:GetObject", case_sensitive=True)


def test_literal_wildcards_match_themselves_only() -> None:
    star, question = patterns.LITERAL_STAR, patterns.LITERAL_QUESTION
    assert patterns.matches(f"a{star}b*", "a*bc", case_sensitive=True)
    assert not patterns.matches(f"a{star}b*", "axbc", case_sensitive=True)
    assert patterns.matches(f"a{question}", "a?", case_sensitive=True)
    assert not patterns.covers(f"a{star}", "a*", case_sensitive=True)
    assert patterns.covers("a*", f"a{star}", case_sensitive=True)
    assert not patterns.intersects(f"a{star}", "ab*", case_sensitive=True)


def test_arn_operators_keep_to_the_six_parts() -> None:
    role = "arn:aws:iam::111122223333:role/path/deploy"
    assert patterns.matches_arn("arn:aws:iam::111122223333:role/*", role)
    assert patterns.matches_arn("arn:*:iam::*:role/*deploy", role)
    assert not patterns.matches_arn("arn:aws:iam::*deploy", role)
    assert not patterns.matches_arn("arn:aws:iam:*:role/path/deploy", role)
    assert patterns.matches_arn("arn:aws:sns:*:*:a:*", "arn:aws:sns:eu-west-1:1:a:b:c")
    assert patterns.matches_arn("*", "anything")
    assert not patterns.matches_arn("arn:*", role)
    assert patterns.covers_arn("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a*")
    assert not patterns.covers_arn("arn:aws:iam::*", "arn:aws:iam::1:role/a*")
    assert patterns.intersects_arn("arn:aws:iam::*:role/*b", "arn:aws:iam::1:role/a*")
    assert not patterns.intersects_arn("arn:aws:iam::2:*", "arn:aws:iam::1:*")


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text(alphabet="abc", max_size=12))
def test_matches_agrees_with_regular_expressions(pattern: str, value: str) -> None:
    expected = oracle(pattern).fullmatch(value) is not None
    assert patterns.matches(pattern, value, case_sensitive=True) is expected


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS)
def test_intersects_agrees_with_brute_force(a: str, b: str) -> None:
    one, other = oracle(a), oracle(b)
    if patterns.intersects(a, b, case_sensitive=True):
        # The shortest common word is no longer than both patterns together.
        joined = re.compile(f"(?={one.pattern}$){other.pattern}")
        words = (
            "".join(word)
            for length in range(len(a) + len(b) + 1)
            for word in itertools.product("ab", repeat=length)
        )
        assert any(joined.fullmatch(word) for word in words)
    else:
        assert not any(one.fullmatch(word) and other.fullmatch(word) for word in WORDS)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS)
def test_covers_is_never_wrong_when_it_says_yes(a: str, b: str) -> None:
    one, other = oracle(a), oracle(b)
    if patterns.covers(a, b, case_sensitive=True):
        assert all(one.fullmatch(word) for word in WORDS if other.fullmatch(word))


def test_covers_finds_what_brute_force_finds() -> None:
    texts = ["".join(text) for size in range(5) for text in itertools.product("a*?", repeat=size)]
    languages = {
        text: frozenset(word for word in WORDS if oracle(text).fullmatch(word)) for text in texts
    }
    missed = [
        (a, b)
        for a, b in itertools.product(texts, repeat=2)
        if languages[a] >= languages[b] and not patterns.covers(a, b, case_sensitive=True)
    ]
    assert missed == []


@pytest.mark.parametrize("size", [2_000, 32_000])
def test_slow_wildcards_are_fast(size: int) -> None:
    start = time.process_time()
    value = "a" * 8_000
    for unit in ("*a", "*a?", "?*", "*aaaaaaaa?b", "?a"):
        pattern = unit * (size // len(unit))
        patterns.matches(pattern, value, case_sensitive=True)
        patterns.matches(pattern + "*b", value, case_sensitive=False)
        patterns.matches("*" + "a?" * 2_000 + "b*", value, case_sensitive=True)
        patterns.covers(pattern, pattern[1:] + "*", case_sensitive=False)
        patterns.intersects(pattern + "b", "*" + pattern, case_sensitive=False)
    assert time.process_time() - start < 30
