"""Guardrails that deny the setup of the security services are refused."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.validation import parse


def config(*actions: str, resources: Any = "*") -> dict[str, Any]:
    statement = {"sid": "Own", "actions": list(actions), "resources": resources}
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "units": {"Security": {"guardrails": ["own"]}, "Workloads": {}},
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "unit": "Security", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "unit": "Security", "purpose": "log-archive"},
            "orders": {"email": "orders@example.com", "unit": "Workloads"},
        },
        "landfall:guardrails": {"own": {"statements": [statement]}},
        "landfall:security": {
            "logArchive": {"lock": {"mode": "governance", "days": 30}},
            "findings": {"notify": ["security@example.com"]},
        },
    }


@pytest.mark.parametrize(
    ("action", "accounts"),
    [
        ("config:PutDeliveryChannel", "audit, logs"),
        ("iam:CreateServiceLinkedRole", "audit, logs"),
        ("s3:PutBucketObjectLockConfiguration", "logs"),
        ("kms:CreateKey", "logs, audit"),
        ("guardduty:UpdateOrganizationConfiguration", "audit"),
        ("securityhub:CreateConfigurationPolicy", "audit"),
        ("access-analyzer:CreateAnalyzer", "audit"),
        ("config:PutOrganizationConformancePack", "audit"),
        ("events:PutTargets", "audit"),
        ("sns:CreateTopic", "audit"),
    ],
)
def test_guardrail_that_denies_a_need_of_the_services_is_refused(
    action: str, accounts: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        parse(config(action))
    (problem,) = caught.value.problems
    assert action in problem.what
    assert problem.what.endswith(f"in {accounts}")


def test_guardrail_that_denies_no_need_of_the_services_is_accepted() -> None:
    assert parse(config("config:StopConfigurationRecorder", "guardduty:DeleteDetector"))


def test_the_catalogue_protects_the_services_without_locking_the_platform_out() -> None:
    settings = config("ec2:RunInstances")
    guardrails = ["protect-security-services", "protect-platform-roles", "protect-keys"]
    settings["landfall:organization"]["units"]["Security"]["guardrails"] = guardrails
    del settings["landfall:guardrails"]
    assert parse(settings)
