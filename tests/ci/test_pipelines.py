"""The CI files: pinned, with the least permissions, and calling what a developer calls."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
PIN = re.compile(r"uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
TARGET = re.compile(r"make ([a-z-]+)( [A-Z]+=\S+)*$")
# Where nothing of the repository runs: the report is shown, or sent by the host's own tool.
GLUE = re.compile(r'cat build/policy-report\.md >> "\$GITHUB_STEP_SUMMARY"$')


def load(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text())
    return content


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(path)["jobs"]
    return found


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_names_its_version(path: Path) -> None:
    used = [line.strip(" -") for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert PIN.match(line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_given_job_by_job(path: Path) -> None:
    assert load(path)["permissions"] == {}
    for job in jobs(path).values():
        assert isinstance(job["permissions"], dict)
        assert "timeout-minutes" in job


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_job_can_write_and_run_the_repositorys_code(path: Path) -> None:
    for name, job in jobs(path).items():
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        commands = [step["run"] for step in job["steps"] if "run" in step]
        calls_make = [command for command in commands if "make" in command.split()]
        assert not (writes and calls_make), name


def test_the_workflow_grants_these_permissions_and_no_others() -> None:
    granted = {name: job["permissions"] for name, job in jobs(WORKFLOWS[0]).items()}
    assert granted == {
        "policies": {"contents": "read"},
        "code-scanning": {"actions": "read", "contents": "read", "security-events": "write"},
        "comment": {"pull-requests": "write"},
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_events_never_give_a_forks_code_the_repositorys_token(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    events = load(path).get("on") or load(path)[True]
    assert set(events) <= {"pull_request", "push"}
    for job in jobs(path).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_that_a_stranger_writes_gets_into_a_command(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_the_repositorys_code_is_called_by_make_alone() -> None:
    commands = [
        step["run"].strip()
        for job in jobs(WORKFLOWS[0]).values()
        for step in job["steps"]
        if "run" in step
    ]
    gitlab = [
        command
        for job in load(ROOT / ".gitlab-ci.yml").values()
        if isinstance(job, dict)
        for command in job["script"]
    ]
    made = [TARGET.match(command) for command in (*commands, *gitlab)]
    called = [found[1] for found in made if found]
    assert called == ["policy-check", "policy-check", "policy-note"]
    assert set(called) <= targets()
    rest = [each for each, found in zip((*commands, *gitlab), made, strict=True) if not found]
    for command in rest:
        assert GLUE.match(command) or command.startswith("export MARKER="), command
        assert "python" not in command


def test_the_comment_script_is_a_shells() -> None:
    steps = jobs(WORKFLOWS[0])["comment"]["steps"]
    done = subprocess.run(["sh", "-n"], input=steps[-1]["run"], text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_reports_are_where_the_pipelines_look_for_them() -> None:
    made = subprocess.run(
        ["make", "--no-print-directory", "-n", "policy-check", "BASE=HEAD^1", "STACKS=a b"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.replace("\\\n", " ")
    command = " ".join(made.split())
    assert "landfall check -s a -s b --base 'HEAD^1' " in command
    gitlab = load(ROOT / ".gitlab-ci.yml")["policies"]["artifacts"]["reports"]["codequality"]
    text = WORKFLOWS[0].read_text()
    for file in ("build/policy-report.md", "build/policy-report.sarif"):
        assert f"-o {file} " in command
        assert file in text
    assert command.endswith(f"-o {gitlab}")
    ignored = subprocess.run(["git", "check-ignore", "-q", "build/x"], cwd=ROOT)
    assert ignored.returncode == 0


def test_gitlabs_jobs_end_and_its_note_waits_for_a_token() -> None:
    content = load(ROOT / ".gitlab-ci.yml")
    for name in ("policies", "note"):
        assert "timeout" in content[name]
        assert re.fullmatch(r"[a-z]+:\d+\.\d+-[a-z]+", content[name]["image"])
    assert "$LANDFALL_NOTE_TOKEN" in content["note"]["rules"][0]["if"]
    assert content["policies"]["artifacts"]["when"] == "always"
