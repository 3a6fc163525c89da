"""Buildspecs of tests: commands, report and shards of each kind."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi

_SCRIPTS = Path(__file__).parent / "scripts"


def script(name: str) -> str:
    """Return the text of a script next to this module."""
    return (_SCRIPTS / f"{name}.sh").read_text(encoding="utf-8")


def run_script(name: str) -> str:
    """Return the command that runs a script in its own shell."""
    return f"cat > /tmp/{name}.sh <<'LANDFALL'\n{script(name)}LANDFALL\nbash /tmp/{name}.sh"


def in_target(region: str) -> str:
    """Return the command with which later ones use the profile `target`.

    `region` is the variable with its region: CodeBuild sets both of AWS's variables to its own
    region, and they win over a profile's.
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    return f'export AWS_PROFILE=target AWS_REGION="${region}" AWS_DEFAULT_REGION="${region}"'


def commands(kind: str, own: Sequence[str], *, acts_in_target: bool = False) -> list[str]:
    """Return the commands of a kind of test: custom ones, or its script."""
    first = [run_script("act_in_target"), in_target("REGION")] if acts_in_target else []
    if own:
        return [*first, *own]
    return [*first, run_script(kind if (_SCRIPTS / f"{kind}.sh").is_file() else "deployed")]


def test_spec(
    lines: Sequence[str], report_group_arn: pulumi.Input[str], variables: Mapping[str, list[str]]
) -> pulumi.Output[str]:
    """Return the buildspec, as JSON, of a test that reports to a group.

    `variables` are those of a matrix: the test runs once for each combination of their values.
    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
    """
    spec: dict[str, Any] = {
        "version": 0.2,
        "env": {"shell": "bash"},
        "phases": {
            "build": {"commands": list(lines)},
            # Runs even if the commands failed.
            "post_build": {"commands": [run_script("report")]},
        },
    }
    if variables:
        matrix = {"dynamic": {"env": {"variables": dict(variables)}}}
        spec["batch"] = {"fast-fail": False, "build-matrix": matrix}
    report = {"files": ["**/*.xml"], "base-directory": "reports", "file-format": "JUNITXML"}
    return pulumi.Output.all(report_group_arn).apply(
        lambda arns: json.dumps({**spec, "reports": {arns[0]: report}})
    )
