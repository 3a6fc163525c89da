"""A change compared with the commit that it starts from."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from landfall.checking import base, workspace
from landfall.checking.preview import Preview
from tests.checking.conftest import ROOT, Project, copied

pytestmark = pytest.mark.engine


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Project:
    """A repository with the project, whole, and one commit."""
    project = copied(tmp_path)
    for name in ("components", "landfall", "policies", "toolchain"):
        (tmp_path / name).unlink()
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    project.file("prod").unlink()
    project.file("dev").unlink()
    (tmp_path / ".gitignore").write_text("/.venv\n/.landfall/\n")
    _git(tmp_path, "init", "-q", "-b", "main")
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "start")
    return project


def test_a_change_is_compared_with_its_base(repository: Project) -> None:
    # What the role may do more lies within its boundary in part.
    repository.edit("[ec2:DescribeInstances]", "[ec2:RebootInstances, s3:GetObject]", "small")
    repository.edit("role: auditor}", "role: contractor}", "small")
    done = repository.check("-s", "small", "--base", "main", "--format", "json")
    assert done.returncode == 0, done.stderr
    access = json.loads(done.stdout)["access-small"]
    assert access["against"].startswith("main (")
    (change,) = access["changes"]
    assert (change["name"], change["accounts"]) == ("landfall/reader", ["orders"])
    assert change["gains"] == ["writes ec2:RebootInstances"]
    assert change["loses"] == ["lists ec2:DescribeInstances"]
    within = "of audit, within the organization"
    assert change["trust"] == {
        "gains": [f"contractor {within}"],
        "loses": [f"auditor {within}"],
    }


def test_change_of_the_readme_needs_no_second_preview(repository: Project) -> None:
    now = Preview("dev")
    with workspace.opened(repository.folder, print) as room:
        (repository.folder / "README.md").write_text("Only words.\n")
        same = base.at(room, "main")
        assert same.label.startswith("main (")
        assert same.preview("dev", "landfall", now) is now


def test_a_stack_that_the_base_lacks_is_new(repository: Project) -> None:
    (repository.folder / "Pulumi.second.yaml").write_text(repository.file("small").read_text())
    with workspace.opened(repository.folder, print) as room:
        before = base.at(room, "main")
        assert not before.is_same
        assert before.preview("second", "landfall", Preview("second")) is None


def test_base_that_fails_is_reported_and_the_check_continues(repository: Project) -> None:
    program = repository.folder / "__main__.py"
    good = program.read_text()
    program.write_text("raise ValueError('broken on purpose')\n")
    _git(repository.folder, "commit", "-q", "-a", "-m", "break")
    program.write_text(good)
    done = repository.check("-s", "small", "--base", "HEAD")
    assert done.returncode == 0, done.stderr
    assert re.search(r"The preview of the stack at HEAD \([0-9a-f]{8}\) failed", done.stdout)


def test_a_base_that_git_does_not_know_is_refused(repository: Project) -> None:
    for reference in ("nowhere", "--help", "main:Pulumi.yaml"):
        done = repository.check("-s", "small", "--base", reference)
        assert done.returncode == 2
        assert f"git does not know commit '{reference}'" in done.stderr
