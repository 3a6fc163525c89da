"""Which stack file a Pulumi stack follows, and which part it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall import stack_files
from landfall.problems import ProblemsError
from tests.settings.stacks import SMALL


def test_stack_follows_its_own_file_before_that_of_a_shorter_name(tmp_path: Path) -> None:
    for name in ("big", "big.eu"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    assert stack_files.part_of("big", tmp_path) == ("big", "")
    assert stack_files.part_of("big.eu", tmp_path) == ("big.eu", "")
    assert stack_files.part_of("big.canary", tmp_path) == ("big", "canary")
    assert stack_files.part_of("big.eu.canary", tmp_path) == ("big.eu", "canary")
    assert stack_files.part_of("other.canary", tmp_path) == ("other.canary", "")


def test_part_that_the_settings_lack_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(SMALL)
    stack = stack_files.load("test", tmp_path)
    assert stack_files.part_named(stack, "", {}).is_whole
    with pytest.raises(ProblemsError, match="has no part 'canary'"):
        stack_files.part_named(stack, "canary", {})
    file.write_text(f"{SMALL.rstrip()}\n  landfall:fleet: {{slices: {{canary: {{}}}}}}\n")
    cut = stack_files.load("test", tmp_path)
    assert stack_files.part_named(cut, "canary", {}).is_slice
    assert stack_files.part_named(cut, "", {}).foundation
    assert stack_files.part_named(cut, "", {stack_files.WHOLE: "1"}).is_whole
    with pytest.raises(ProblemsError, match="its parts: rest, closing"):
        stack_files.part_named(cut, "other", {})
    stack_files.require_whole(stack, "up")
    with pytest.raises(ProblemsError, match="landfall fleet up -s test --sandbox"):
        stack_files.require_whole(cut, "up")
