"""Every setting and every test that docs/practices.md names exists."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "practices.md").read_text().splitlines()
    if line.startswith("| ")
][1:]
SCHEMA = json.loads((ROOT / "schema" / "stack.schema.json").read_text())
# The practices that the table must cover: each of these words is in a row.
PRACTICES = (
    *("stages", "tests", "branching", "review", "monitoring", "notifications", "tracing"),
    *("rollback", "secrets", "parallel", "compliance", "drift", "across accounts", "encryption"),
    *("least privilege",),
)


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def options(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the forms that a value may have."""
    if "$ref" in node:
        return options(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    forms = [form for key in ("anyOf", "oneOf") for form in node.get(key, [])]
    return [found for form in forms for found in options(form)] or [node]


def below(node: dict[str, Any], part: str) -> list[dict[str, Any]]:
    found = []
    for form in options(node):
        if part == "NAME":
            found += list(form.get("patternProperties", {}).values())
            found += [form["additionalProperties"]] if form.get("additionalProperties") else []
        elif part in form.get("properties", {}):
            found.append(form["properties"][part])
    return found


def exists(setting: str) -> bool:
    key, _, rest = setting.partition(".")
    nodes = [SCHEMA["properties"]["config"]]
    for part in (key, *(rest.split(".") if rest else [])):
        nodes = [each for node in nodes for each in below(node, part)]
    return bool(nodes)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_practice_names_only_existing_settings_and_tests(row: list[str]) -> None:
    _, settings, tests = row
    assert [setting for setting in named(settings) if not exists(setting)] == []
    assert named(tests)
    for test in named(tests):
        file, _, name = test.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE), test


def test_practice_with_an_unknown_setting_is_found() -> None:
    assert exists("landfall:delivery.applications.NAME.secrets.NAME.rotation")
    assert not exists("landfall:delivery.applications.NAME.secrets.NAME.value")
    assert not exists("landfall:nothing")


def test_table_has_a_row_for_every_practice() -> None:
    told = " ".join(row[0].lower() for row in ROWS)
    assert [practice for practice in PRACTICES if practice not in told] == []
