"""The examples from their stack files to releases, faults and rollbacks, with a real stack's roles.

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

from tests.sandbox.conftest import BIN, Project
from tests.sandbox.examples_stack import ENVIRONMENTS, STACK, in_sandbox, make

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("aws") is None, reason="the example's tests use the AWS CLI"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = make(tmp_path_factory.mktemp("project"))
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


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


def account_id(project: Project, name: str) -> str:
    accounts = project.aws("organizations").list_accounts()["Accounts"]
    (account,) = [each["Id"] for each in accounts if each["Name"] == name]
    return str(account)


def answer(project: Project, environment: str) -> dict[str, Any]:
    """Return what the deployed function answers in an account."""
    client = project.aws("lambda", account_id(project, environment))
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


def test_change_starts_the_pipeline_that_the_stack_says(project: Project) -> None:
    course = rehearse(project, "--push", "feature")
    assert not course["executions"]
    assert not any(each["starts"] for each in course["starts"])
    course = rehearse(project, "--pull-request", "main")
    assert [each["pipeline"] for each in course["executions"]] == ["greeter-validation"], course
    assert course["succeeded"], course


def test_missing_permission_of_a_role_is_named(project: Project) -> None:
    iam = project.aws("iam", account_id(project, "greeter-dev"))
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
    script = f"{BIN}/landfall release list greeter dev -s {STACK} | sed -n 3p"
    assert "rollback to" in in_sandbox(project, script)


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


def test_site_with_a_broken_link_is_not_deployed_and_a_release_is_invalidated(
    project: Project,
) -> None:
    account = account_id(project, "greeter-dev")
    course = rehearse(project, application="site")
    assert course["succeeded"], course
    change(project, "pages/index.html", "about.html", "us.html", "site")
    course = rehearse(project, application="site")
    assert failures(course) == ["Build"]
    s3 = project.aws("s3", account)
    page = s3.get_object(Bucket="example-site-dev", Key="index.html")["Body"].read().decode()
    assert "about.html" in page
    cloudfront = project.aws("cloudfront", account, "us-east-1")
    (distribution,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    found = cloudfront.list_invalidations(DistributionId=distribution["Id"])["InvalidationList"]
    assert found["Quantity"] == 1


def test_stack_whose_test_fails_returns_to_the_earlier_template(project: Project) -> None:
    course = rehearse(project, application="queues")
    assert course["succeeded"], course
    change(project, "template.json", '"VisibilityTimeout": 30', '"VisibilityTimeout": 5', "queues")
    course = rehearse(project, application="queues")
    assert failures(course) == ["Integration"]
    assert course["executions"][1]["rolledBackTo"]
    sqs = project.aws("sqs", account_id(project, "greeter-dev"))
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert found["Attributes"]["VisibilityTimeout"] == "30"


def test_service_is_deployed_blue_by_green(project: Project) -> None:
    course = rehearse(project, application="web")
    assert course["succeeded"], course
    ecs = project.aws("ecs", account_id(project, "greeter-dev"))
    (service,) = ecs.describe_services(cluster="apps", services=["web"])["services"]
    assert [each["status"] for each in service["taskSets"]] == ["PRIMARY"]
