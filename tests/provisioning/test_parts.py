"""Plans of one part of a stack that is cut: names, and what the engine is given. No engine runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall import stack_files
from landfall.problems import ProblemsError
from landfall.provisioning import plan

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization: {units: {Dev: {}}}
  landfall:accounts: {a: {email: a@example.com, unit: Dev}}
  landfall:fleet: {slices: {canary: {accounts: a}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: landfall\nruntime: python\n")
    (tmp_path / "Pulumi.big.yaml").write_text(FILE)
    return tmp_path


def test_plan_of_a_part_that_is_missing_names_those_that_exist(folder: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        plan.make("big.canari", folder, "", folder / "build", print)
    assert "stack big has no part 'canari'" in str(caught.value)
    assert "its parts: canary, closing" in str(caught.value)


def test_engine_of_a_part_reads_the_stack_file_of_its_stack(folder: Path) -> None:
    assert stack_files.part_of("big.canary", folder) == ("big", "canary")
    given = stack_files.variables_of_part("big", folder, {})
    assert given["PULUMI_OPTION_CONFIG_FILE"] == str(folder / "Pulumi.big.yaml")
    # In the shell of a sandbox, it is the sandbox's copy of the file.
    sandbox = {"PULUMI_OPTION_CONFIG_FILE": "/own.yaml"}
    assert stack_files.variables_of_part("big", folder, sandbox) == {**given, **sandbox}
