"""Default commands of each kind of test, with stub tools that record their calls."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.delivery.buildspecs import commands
from landfall.settings.testing import DEPLOYED_KINDS, SOURCE_KINDS
from tests.scripts.tool_locks import LOCKS
from tests.scripts.tool_locks import TOOLS as TOOL_LOCKS

TOOLS = (
    *("npm", "go", "python3", "python", "semgrep", "checkov", "pip-audit", "ruff", "pre-commit"),
    *("make", "gofmt", "mvn"),
)


# `go list` answers with packages, `go mod download` with the checksum of a module, and a virtual
# environment has the stubs as its tools; everything else only tells of itself.
_STUB = """#!/bin/sh
name=$(basename "$0")
echo "$name $*" >> "$CALLS"
case "$name $1 $2" in
"go list "*) printf "a\\nb\\nc\\nd\\n" ;;
"go mod download")
  found=${CHECKSUM:-$(grep -F -- "$4" "$SUMS" | cut -d" " -f2)}
  printf '{\\n\\t"Sum": "%s",\\n}\\n' "$found" ;;
"python3 -m venv") mkdir -p "$3" && ln -sfn "$TOOLS" "$3/bin" ;;
"python3 -m pytest") [ -z "${LACKING:-}" ] || [ "$3" != --version ] || exit 1 ;;
esac
exit "${FAILING:-0}"
"""
# https://sum.golang.org/lookup/MODULE@VERSION
_CHECKSUMS = {
    "github.com/zricethezav/gitleaks/v8@v8.30.1": "h1:PmEvCfVI7ti9dV3s5aMZUY7sS2GxRvG3yzih7E+cS3w=",
    "golang.org/x/vuln@v1.9.0": "h1:12VaqnI9kJfqwRoPptxoqsUhQtdfrSbdksT7X/KY/sc=",
    "gotest.tools/gotestsum@v1.13.0": "h1:+Lh454O9mu9AMG1APV4o0y7oDYKyik/3kBOiCqiEpRo=",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder of sources, and tools that write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        tool = tools / name
        tool.write_text(_STUB)
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def _run(sources: Path, kind: str, **variables: str) -> tuple[int, str, str]:
    """Run the commands of a kind; return its status, the calls of tools, and what it complains."""
    calls = sources.parent / "calls"
    calls.write_text("")
    sums = sources.parent / "sums"
    sums.write_text("".join(f"{name} {sum_}\n" for name, sum_ in _CHECKSUMS.items()))
    status, complaint = 0, ""
    for line in commands(kind, []):
        # The real commands write below /tmp, where other runs have theirs.
        here = line.replace("/tmp/", f"{sources.parent}/")  # noqa: S108
        done = subprocess.run(
            ["bash", "-c", here],
            cwd=sources,
            env={
                "PATH": f"{sources.parent / 'tools'}:{os.environ['PATH']}",
                "HOME": str(sources.parent),
                "TEST_KIND": kind,
                "CALLS": str(calls),
                "TOOLS": str(sources.parent / "tools"),
                "SUMS": str(sums),
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


@pytest.mark.parametrize("kind", ["secrets", "dependencies", "unit"])
def test_go_tool_with_another_checksum_is_not_run(sources: Path, kind: str) -> None:
    (sources / "go.mod").write_text("")
    status, calls, complaint = _run(sources, kind, CHECKSUM="h1:another")
    assert status != 0
    assert "has checksum 'h1:another'" in complaint
    assert "go run" not in calls


def test_python_tool_is_installed_from_its_lock_alone(sources: Path) -> None:
    status, calls, _ = _run(sources, "iac")
    assert status == 0
    lock = f"{sources.parent}/checkov.lock"
    assert f"--no-deps --only-binary :all: --require-hashes --requirement {lock}" in calls


@pytest.mark.parametrize("lacking", ["", "1"])
def test_pytest_of_the_sources_is_kept(sources: Path, lacking: str) -> None:
    (sources / "pyproject.toml").write_text("")
    (sources / "test_a.py").write_text("")
    status, calls, _ = _run(sources, "unit", LACKING=lacking)
    assert status == 0
    assert ("/pytest.lock" in calls) == bool(lacking)


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_lock_has_one_checksum_for_each_package(architecture: str) -> None:
    for tool in TOOL_LOCKS:
        lines = (LOCKS / f"{tool}.{architecture}.txt").read_text().splitlines()
        assert lines
        assert all(re.fullmatch(r"[\w.-]+==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
        name, _, version = TOOL_LOCKS[tool].partition("==")
        assert any(line.replace("_", "-").startswith(f"{name}=={version}") for line in lines)
