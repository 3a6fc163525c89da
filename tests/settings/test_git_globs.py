"""CodePipeline's patterns: matches, and names that two sets of filters share."""

from __future__ import annotations

import re
import subprocess
import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.settings.git_expressions import expression
from landfall.settings.git_globs import (
    Filter,
    GlobError,
    UndecidedError,
    check,
    common_name,
    fits,
    matches,
)
from landfall.settings.git_names import is_name

NAMES = [
    name
    for size in range(1, 6)
    for letters in product("ab/.", repeat=size)
    if is_name(name := "".join(letters))
]
PIECES = st.sampled_from(["a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "{a,b}", "{a/,}", "."])
PATTERN = st.lists(PIECES, min_size=1, max_size=4).map("".join)
FILTER = st.builds(
    Filter,
    st.lists(PATTERN, max_size=2).map(tuple),
    st.lists(PATTERN, max_size=2).map(tuple),
)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("main", ["main"], ["mains", "a/main", "Main"]),
        ("*", ["main", "a.b"], ["release/1", "a/b/c"]),
        ("release/*", ["release/1"], ["release", "release/1/2", "xrelease/1"]),
        ("**", ["main", "release/1", "a/b/c"], []),
        ("release/**", ["release/1", "release/1/2"], ["release"]),
        ("**/hotfix", ["a/hotfix", "a/b/hotfix"], ["hotfix"]),
        ("v?", ["v1"], ["v", "v12", "v/"]),
        ("v[0-9].[0-9]", ["v1.2"], ["va.b", "v1x2"]),
        ("v[!0-9]", ["va"], ["v1", "v/"]),
        ("{main,develop}", ["main", "develop"], ["{main,develop}", "main,develop"]),
        ("{release,hotfix}/*", ["release/1", "hotfix/2"], ["main", "release/1/2"]),
        ("a{,b}c", ["ac", "abc"], ["a{,b}c"]),
        (r"v1\*", ["v1*"], ["v12", r"v1\*"]),
        ("a,b}", ["a,b}"], ["a"]),
        ("[a-]", ["a", "-"], ["b"]),
    ],
)
def test_pattern_matches_as_codepipeline_documents(
    pattern: str, yes: list[str], no: list[str]
) -> None:
    assert [name for name in yes if not matches(pattern, name)] == []
    assert [name for name in no if matches(pattern, name)] == []


@pytest.mark.parametrize("pattern", ["{a,b", "[ab", "a\\", "{a,{b,c}}", "[]", "[b-a]"])
def test_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(GlobError):
        check(pattern)


def _filter(*patterns: str) -> tuple[Filter, ...]:
    includes = tuple(each for each in patterns if not each.startswith("!"))
    return (Filter(includes, tuple(each[1:] for each in patterns if each.startswith("!"))),)


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        (("*",), ("release/*",), None),
        (("**",), ("release/*",), "release/a"),
        (("{main,develop}",), ("main",), "main"),
        (("!release/*",), ("main",), "main"),
        (("!main",), ("main",), None),
        (("release/*", "!release/1"), ("release/1",), None),
        (("release/*", "!release/*"), ("release/1",), None),
        (("release/?",), ("release/[0-9]",), "release/0"),
        (("a*",), ("*b",), "ab"),
        (("!a*",), ("!b*",), "c"),
        # Git refuses a name that ends with a dot, a slash or .lock.
        (("x.",), ("x*",), None),
        (("x/",), ("**",), None),
        (("x.lock",), ("**",), None),
        (("-a",), ("**",), None),
    ],
)
def test_two_filters_share_a_shortest_name(
    one: tuple[str, ...], other: tuple[str, ...], name: str | None
) -> None:
    assert common_name(_filter(*one), _filter(*other)) == name
    assert common_name(_filter(*other), _filter(*one)) == name


@settings(max_examples=300, deadline=None)
@given(st.lists(FILTER, min_size=1, max_size=2), st.lists(FILTER, min_size=1, max_size=2))
def test_a_common_name_is_found_exactly_where_there_is_one(
    one: list[Filter], other: list[Filter]
) -> None:
    def both(name: str) -> bool:
        return any(fits(each, name) for each in one) and any(fits(each, name) for each in other)

    found = common_name(tuple(one), tuple(other))
    if found is None:
        assert [name for name in NAMES if both(name)] == []
    else:
        assert is_name(found)
        assert both(found)


@settings(max_examples=300, deadline=None)
@given(st.lists(FILTER, min_size=1, max_size=3), st.sampled_from(NAMES))
def test_an_expression_takes_the_names_that_fit_a_filter(found: list[Filter], name: str) -> None:
    taken = re.search(expression(found), name) is not None
    assert taken == any(fits(each, name) for each in found)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("v*",), r"^(?:(?:v[^/]*))$"),
        (("release/*", "hotfix/*"), r"^(?:(?:release/[^/]*|hotfix/[^/]*))$"),
        (("!main",), r"^(?:(?!(?:main)$)(?:.*))$"),
        (("v[0-9].{1,2}",), r"^(?:(?:v(?!/)[0-9]\.(?:1|2)))$"),
    ],
)
def test_expression_of_a_filter_has_java_syntax(patterns: tuple[str, ...], expected: str) -> None:
    assert expression(_filter(*patterns)) == expected


@settings(max_examples=300, deadline=None)
@given(PATTERN, st.sampled_from(NAMES))
def test_matching_agrees_with_a_regular_expression(pattern: str, name: str) -> None:
    parts = re.split(r"(\*\*|\*|\?|\{a,b\}|\{a/,\}|\[ab\]|\[!a\])", pattern)
    said = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{a,b}": "(a|b)", "{a/,}": "(a/|)"}
    said |= {"[ab]": "[ab]", "[!a]": "[^a/]"}
    expression = "".join(said.get(part, re.escape(part)) for part in parts)
    assert matches(pattern, name) == bool(re.fullmatch(expression, name))


@pytest.mark.parametrize(
    "name",
    [
        "main",
        "a/b",
        "a..b",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.locked",
        "a.",
        "a./b",
        "/a",
        "a/",
        "a//b",
        "a@{b",
        "a@b",
        "a~b",
        "a\\b",
        "a.b.lock",
        "a.lo.lock",
        "a*b",
        "{a}",
    ],
)
def test_branch_name_is_valid_exactly_when_git_accepts_it(name: str) -> None:
    told = subprocess.run(
        ["git", "check-ref-format", f"refs/heads/{name}"], check=False, capture_output=True
    )
    assert is_name(name) == (told.returncode == 0)


def test_hostile_patterns_end_within_the_limit() -> None:
    hard = tuple(Filter((f"*{char}" + "?" * 14 + "*",), ()) for char in "ab")
    start = time.process_time()
    with pytest.raises(UndecidedError):
        common_name(
            tuple(Filter(each.includes, ("**",)) for each in hard),
            tuple(Filter((f"*{char}" + "?" * 15 + "*",), ()) for char in "ab"),
        )
    assert time.process_time() - start < 10
