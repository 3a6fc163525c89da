"""Any text is read, or refused with the place of the error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landfall.problems import Problem, ProblemsError
from landfall.settings.source import dotted, read_yaml


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        read_yaml(text, "f.yaml")
    return caught.value.problems


def test_values_have_their_line_numbers() -> None:
    value, places = read_yaml("a:\n  - b: 1\n    c: [x,\n      y]\n", "f.yaml")
    assert value == {"a": [{"b": 1, "c": ["x", "y"]}]}
    assert str(places.of(("a", 0, "c", 1))) == "f.yaml:4"
    assert str(places.of(("a", 0, "missing"))) == "f.yaml:2"
    assert str(places.of(("nowhere",))) == "f.yaml:1"


def test_paths_are_printed_as_users_write_them() -> None:
    assert dotted(("landfall:access", "roles", "r", "principals", 0, "role")) == (
        "landfall:access.roles.r.principals[0].role"
    )


def test_anchors_and_merge_keys_are_resolved_and_keep_their_places() -> None:
    text = "base: &b\n  x: 1\n  y: 1\nmine:\n  <<: *b\n  y: 2\n"
    value, places = read_yaml(text, "f.yaml")
    assert value["mine"] == {"x": 1, "y": 2}
    assert places.of(("mine", "y")).line == 6
    assert places.of(("mine", "x")).line == 2


def test_duplicate_keys_are_all_reported() -> None:
    problems = refused("a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert [(problem.path, str(problem.location)) for problem in problems] == [
        ("b.c", "f.yaml:2"),
        ("a", "f.yaml:3"),
    ]
    assert "line 1" in problems[1].fix


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a:\n\tb: 1", 2, "tab"),
        ("a: [1, 2", 1, "invalid YAML"),
        ("a: b: c", 1, "invalid YAML"),
        ("a: 'x", 1, "invalid YAML"),
        ("a: *nowhere", 1, "alias"),
        ("a: 1\n--- \nb: 2", 2, "single document"),
        ("x: 1\non: 1", 2, "'on'"),
        ("2024-01-01: 1", 1, "'2024-01-01'"),
        ("? [a]\n: b", 1, "key must be a text"),
        ("a: !!python/object:os.system x", 1, "tag"),
        ("a: !mine x", 1, "tag"),
        ("a: 2024-13-45", 1, "'2024-13-45'"),
        ("a: " + "9" * 5000, 1, "number"),
        ("a: 0x" + "f" * 5000, 1, "number"),
        ("a: &a [*a]", 1, "aliases"),
        ("[" * 100_000, 1, "nesting"),
        ("- " * 100_000, 1, "nesting"),
        ("? " * 100_000, 1, "nesting"),
        ("{a: " * 50 + "1" + "}" * 50, 1, "nesting"),
    ],
)
def test_unsupported_yaml_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    (problem,) = refused(text)
    assert what in problem.what
    assert problem.location is not None
    assert problem.location.line == line


def test_multiplying_aliases_are_refused_in_bounded_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (problem,) = refused("\n".join(lines))
    assert "aliases" in problem.what


def outcome(text: str) -> tuple[Problem, ...] | None:
    try:
        read_yaml(text, "f.yaml")
    except ProblemsError as error:
        return error.problems
    return None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    problems = outcome(text)
    assert problems is None or problems
    assert all(problem.what and problem.location for problem in problems or ())


@given(st.text(alphabet="[]{}-:?,&*!|>'\"%@`#~ \n\tab1<=.", max_size=60))
def test_any_text_of_yamls_own_signs_is_read_or_refused(text: str) -> None:
    problems = outcome(text)
    assert problems is None or problems


def test_unclosed_syntax_is_reported_with_its_first_line() -> None:
    (problem,) = refused("a: 1\nb: [x,\n  y\nc: 2\n")
    assert "line 2" in problem.fix


@pytest.mark.parametrize("text", ["012286733434", "1e3", "+.5e1", "0o17", "-0989"])
def test_text_that_only_the_engine_reads_as_a_number_is_refused(text: str) -> None:
    (value,) = refused(f"a: {{id: {text}}}\n")
    assert (value.path, value.fix) == ("a.id", "put it in quotes")
    (key,) = refused(f"{text}: b\n")
    assert key.fix == "put it in quotes"
    read, _ = read_yaml(f"a: {{id: '{text}'}}\n", "f.yaml")
    assert read == {"a": {"id": text}}


@pytest.mark.parametrize("text", ["1.2.3.4", "eu-west-1", "12ab", "1e", "p-0123", "."])
def test_text_in_every_yaml_reader_stays_text(text: str) -> None:
    read, _ = read_yaml(f"a: {text}\n", "f.yaml")
    assert read == {"a": text}
