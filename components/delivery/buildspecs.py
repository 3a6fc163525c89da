"""Buildspecs of tests: commands, report and shards of each kind."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pulumi

_SCRIPTS = Path(__file__).parent / "scripts"
_GO_TOOL, _PYTHON_TOOL = "go_tool", "python_tool"

# What each default script installs with a checksum.
_GO_TOOLS = frozenset({"dependencies", "secrets", "unit"})
_PYTHON_TOOLS: Mapping[str, Sequence[str]] = {
    "dependencies": ["pip-audit"],
    "iac": ["checkov"],
    "lint": ["pre-commit", "ruff"],
    "sast": ["semgrep"],
    "unit": ["pytest"],
}

_COVERAGE_FORMATS = {
    "clover": "CLOVERXML",
    "cobertura": "COBERTURAXML",
    "jacoco": "JACOCOXML",
    "lcov": "LCOV",
    "simplecov": "SIMPLECOV",
}


class CoverageArgs(TypedDict):
    """Files of code coverage."""

    files: list[str]
    """The files, as paths or patterns."""
    format: NotRequired[str]
    """`clover`, `cobertura` (default), `jacoco`, `lcov` or `simplecov`."""


def script(name: str) -> str:
    """Return the text of a script next to this module."""
    return (_SCRIPTS / f"{name}.sh").read_text(encoding="utf-8")


def write(name: str, text: str) -> str:
    """Return the command that writes a file below `/tmp`."""
    return f"cat > /tmp/{name} <<'LANDFALL'\n{text}LANDFALL"


def run_script(name: str) -> str:
    """Return the command that runs a script in its own shell."""
    return f"{write(f'{name}.sh', script(name))}\nbash /tmp/{name}.sh"


def in_target(region: str) -> str:
    """Return the command with which later ones use the profile `target`.

    `region` is the variable with its region: CodeBuild sets both of AWS's variables to its own
    region, and they win over a profile's.
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    return f'export AWS_PROFILE=target AWS_REGION="${region}" AWS_DEFAULT_REGION="${region}"'


def python_tool(name: str, architecture: str) -> list[str]:
    """Return the commands that write a tool's lock and the script that installs from it."""
    lock = (_SCRIPTS / "locks" / f"{name}.{architecture}.txt").read_text(encoding="utf-8")
    installer = write(f"{_PYTHON_TOOL}.sh", script(_PYTHON_TOOL))
    return [write(f"{name}.lock", lock), installer]


def commands(
    kind: str, own: Sequence[str], *, acts_in_target: bool = False, architecture: str = "x86_64"
) -> list[str]:
    """Return the commands of a kind of test: custom ones, or its script with what it installs."""
    first = [run_script("act_in_target"), in_target("REGION")] if acts_in_target else []
    if own:
        return [*first, *own]
    if kind in _GO_TOOLS:
        first.append(write(f"{_GO_TOOL}.sh", script(_GO_TOOL)))
    for tool in _PYTHON_TOOLS.get(kind, ()):
        first += python_tool(tool, architecture)
    first = list(dict.fromkeys(first))
    return [*first, run_script(kind if (_SCRIPTS / f"{kind}.sh").is_file() else "deployed")]


class TestSpec(TypedDict):
    """What a test's buildspec has besides its commands."""

    report_group_arn: pulumi.Input[str]
    """The report group of its results."""
    matrix: NotRequired[Mapping[str, list[str]]]
    """The test runs once for each combination of these variables' values."""
    runtimes: NotRequired[Mapping[str, str]]
    """Versions of languages."""
    coverage: NotRequired[CoverageArgs]
    """Files of code coverage."""
    coverage_group_arn: NotRequired[pulumi.Input[str]]
    """The report group of coverage."""


def test_spec(lines: Sequence[str], args: TestSpec) -> pulumi.Output[str]:
    """Return the buildspec, as JSON, of a test that reports to a group.

    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
    """
    phases: dict[str, Any] = {
        "build": {"commands": list(lines)},
        # Runs even if the commands failed.
        "post_build": {"commands": [run_script("report")]},
    }
    spec: dict[str, Any] = {"version": 0.2, "env": {"shell": "bash"}, "phases": phases}
    if runtimes := args.get("runtimes"):
        phases["install"] = {"runtime-versions": dict(runtimes)}
    if matrix := args.get("matrix"):
        dynamic = {"dynamic": {"env": {"variables": dict(matrix)}}}
        spec["batch"] = {"fast-fail": False, "build-matrix": dynamic}
    found: list[dict[str, Any]] = [
        {"files": ["**/*.xml"], "base-directory": "reports", "file-format": "JUNITXML"}
    ]
    groups = [args["report_group_arn"]]
    coverage = args.get("coverage")
    if coverage is not None and "coverage_group_arn" in args:
        kind = _COVERAGE_FORMATS[coverage.get("format", "cobertura")]
        found.append({"files": list(coverage["files"]), "file-format": kind})
        groups.append(args["coverage_group_arn"])
    return pulumi.Output.all(*groups).apply(
        lambda arns: json.dumps({**spec, "reports": dict(zip(arns, found, strict=True))})
    )
