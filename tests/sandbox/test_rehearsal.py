"""The example from its stack file to releases, faults and rollbacks, with a real stack's roles.

The tests of this file follow one sandbox and build on each other in their order.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.conftest import BIN, ROOT, Project, copied

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("aws") is None, reason="the example's tests use the AWS CLI"),
]

STACK = "greeter"
EXAMPLE, FLEET = ROOT / "examples" / "lambda", ROOT / "examples" / "ec2"
ENVIRONMENTS = ("greeter-dev", "greeter-prod")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(both_examples()))
    (project.folder / "examples").symlink_to(ROOT / "examples")
    shutil.copytree(EXAMPLE, project.folder / "greeter")
    shutil.copytree(FLEET, project.folder / "fleet")
    project.up(preview=False)
    scripts = [
        "sh examples/lambda/profiles.sh",
        *(f"sh examples/lambda/create-function.sh {each}" for each in ENVIRONMENTS),
        "sh examples/ec2/create-instances.sh greeter-dev",
    ]
    opened = f'eval "$({BIN}/landfall env -s {STACK})"'
    project.run("bash", "-euc", " && ".join([opened, *scripts]))
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


def both_examples() -> dict[str, Any]:
    """Return the stack file of the function with the instances' application in it."""
    stack, fleet = (yaml.safe_load((each / "stack.yaml").read_text()) for each in (EXAMPLE, FLEET))
    own = fleet["config"]["landfall:delivery"]["applications"]["fleet"]
    own["environments"] = {"dev": {"account": "greeter-dev"}}
    stack["config"]["landfall:delivery"]["applications"]["fleet"] = own
    found: dict[str, Any] = stack
    return found


def rehearse(project: Project, *options: str, application: str = "greeter") -> dict[str, Any]:
    """Run the command with the example's sources; return its JSON."""
    command = [str(BIN / "landfall"), "rehearse", application, "-s", STACK, "--format", "json"]
    if "--rollback" not in options:
        command += ["--source", application]
    done: subprocess.CompletedProcess[str] = project.run(*command, *options, ok=False)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["succeeded"] == (done.returncode == 0)
    return found


def failures(course: dict[str, Any]) -> list[str]:
    return [each["action"] for each in course["actions"] if each["status"] == "Failed"]


def answer(project: Project, environment: str) -> dict[str, Any]:
    """Return what the deployed function answers in an account."""
    accounts = project.aws("organizations").list_accounts()["Accounts"]
    (account,) = [each["Id"] for each in accounts if each["Name"] == environment]
    client = project.aws("lambda", account)
    payload = client.invoke(FunctionName="greeter:live", Payload=b"{}")["Payload"]
    found: dict[str, Any] = json.load(payload)
    return found


def change(project: Project, file: str, old: str, new: str, application: str = "greeter") -> None:
    path: Path = project.folder / application / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_release_goes_through_every_environment(project: Project) -> None:
    assert answer(project, "greeter-dev")["release"] == 0
    course = rehearse(project, "--approve")
    assert course["succeeded"], course
    assert [each["pipeline"] for each in course["executions"]] == list(ENVIRONMENTS)
    for environment in ENVIRONMENTS:
        assert answer(project, environment) == {"message": "Hello, world!", "release": 1}


def test_alarm_during_the_canary_leaves_the_release_live(project: Project) -> None:
    change(project, "greeting.py", "RELEASE = 1", "RELEASE = 2")
    course = rehearse(project, "--environment", "dev", "--alarm", "greeter-dev-errors")
    assert failures(course) == ["Deploy"]
    assert [each["status"] for each in course["executions"]] == ["Failed", "Succeeded"]
    assert answer(project, "greeter-dev")["release"] == 1


def test_rejection_leaves_the_release_live(project: Project) -> None:
    course = rehearse(project, "--environment", "prod", "--reject")
    assert failures(course) == ["Approve"]
    assert answer(project, "greeter-prod")["release"] == 1


def test_failing_end_to_end_test_rolls_back(project: Project) -> None:
    change(project, "handler.py", 'event.get("name", "world")', 'event["name"]')
    course = rehearse(project, "--environment", "dev")
    assert failures(course) == ["EndToEnd"]
    assert course["executions"][1]["rolledBackTo"]
    assert answer(project, "greeter-dev")["release"] == 1
    change(project, "handler.py", 'event["name"]', 'event.get("name", "world")')


def test_missing_permission_of_a_role_is_named(project: Project) -> None:
    accounts = project.aws("organizations").list_accounts()["Accounts"]
    (account,) = [each["Id"] for each in accounts if each["Name"] == "greeter-dev"]
    iam = project.aws("iam", account)
    named = {"RoleName": "greeter-dev-deploy", "PolicyName": "greeter-dev-deploy"}
    document = iam.get_role_policy(**named)["PolicyDocument"]
    less = json.loads(json.dumps(document).replace('"lambda:UpdateAlias"', '"lambda:GetAlias"'))
    iam.put_role_policy(**named, PolicyDocument=json.dumps(less))
    course = rehearse(project, "--environment", "dev")
    iam.put_role_policy(**named, PolicyDocument=json.dumps(document))
    (failed, *_) = [each for each in course["actions"] if each["status"] == "Failed"]
    assert (failed["action"], failed["error"]["code"]) == ("Deploy", "PermissionError")
    assert "lambda:UpdateAlias" in failed["error"]["message"]
    assert answer(project, "greeter-dev")["release"] == 1


def test_release_is_rolled_back_by_hand(project: Project) -> None:
    assert rehearse(project, "--environment", "dev")["succeeded"]
    assert answer(project, "greeter-dev")["release"] == 2
    course = rehearse(project, "--environment", "dev", "--rollback", "previous")
    assert course["succeeded"], course
    assert answer(project, "greeter-dev")["release"] == 1
    shown = project.run(
        "bash",
        "-euc",
        f'eval "$({BIN}/landfall env -s {STACK})"; '
        f"{BIN}/landfall release list greeter dev -s {STACK}",
    ).stdout
    assert "rollback to" in shown.splitlines()[2]


def releases(project: Project) -> list[str]:
    """Return the release that each instance's program says."""
    roots = (project.folder / ".landfall/sandboxes" / STACK / "instances").glob("*/*/i-*")
    programs = [each / "opt/fleet/greeting.py" for each in roots]
    return [
        subprocess.run(
            [sys.executable, str(each), "world"], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        for each in programs
    ]


def test_release_goes_to_every_instance(project: Project) -> None:
    course = rehearse(project, application="fleet")
    failed = [each["error"] for each in course["actions"] if each["status"] == "Failed"]
    assert course["succeeded"], failed
    assert releases(project) == ["1", "1"]


def test_release_whose_validation_fails_is_rolled_back_by_codedeploy(project: Project) -> None:
    change(project, "app/greeting.py", "RELEASE = 1", "RELEASE = 2", "fleet")
    change(project, "scripts/validate.sh", "Hello, world!", "Hi, world!", "fleet")
    course = rehearse(project, application="fleet")
    assert failures(course) == ["Deploy"]
    assert releases(project) == ["1", "1"]
