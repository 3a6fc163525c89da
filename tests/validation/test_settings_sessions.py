"""Settings of Session Manager: mistakes with their fix."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.validation import parse

_VPC = {"vpc": "vpc-1", "subnets": "subnet-1", "securityGroups": "sg-1"}


def mistakes(config: dict[str, Any]) -> dict[str, tuple[str, str]]:
    with pytest.raises(ProblemsError) as caught:
        parse(config)
    return {
        each.path.removeprefix("landfall:"): (each.what, each.fix) for each in caught.value.problems
    }


def test_mistakes_of_sessions_are_reported_together() -> None:
    found = mistakes(
        {
            "aws:region": "eu-west-1",
            "landfall:organization": {"units": {"Workloads": {}}},
            "landfall:accounts": {
                "orders": {
                    "email": "orders@example.com",
                    "unit": "Workloads",
                    "baseline": {"sessions": {"endpoints": [{**_VPC, "region": "us-east-1"}]}},
                },
            },
            "landfall:baseline": {
                "sessions": {"enabled": True, "regions": ["us-east-1"], "endpoints": [_VPC]},
                "managementAccount": {"sessions": {"enabled": True}},
            },
            "landfall:access": {
                "roles": {
                    "session-manager": {"services": ["ec2"], "managedPolicies": ["ReadOnlyAccess"]}
                },
            },
        }
    )
    assert found == {
        "baseline.sessions.regions[0]": (
            "region 'us-east-1' is not used by the organization",
            "add it to landfall:organization.regions, or write one of eu-west-1",
        ),
        "baseline.sessions.logs": (
            "sessions are logged to the log archive, and the stack has none",
            "add landfall:security, or write logs: false",
        ),
        "baseline.sessions.endpoints[0]": (
            "vpc-1 is in one account",
            "write endpoints: in the baseline of that account",
        ),
        "baseline.managementAccount.sessions": (
            "the management account has no Session Manager: it should have no instances",
            "remove it",
        ),
        "accounts.orders.baseline.sessions.endpoints[0].region": (
            "region 'us-east-1' is not used by the organization",
            "add it to landfall:organization.regions, or write one of eu-west-1",
        ),
        "access.roles.session-manager": (
            "the baseline's sessions create session-manager, too",
            "choose another name",
        ),
    }


@pytest.mark.parametrize(
    ("setting", "value"), [("idleMinutes", 61), ("maxMinutes", 1441), ("runAs", "two words")]
)
def test_value_that_aws_refuses_is_a_mistake(setting: str, value: object) -> None:
    sessions = {"enabled": True, "logs": False, setting: value}
    found = mistakes({"aws:region": "eu-west-1", "landfall:baseline": {"sessions": sessions}})
    assert f"baseline.sessions.{setting}" in found
