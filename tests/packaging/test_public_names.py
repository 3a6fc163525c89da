"""docs/public-names.md lists what other programs may import; the changelog names changes."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import components
from components.__main__ import COMPONENTS
from toolchain import release

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "public-names.md"
FIRST = "0.1.0"  # the list begins here; the changelog refers to the page
_HEADING = re.compile(r"## `([a-z_.]+)`")
_ROW = re.compile(r"\| `(\w+)` \| (\S+) \| ?(\S*) ?\|")


@dataclass(frozen=True)
class Row:
    """A row of the page: a name of a module, the versions that it came and went with."""

    module: str
    name: str
    since: str
    removed: str


def rows(page: str) -> list[Row]:
    found, module = [], ""
    for line in page.splitlines():
        if heading := _HEADING.fullmatch(line):
            module = heading[1]
        elif line.startswith("| `"):
            match = _ROW.fullmatch(line)
            assert match, line
            found.append(Row(module, *match.groups()))
    return found


def differences(listed: list[Row]) -> list[str]:
    """Return what the page and the modules' `__all__` do not have in common."""
    found = []
    for module in dict.fromkeys(row.module for row in listed):
        names = set(importlib.import_module(module).__all__)
        present = {row.name for row in listed if row.module == module and not row.removed}
        found += [f"{module}.{name}: add a row to {PAGE.name}" for name in names - present]
        found += [f"{module}.{name}: fill in its column removed" for name in present - names]
    return sorted(found)


def unmentioned(listed: list[Row], changelog: str) -> list[str]:
    """Return the names that came or went with a version whose changelog does not name them."""
    entries = {section.version: section.entries for section in release.sections(changelog)}
    changes = [(row, row.since) for row in listed if row.since != FIRST]
    changes += [(row, row.removed) for row in listed if row.removed]
    return [
        f"{row.module}.{row.name}"
        for row, version in changes
        if f"`{row.module}.{row.name}`" not in entries.get(version, "")
    ]


LISTED = rows(PAGE.read_text())


def test_public_names_page_lists_exactly_what_the_modules_export() -> None:
    assert differences(LISTED) == []


def test_public_names_that_came_or_went_are_in_the_changelog() -> None:
    assert unmentioned(LISTED, (ROOT / "CHANGELOG.md").read_text()) == []


@pytest.mark.parametrize("row", LISTED, ids=lambda row: f"{row.module}.{row.name}")
def test_public_name_can_be_imported_unless_it_was_removed(row: Row) -> None:
    assert hasattr(importlib.import_module(row.module), row.name) is not bool(row.removed)


def _named(annotation: object) -> set[str]:
    return set(re.findall(r"\b[A-Z]\w*Args\b", repr(annotation)))


def _arguments_of_components() -> set[str]:
    """Return the names of the Args that components take, and of those within them."""
    modules = [m for name, m in sys.modules.items() if name.startswith(("components", "landfall."))]
    known: dict[str, Any] = {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and typing.is_typeddict(value)
    }
    found: set[str] = set()
    left = set[str]()
    for component in COMPONENTS:
        left |= _named(inspect.signature(component).parameters["args"].annotation)
    while left:
        name = left.pop()
        found.add(name)
        left |= (_named(known[name].__annotations__) & set(known)) - found
    return found


def test_every_component_and_all_its_arguments_are_public() -> None:
    expected = {component.__name__ for component in COMPONENTS} | _arguments_of_components()
    assert set(components.__all__) == expected


PIPELINE = "## `components`\n\n| `Pipeline` | 0.1.0 | |\n"


def test_name_that_the_page_lacks_is_reported() -> None:
    missing = differences(rows(PIPELINE))
    assert len(missing) == len(components.__all__) - 1
    assert "components.Account: add a row to public-names.md" in missing


def test_name_that_the_code_lacks_is_reported() -> None:
    page = PIPELINE.replace("Pipeline", "Conveyor")
    assert "components.Conveyor: fill in its column removed" in differences(rows(page))


@pytest.mark.parametrize("row", ["Unreleased | |", "0.1.0 | Unreleased |", "0.2.0 | |"])
def test_change_of_a_name_that_the_changelog_lacks_is_reported(row: str) -> None:
    listed = rows(PIPELINE.replace("0.1.0 | |", row))
    changelog = "## [Unreleased]\n\n{}\n\n## [0.2.0] - 2026-01-31\n\n{}\n"
    assert unmentioned(listed, changelog.format("- x", "- x")) == ["components.Pipeline"]
    entry = "- `components.Pipeline`"
    assert unmentioned(listed, changelog.format(entry, entry)) == []
