"""The example and tables of docs/settings.md match the settings."""

from __future__ import annotations

import re
from pathlib import Path

from landfall.settings.keys import NAMESPACE
from landfall.settings.stack import Stack
from tests.settings.stacks import problems

TEXT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_example_on_the_page_is_valid() -> None:
    assert problems(BLOCKS[0]) == []


def test_parts_added_to_the_example_are_valid() -> None:
    parts = [block for block in BLOCKS[1:] if block.startswith("config:")]
    assert len(parts) == 13
    for part in parts:
        assert problems(BLOCKS[0] + part.removeprefix("config:\n")) == []


def test_page_describes_every_setting() -> None:
    keys = {field.alias or name for name, field in Stack.model_fields.items()}
    assert {key for key in keys if f"`{key}`" not in TEXT and f"  {key}:" not in TEXT} == set()
    assert set(re.findall(r"^## `(.+)`$", TEXT, re.MULTILINE)) <= keys
    assert all(key.startswith(NAMESPACE) or key == "aws:region" for key in keys)
