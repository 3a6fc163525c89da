"""No document causes a traceback: it is a valid stack, or problems with their places."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.problems import Problem, ProblemsError
from landfall.settings.source import Locations, read_yaml
from landfall.validation import parse
from tests.settings.stacks import FILE, SMALL

PLAIN: dict[str, Any] = yaml.safe_load(SMALL)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.sampled_from(["Root", "Workloads/Dev", "dev", "audit", "main", "*", "o-a1b2c3d4e5", ""]),
)
keys = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["units", "guardrails", "email", "secure", "account", "roles", "id", "lambda"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [prefix] if prefix else []
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        found += paths(item, (*prefix, key))
    return found


PATHS = paths(PLAIN["config"])


def refusals(config: Any, locations: Locations | None = None) -> list[Problem] | None:
    """Return the problems of a config, or None if it is valid. Raise other errors."""
    try:
        parse(config, stack="test", locations=locations)
    except ProblemsError as error:
        return list(error.problems)
    return None


def check(config: Any) -> None:
    problems = refusals(config)
    assert problems is None or problems
    assert all(problem.what and str(problem) for problem in problems or ())


@given(path=st.sampled_from(PATHS), value=values)
@settings(max_examples=400, deadline=None)
def test_anything_in_place_of_any_setting(path: tuple[Any, ...], value: Any) -> None:
    config = copy.deepcopy(PLAIN["config"])
    inner = config
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    check(config)


@given(path=st.sampled_from(PATHS), key=keys, value=values)
@settings(max_examples=200, deadline=None)
def test_anything_beside_any_setting(path: tuple[Any, ...], key: str, value: Any) -> None:
    config = copy.deepcopy(PLAIN["config"])
    inner = config
    for part in path[:-1]:
        inner = inner[part]
    if isinstance(inner, dict):
        inner[key] = value
    check(config)


@given(st.dictionaries(keys.map(lambda key: f"landfall:{key}") | st.text(max_size=9), values))
@settings(deadline=None)
def test_any_config(config: dict[str, Any]) -> None:
    check(config)


@pytest.mark.parametrize("cut", range(0, len(SMALL), 7))
def test_truncated_stack_file_is_valid_or_reported(cut: int) -> None:
    try:
        value, locations = read_yaml(SMALL[:cut], FILE)
    except ProblemsError:
        return
    config = value.get("config") if isinstance(value, dict) else None
    if isinstance(config, dict):
        for problem in refusals(config, locations) or ():
            assert problem.location is not None
            assert problem.location.file == FILE
