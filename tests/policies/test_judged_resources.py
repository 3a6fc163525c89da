"""Resources that the pack once got wrong, each with the rule that must or must not report it.

A case is a file in `judged`: the type and properties of one resource, or a whole stack.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policies.analyzer import Analyzer, Given, Told, urn

JUDGED = Path(__file__).parent / "judged"
MUST = {
    "bucket-acl-grants": "LF-PUB-006",
    "deny-blocklist": "LF-PUB-001",
    "deny-null-and-org": "LF-PUB-001",
    "deny-resource-account": "LF-PUB-001",
    "exclusive-administrator": "LF-IAM-003",
    "group-of-user": "LF-IAM-010",
    "instance-vpc-variable": "LF-PUB-001",
    "ipv6-long-form": "LF-PUB-010",
    "kms-deny-put-policy": "LF-KMS-003",
    "object-acl": "LF-PUB-006",
    "pass-role-question-mark": "LF-IAM-005",
    "pass-role-wild-service": "LF-IAM-005",
    "permission-alexa": "LF-PUB-009",
    "permission-any-account": "LF-PUB-009",
    "self-variable": "LF-PUB-001",
    "two-halves": "LF-PUB-010",
}
MUST_NOT = {
    "access-point-arn": "LF-PUB-001",
    "all-actions-one-bucket": "LF-IAM-001",
    "efs-mount-target": "LF-PUB-001",
    "endpoint-organization": "LF-PUB-001",
    "kms-not-action": "LF-KMS-003",
    "time-past": "LF-PUB-001",
}


def judged(name: str) -> set[str]:
    """Return the ids of the rules that report a case's file."""
    case = json.loads((JUDGED / f"{name}.json").read_text())
    told: list[Told] = []
    if "stack" in case:
        told = Analyzer().stack(*_stack(case["stack"]))
    else:
        told = Analyzer().resource(Given(case["type"], case["properties"]))
    return {each.rule for each in told}


def _stack(resources: list[dict[str, Any]]) -> list[Given]:
    urns = {each["name"]: urn(each["type"], each["name"]) for each in resources}
    return [
        Given(
            each["type"],
            each["properties"],
            each["name"],
            links={key: [urns[name]] for key, name in each.get("links", {}).items()},
        )
        for each in resources
    ]


@pytest.mark.parametrize("name", sorted(MUST))
def test_judged_resource_is_refused_by_its_rule(name: str) -> None:
    assert MUST[name] in judged(name)


@pytest.mark.parametrize("name", sorted(MUST_NOT))
def test_judged_resource_is_not_refused(name: str) -> None:
    assert MUST_NOT[name] not in judged(name)


def test_judged_resources_all_have_a_verdict() -> None:
    assert {path.stem for path in JUDGED.iterdir()} == {*MUST, *MUST_NOT}
