"""Phrases that CONTRIBUTING.md, "How we write", replaced everywhere do not come back."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PATTERNS: Final = ("*.md", "*.py", "schema/*.json")
# These two quote the phrases.
EXCEPT: Final = frozenset({"CONTRIBUTING.md", "tests/suite/test_plain_words.py"})
# Only phrases without a correct use: "stands" or "made" alone would fail good sentences.
PHRASES: Final = (
    *("goes back by", "taken back", "made anew", "put right"),
    *("where left out", "where it is left out", "leave it out"),
    *("tell whether", "told of", "what is told"),
    *("is held against", "nobody knows by heart", "on paper", "in the open", "of one's own"),
    *("gone by", "mend what failed"),
)
# Between the parts of one string.
_JOINT: Final = re.compile(r"""["']\s+f?["']""")


def phrases(text: str) -> list[str]:
    """Return the listed phrases of a text, also those across lines."""
    plain = " ".join(_JOINT.sub("", text).replace("#", " ").lower().split())
    # Most phrases are missing, and `in` is much faster than an expression.
    return [one for one in PHRASES if one in plain and re.search(rf"\b{one}\b", plain)]


def test_no_text_of_the_project_has_a_listed_phrase() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PATTERNS]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    assert len(files) > len(EXCEPT)
    found = {
        name: phrases((ROOT / name).read_text("utf-8")) for name in files if name not in EXCEPT
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "text",
    [
        '"""Tell whether a role exists."""',
        "# The role is made\n    # anew.",
        '"the release goes back "\n        f"by itself"',
    ],
    ids=["docstring", "comment", "string"],
)
def test_a_phrase_across_lines_is_found(text: str) -> None:
    assert len(phrases(text)) == 1


def test_a_plain_text_has_no_phrase() -> None:
    assert phrases("Return whether a role exists. Default: the release rolls back.") == []
