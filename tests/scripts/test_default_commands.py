"""Default commands of each kind of test, with stub tools that record their calls."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.delivery.buildspecs import commands
from landfall.settings.testing import DEPLOYED_KINDS, SOURCE_KINDS

TOOLS = ("npm", "go", "python3", "semgrep", "checkov", "pip-audit", "ruff", "make", "gofmt", "mvn")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder of sources, and tools that write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        tool = tools / name
        # `go list` answers with packages; everything else only tells of itself.
        tool.write_text(
            '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'
            'if [ "$(basename "$0") $1" = "go list" ]; then printf "a\\nb\\nc\\nd\\n"; fi\n'
            'exit "${FAILING:-0}"\n'
        )
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def _run(sources: Path, kind: str, **variables: str) -> tuple[int, str, str]:
    """Run the commands of a kind; return its status, the calls of tools, and what it complains."""
    calls = sources.parent / "calls"
    calls.write_text("")
    status, complaint = 0, ""
    for line in commands(kind, []):
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=sources,
            env={
                "PATH": f"{sources.parent / 'tools'}:{os.environ['PATH']}",
                "HOME": str(sources.parent),
                "TEST_KIND": kind,
                "CALLS": str(calls),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        status, complaint = status or done.returncode, complaint + done.stderr
    return status, calls.read_text(), complaint


@pytest.mark.parametrize(
    ("kind", "file", "called"),
    [
        ("unit", "package.json", "npm test"),
        ("unit", "go.mod", "gotest.tools/gotestsum"),
        ("unit", "pom.xml", "mvn --batch-mode test"),
        ("lint", "package.json", "npm run lint"),
        ("lint", "go.mod", "go vet ./..."),
        ("lint", "pyproject.toml", "ruff check ."),
        ("dependencies", "package-lock.json", "npm audit --audit-level=high"),
        ("dependencies", "go.mod", "vuln/cmd/govulncheck"),
        ("dependencies", "requirements.txt", "pip-audit --requirement requirements.txt"),
        ("sast", "README.md", "semgrep scan --config p/default --error"),
        ("secrets", "README.md", "gitleaks/v8@v8.30.1 dir . --redact"),
        ("iac", "README.md", "checkov --directory ."),
        ("integration", "Makefile", "make integration"),
        ("e2e", "Makefile", "make e2e"),
    ],
)
def test_a_kind_knows_what_the_sources_are_written_in(
    sources: Path, kind: str, file: str, called: str
) -> None:
    (sources / file).write_text("")
    (sources / "target" / "surefire-reports").mkdir(parents=True)
    (sources / "target" / "surefire-reports" / "a.xml").write_text("<testsuite/>")
    status, calls, complaint = _run(sources, kind)
    assert status == 0, complaint
    assert called in calls


@pytest.mark.parametrize("kind", SOURCE_KINDS)
def test_a_tool_that_finds_something_fails_the_test(sources: Path, kind: str) -> None:
    for file in ("package.json", "package-lock.json"):
        (sources / file).write_text("")
    status, _, _ = _run(sources, kind, FAILING="1")
    assert status != 0


@pytest.mark.parametrize("kind", ["unit", "lint", "dependencies", *DEPLOYED_KINDS])
def test_sources_that_are_not_known_fail_with_what_to_write(sources: Path, kind: str) -> None:
    status, _, complaint = _run(sources, kind)
    assert status == 1
    assert f"write commands: below tests.{kind}" in complaint


def test_a_split_suite_runs_every_part_once(sources: Path) -> None:
    (sources / "go.mod").write_text("")
    shares = []
    for shard in ("1", "2", "3"):
        status, calls, _ = _run(sources, "unit", SHARD=shard, SHARDS="3")
        assert status == 0
        shares.append(calls.splitlines()[-1].rpartition(" -- ")[2].split())
    assert sorted(part for share in shares for part in share) == ["a", "b", "c", "d"]
    assert all(shares)


@pytest.mark.parametrize(("succeeding", "failures"), [("1", "0"), ("0", "1")])
def test_a_test_without_a_report_gets_one(sources: Path, succeeding: str, failures: str) -> None:
    status, _, _ = _run(sources, "report", CODEBUILD_BUILD_SUCCEEDING=succeeding)
    assert status == 0
    suite = ElementTree.parse(sources / "reports" / "result.xml").getroot()  # noqa: S314 - ours
    assert suite.attrib["failures"] == failures
    (case,) = suite
    assert len(case) == int(failures)


def test_a_report_of_a_tool_is_left_alone(sources: Path) -> None:
    (sources / "reports").mkdir()
    (sources / "reports" / "unit.xml").write_text("<testsuite/>")
    _run(sources, "report", CODEBUILD_BUILD_SUCCEEDING="0")
    assert [path.name for path in (sources / "reports").iterdir()] == ["unit.xml"]
