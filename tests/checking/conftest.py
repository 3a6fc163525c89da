"""A copy of the project whose files a test may change, to be checked by the real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.reports import sarif_schema
from tests.suite import forks

# Few resources, so that the engine is soon through.
SMALL = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    units: {Workloads: {}}
  landfall:accounts:
    audit: {email: audit@example.com, unit: Workloads, purpose: audit}
    orders: {email: orders@example.com, unit: Workloads}
  landfall:access:
    boundaries:
      most:
        statements:
          - {sid: Most, actions: [ec2:Describe*, ec2:Reboot*], resources: ['*']}
    roles:
      reader:
        principals: [{account: audit, role: auditor}]
        accounts: [orders]
        boundary: most
        statements:
          - {sid: Look, actions: [ec2:DescribeInstances]}
"""

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@dataclass
class Project:
    """The copy, and what `landfall check` says of it."""

    folder: Path
    env: dict[str, str]

    def file(self, stack: str = "dev") -> Path:
        return self.folder / f"Pulumi.{stack}.yaml"

    def edit(self, old: str, new: str, stack: str = "dev") -> None:
        text = self.file(stack).read_text()
        assert old in text
        self.file(stack).write_text(text.replace(old, new, 1))

    def append(self, code: str) -> None:
        """Add code to the program."""
        with (self.folder / "__main__.py").open("a") as program:
            program.write(code)

    def check(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return forks.run((str(BIN / "landfall"), "check", *arguments), self.folder, self.env)

    def line(self, location: dict[str, Any]) -> str:
        """Return the text of the line that a location names, without its indentation."""
        lines = (self.folder / location["file"]).read_text().splitlines()
        return lines[location["line"] - 1].strip()


@dataclass(frozen=True)
class Reports:
    """One check in every format."""

    status: int
    text: str
    errors: str
    markdown: str
    sarif: dict[str, Any]
    json: dict[str, Any]

    def everything(self) -> str:
        return "\n".join([self.text, self.errors, self.markdown, str(self.sarif), str(self.json)])

    def of_rule(self, rule: str) -> list[dict[str, Any]]:
        return [finding for finding in self.json["findings"] if finding["rule"] == rule]


def reports(project: Project, *stacks: str) -> Reports:
    """Check stacks once and read all reports."""
    names = [f"check.{ending}" for ending in ("md", "sarif", "json")]
    wanted = [option for name in names for option in ("--output", f"build/{name}")]
    chosen = [option for stack in stacks for option in ("--stack", stack)]
    done = project.check(*chosen, *wanted)
    build = project.folder / "build"
    sarif = json.loads((build / "check.sarif").read_text())
    sarif_schema.validate(sarif)
    return Reports(
        done.returncode,
        done.stdout,
        done.stderr,
        (build / "check.md").read_text(),
        sarif,
        json.loads((build / "check.json").read_text()),
    )


def copied(folder: Path) -> Project:
    for path in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        shutil.copy(path, folder)
    for name in ("components", "landfall", "policies", "toolchain"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(BIN.parent)
    (folder / "Pulumi.small.yaml").write_text(SMALL)
    env = {name: value for name, value in os.environ.items() if not name.startswith("LANDFALL_")}
    # What a developer's machine may have, and no check may use.
    env |= {"AWS_PROFILE": "of-a-developer", "PULUMI_ACCESS_TOKEN": "of-a-developer"}
    if address := os.environ.get(forks.VARIABLE):
        env[forks.VARIABLE] = address
    return Project(folder, env)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    return lambda: copied(tmp_path_factory.mktemp("project"))
