"""A change compared with the commit that it starts from."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from landfall.checking import base, workspace
from landfall.checking.preview import Preview
from tests.checking.conftest import ROOT, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


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
    (tmp_path / ".gitignore").write_text("/.venv\n/.landfall/\n")
    _git(tmp_path, "init", "-q", "-b", "main")
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "start")
    return project


def test_a_change_is_compared_with_its_base(repository: Project) -> None:
    repository.edit("managedPolicies: [SecurityAudit]", "managedPolicies: [AmazonS3FullAccess]")
    # In the role's own policy and in its boundary; in one of them alone it would change nothing.
    stopping = "[ec2:StopInstances, ecs:StopTask, lambda:PutFunctionConcurrency"
    text = repository.file().read_text()
    assert text.count(stopping) == 2
    repository.file().write_text(text.replace(stopping, f"{stopping}, ec2:RebootInstances"))
    done = repository.check("-s", "dev", "--base", "main", "--format", "json")
    assert done.returncode == 0, done.stderr
    access = json.loads(done.stdout)["access-dev"]
    assert access["against"].startswith("main (")
    changes = {change["name"]: change for change in access["changes"]}
    assert set(changes) == {"landfall/break-glass", "landfall/security-audit"}
    audit = changes["landfall/security-audit"]
    assert len(audit["accounts"]) == 5
    assert any(line.startswith("changes permissions by s3 (") for line in audit["gains"])
    assert any(line.startswith("reads") for line in audit["loses"])
    gained = changes["landfall/break-glass"]["gains"]
    assert [line.split(",")[0] for line in gained] == ["writes ec2:RebootInstances"]


def test_words_alone_need_no_second_preview(repository: Project) -> None:
    now = Preview("dev")
    with workspace.opened(repository.folder, print) as room:
        (repository.folder / "README.md").write_text("Only words.\n")
        same = base.at(room, "main")
        assert same.label.startswith("main (")
        assert same.preview("dev", "landfall", now) is now


def test_a_stack_that_the_base_lacks_is_new(repository: Project) -> None:
    (repository.folder / "Pulumi.second.yaml").write_text(repository.file().read_text())
    with workspace.opened(repository.folder, print) as room:
        before = base.at(room, "main")
        assert not before.is_same
        assert before.preview("second", "landfall", Preview("second")) is None


def test_a_base_that_breaks_is_told_and_does_not_stop_the_check(repository: Project) -> None:
    program = repository.folder / "__main__.py"
    good = program.read_text()
    program.write_text("raise ValueError('broken on purpose')\n")
    _git(repository.folder, "commit", "-q", "-a", "-m", "break")
    program.write_text(good)
    done = repository.check("-s", "dev", "--base", "HEAD")
    assert done.returncode == 0, done.stderr
    assert "The stack could not be previewed as it is at HEAD" in done.stdout


def test_a_base_that_git_does_not_know_is_refused(repository: Project) -> None:
    for reference in ("nowhere", "--help", "main:Pulumi.yaml"):
        done = repository.check("-s", "dev", "--base", reference)
        assert done.returncode == 2
        assert f"git knows no commit '{reference}'" in done.stderr
