"""`landfall roles`, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landfall.cli.roles import app
from landfall.problems import ProblemsError

PROJECT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--directory", str(PROJECT)])
    assert done.exit_code == 0, done.output
    return done.output


def test_roles_without_a_name_lists_the_roles_of_each_account() -> None:
    shown = run("-s", "dev")
    assert "\ndelivery\n" in shown
    assert "\n  orders-dev-build              The build role of pipeline orders-dev\n" in shown
    assert shown.startswith("organization/management\n  provision-dev-read ")


def test_role_by_name_shows_trust_permissions_and_setting() -> None:
    shown = run("provision-dev-plan", "-s", "dev").splitlines()
    assert shown[0] == "landfall/provision-dev-plan of delivery"
    assert "  from landfall:provisioning" in shown
    assert "    Service: codebuild.amazonaws.com" in shown
    assert "    actions: logs:CreateLogStream, logs:PutLogEvents" in shown
    assert (
        "    resources: arn:aws:logs:eu-west-1:<account delivery>:log-group:"
        "/landfall/build/provision-dev-plan:*"
    ) in shown


def test_role_of_several_accounts_is_chosen_by_account() -> None:
    everywhere = json.loads(run("break-glass", "-s", "dev", "--format", "json"))
    (one,) = json.loads(run("audit/break-glass", "-s", "dev", "--format", "json"))
    assert len(everywhere) == 5
    assert one in everywhere
    assert one["account"] == "audit"
    assert one["setting"] == "landfall:access.roles.break-glass"
    assert one["managedPolicies"] == ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
    assert one["policies"]["break-glass"][0]["Action"][0] == "ec2:StopInstances"
    assert one["permissionsBoundary"] == (
        "arn:aws:iam::<account audit>:policy/landfall/incident-response"
    )


def test_role_that_does_not_exist_is_refused_with_a_suggestion() -> None:
    done = CliRunner().invoke(app, ["break-glss", "--directory", str(PROJECT)])
    assert isinstance(done.exception, ProblemsError)
    assert str(done.exception) == ("there is no role 'break-glss'\n    did you mean 'break-glass'?")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_blueprint_of_a_stack_needs_no_engine_and_little_time(stack: str) -> None:
    """Loading a stack and describing it takes little more than importing what it reads with."""
    seconds, *imported = _measured(
        "from landfall import stack_files\n"
        "from landfall.blueprint.stack import blueprint\n"
        f"blueprint(stack_files.load({stack!r}, pathlib.Path({str(PROJECT)!r})))\n"
    )
    assert imported == []
    libraries, *_ = _measured("import pydantic, yaml\npydantic.create_model('Model', a=(int, 1))\n")
    assert float(seconds) < 15 * float(libraries)


def _measured(program: str) -> list[str]:
    """Return the processor time of a program in seconds, and the AWS libraries it imported."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, pathlib, time\n{program}"
            "print(time.process_time(), *(m for m in ('pulumi', 'pulumi_aws', 'boto3', 'botocore')"
            " if m in sys.modules))\n",
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
    )
    return done.stdout.split()
