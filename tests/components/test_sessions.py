"""Session Manager's preferences, its role and its logs, against mocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import ACCOUNTS, ORGANIZATION, Registered

Runner = Callable[[Callable[[], Any]], Registered]

DOCUMENT = "aws:ssm/document:Document"
LOGS = "landfall-logs-logs-id-eu-west-1-sessions"


def config(**sessions: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "units": {
                "Workloads": {
                    "baseline": {"sessions": {"enabled": True, "runAs": "operator", **sessions}}
                }
            },
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
            "orders": {"email": "orders@example.com", "unit": "Workloads"},
            "trials": {
                "email": "trials@example.com",
                "unit": "Workloads",
                "baseline": {"sessions": {"regions": ["us-east-1"], "maxMinutes": 60}},
            },
        },
        "landfall:security": {},
    }


def made(run: Runner, given: dict[str, Any]) -> Registered:
    settings = parse(given, stack="test", locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def preferences(registered: Registered, name: str) -> dict[str, Any]:
    found = registered.of(DOCUMENT)[name]
    assert (found["name"], found["documentType"]) == ("SSM-SessionManagerRunShell", "Session")
    inputs: dict[str, Any] = json.loads(found["content"])["inputs"]
    return inputs


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    return made(run, config())


def test_preferences_of_each_layer_apply_in_each_region(registered: Registered) -> None:
    assert set(registered.of(DOCUMENT)) == {
        "orders-sessions-eu-west-1",
        "orders-sessions-us-east-1",
        "trials-sessions-us-east-1",
    }
    orders = preferences(registered, "orders-sessions-us-east-1")
    trials = preferences(registered, "trials-sessions-us-east-1")
    for found in (orders, trials):
        assert (found["runAsEnabled"], found["runAsDefaultUser"]) == (True, "operator")
        assert (found["s3BucketName"], found["s3EncryptionEnabled"]) == (LOGS, True)
    assert orders["s3KeyPrefix"] == f"{ACCOUNTS['orders']}/us-east-1"
    assert (orders["maxSessionDuration"], trials["maxSessionDuration"]) == ("", "60")


def test_instances_may_log_below_their_account_only(registered: Registered) -> None:
    policy = registered.document("aws:iam/policy:Policy", "orders-sessions", "policy")
    statements = {each["Sid"]: each for each in policy["Statement"]}
    assert statements["LogSessions"]["Resource"] == [f"arn:aws:s3:::{LOGS}/{ACCOUNTS['orders']}/*"]
    (key,) = statements["EncryptLogs"]["Resource"]
    assert key.endswith(":key/key-logs")
    bucket = registered.document("aws:s3/bucketPolicy:BucketPolicy", "logs-sessions", "policy")
    admitted = {each["Sid"]: each for each in bucket["Statement"]}["InstancesWrite"]
    assert admitted["Resource"] == [f"arn:aws:s3:::{LOGS}/${{aws:PrincipalAccount}}/*"]
    assert admitted["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


def test_role_of_instances_has_the_policy_and_a_profile(registered: Registered) -> None:
    trust = registered.document("aws:iam/role:Role", "orders-sessions", "assumeRolePolicy")
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": ["ec2.amazonaws.com"]}
    profile = registered.of("aws:iam/instanceProfile:InstanceProfile")["orders-sessions"]
    assert (profile["name"], profile["path"]) == ("session-manager", "/landfall/")


def test_sessions_without_logs_leave_the_archive_alone(run: Runner) -> None:
    registered = made(run, config(logs=False, encrypt=True))
    assert "logs-sessions" not in registered.of("aws:s3/bucket:Bucket")
    found = preferences(registered, "orders-sessions-us-east-1")
    assert found["s3BucketName"] == ""
    assert found["kmsKeyId"].endswith(":key/key-orders-sessions-us-east-1")
    policy = registered.document("aws:iam/policy:Policy", "orders-sessions", "policy")
    assert [each["Sid"] for each in policy["Statement"]] == ["Connect", "DecryptSessions"]


def test_endpoints_exist_only_where_settings_list_them(run: Runner, registered: Registered) -> None:
    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    assert not registered.of(token)
    given = config()
    given["landfall:accounts"]["trials"]["baseline"]["sessions"]["endpoints"] = {
        "vpc": "vpc-1",
        "subnets": ["subnet-1"],
        "securityGroups": ["sg-1"],
        "region": "us-east-1",
    }
    found = made(run, given).of(token)
    assert {each["serviceName"] for each in found.values()} == {
        "com.amazonaws.us-east-1.ec2messages",
        "com.amazonaws.us-east-1.ssm",
        "com.amazonaws.us-east-1.ssmmessages",
    }
