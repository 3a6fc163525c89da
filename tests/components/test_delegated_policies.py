"""The organization's resource policy, which delegates policies of a type to member accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from components.landing_zone import LandingZone
from landfall.validation import parse
from tests.components.conftest import Registered

Runner = Callable[[Callable[[], Any]], Registered]
OWN = {
    "Sid": "Own",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
    "Action": ["organizations:ListAccounts"],
    "Resource": "*",
}


def config(**organization: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": organization,
        "landfall:accounts": {
            "backup": {"email": "backup@example.com"},
            "audit": {"email": "audit@example.com"},
        },
    }


def document(registered: Registered) -> dict[str, dict[str, Any]]:
    """Return the statements of the resource policy by Sid."""
    (policy,) = registered.of("aws:organizations/resourcePolicy:ResourcePolicy").values()
    return {each["Sid"]: each for each in json.loads(policy["content"])["Statement"]}


def test_delegated_type_is_managed_by_the_listed_accounts_only(run: Runner) -> None:
    delegated = {"BACKUP_POLICY": ["backup"], "TAG_POLICY": ["audit", "backup"]}
    registered = run(lambda: LandingZone(parse(config(delegatedPolicies=delegated))))
    found = document(registered)
    assert set(found) == {
        "LookAtOrganization",
        *(f"{verb}BackupPolicy" for verb in ("Read", "Manage", "Tag")),
        *(f"{verb}TagPolicy" for verb in ("Read", "Manage", "Tag")),
    }
    manage = found["ManageBackupPolicy"]
    assert isinstance(manage["Principal"]["AWS"], str)
    assert len(found["ManageTagPolicy"]["Principal"]["AWS"]) == 2
    assert "organizations:AttachPolicy" in manage["Action"]
    assert not {"organizations:EnablePolicyType", "organizations:*"} & set(manage["Action"])
    assert manage["Condition"] == {
        "StringLikeIfExists": {"organizations:PolicyType": "BACKUP_POLICY"}
    }
    assert [arn for arn in manage["Resource"] if arn.endswith("/backup_policy/*")]
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert {"BACKUP_POLICY", "TAG_POLICY"} <= set(organization["enabledPolicyTypes"])
    assert "backup.amazonaws.com" in organization["awsServiceAccessPrincipals"]


def test_own_statements_are_kept_as_they_are(run: Runner) -> None:
    settings = config(resourcePolicy=[OWN], delegatedPolicies={"TAG_POLICY": ["audit"]})
    found = document(run(lambda: LandingZone(parse(settings))))
    assert found["Own"] == OWN
    assert "ManageTagPolicy" in found


def test_stack_that_delegates_nothing_leaves_the_resource_policy(run: Runner) -> None:
    registered = run(lambda: LandingZone(parse(config())))
    assert registered.of("aws:organizations/resourcePolicy:ResourcePolicy") == {}
