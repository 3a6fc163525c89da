"""Each kind of mistake has an id, a meaning and a proven example on docs/mistakes.md."""

from __future__ import annotations

import json
import re

import pytest

from landfall.checking import verdicts
from landfall.reports import json_text
from landfall.validation.kinds import MEANINGS, Kind
from tests.validation import mistake_docs


@pytest.mark.parametrize("kind", Kind)
def test_example_of_a_kind_gives_that_kind_alone(kind: Kind) -> None:
    assert {problem.id for problem in mistake_docs.found(kind)} == {kind}


def test_every_kind_has_a_meaning_and_an_example() -> None:
    assert set(MEANINGS) == set(mistake_docs.EXAMPLES) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_id_of_a_kind_is_words_with_hyphens(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind)
    assert kind.name == kind.replace("-", "_").upper()


def test_page_is_what_the_code_generates() -> None:
    page = mistake_docs.PAGE.read_text("utf-8")
    assert page == mistake_docs.renewed(page), "run python -m tests.validation.mistake_docs"


def test_id_of_a_mistake_is_printed_behind_its_message() -> None:
    (problem,) = mistake_docs.found(Kind.UNKNOWN_KEY)
    first, fix = str(problem).splitlines()
    assert first.endswith("'gaurdrails' is not a known key here [unknown-key]")
    assert fix == f"    {problem.fix}"


def test_id_of_a_mistake_is_a_field_of_its_finding_in_json() -> None:
    problems = mistake_docs.found(Kind.UNKNOWN_KEY)
    (finding,) = json.loads(json_text.render(verdicts.of_settings("dev", problems)))["findings"]
    assert (finding["rule"], finding["id"]) == ("LF-SET-001", "unknown-key")
    assert "[unknown-key]" not in finding["message"]


# Ids of released kinds: a kind may be added, but none may be renamed or removed.
RELEASED = [
    "conflicting-settings",
    "duplicate-setting",
    "exceeds-limit",
    "guardrail-lockout",
    "home-region",
    "incomplete-rename",
    "invalid-value",
    "malformed-value",
    "missing-key",
    "missing-setting",
    "name-taken",
    "other-partition",
    "out-of-range",
    "plaintext-credential",
    "secret-value",
    "suspended-account",
    "too-permissive",
    "unknown-account",
    "unknown-choice",
    "unknown-guardrail",
    "unknown-key",
    "unknown-reference",
    "unknown-region",
    "unknown-unit",
    "unsupported",
    "unused-region",
    "wrong-region",
    "wrong-type",
]


def test_ids_that_were_released_still_exist() -> None:
    assert set(RELEASED) <= {kind.value for kind in Kind}
