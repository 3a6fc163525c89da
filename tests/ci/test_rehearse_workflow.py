"""The example's CI files: what they run exists, with the least permissions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.test_pipelines import PIN, ROOT, WORKFLOWS, dry, targets

EXAMPLE = ROOT / "examples" / "lambda"
GITHUB = EXAMPLE / ".github" / "workflows" / "rehearse.yml"
GITLAB = EXAMPLE / ".gitlab-ci.yml"
SCRIPT = EXAMPLE / "rehearse.sh"


@pytest.fixture
def job() -> dict[str, Any]:
    content: dict[Any, Any] = yaml.safe_load(GITHUB.read_text())
    # YAML 1.1 reads the key `on` as true.
    assert set(content[True]) == {"pull_request"}
    assert content["permissions"] == {}
    (found,) = content["jobs"].values()
    assert isinstance(found, dict)
    return found


def test_job_on_github_can_only_read_and_keeps_no_token(job: dict[str, Any]) -> None:
    assert job["permissions"] == {"contents": "read"}
    assert "timeout-minutes" in job
    checkouts = [each for each in job["steps"] if "actions/checkout@" in each.get("uses", "")]
    assert [each["with"]["path"] for each in checkouts] == ["application", "platform"]
    assert all(each["with"]["persist-credentials"] is False for each in checkouts)
    assert not any("${{" in each.get("run", "") for each in job["steps"])


def test_actions_are_those_of_the_platforms_workflows() -> None:
    used = [line.strip(" -") for line in GITHUB.read_text().splitlines() if "uses:" in line]
    assert all(PIN.match(line) for line in used)
    ours = "".join(each.read_text() for each in WORKFLOWS)
    assert [line for line in used if line not in ours] == []


def test_both_hosts_run_the_script_and_keep_its_page(job: dict[str, Any]) -> None:
    commands = [each["run"] for each in job["steps"] if "run" in each]
    assert commands[-1] == "sh application/rehearse.sh platform"
    gitlab = yaml.safe_load(GITLAB.read_text())["rehearse"]
    assert gitlab["script"][-1] == "sh rehearse.sh ../platform"
    assert gitlab["artifacts"]["paths"] == [job["steps"][-1]["with"]["path"]]
    assert "timeout" in gitlab
    assert "rehearsal.html" in SCRIPT.read_text()


def test_script_calls_targets_and_files_that_exist() -> None:
    text = SCRIPT.read_text()
    done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE)) <= targets()
    for name in re.findall(r'"\$sources/([a-z-]+\.sh)"', text):
        assert Path(EXAMPLE, name).is_file()


def test_target_passes_what_the_script_says() -> None:
    variables = [
        "STACK=greeter",
        "APPLICATION=greeter",
        "SOURCE=/a b",
        "PUSH=main",
        "OUTPUT=r.html",
    ]
    options = "--source '/a b' --approve --push 'main' -o 'r.html'"
    assert dry("rehearse", *variables).endswith(f"rehearse 'greeter' -s 'greeter' {options}")
    assert dry("rehearse", "PULL_REQUEST=main").endswith("--approve --pull-request 'main'")
