"""The guardrails of the shipped stacks do not lock out those who provision, deliver and audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.guardrails.of_stack import policies
from landfall.guardrails.statements import SCP
from landfall.iam.documents import Document
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import Request
from landfall.settings import Stack

PROJECT = Path(__file__).parents[2]
STACKS = {name: stack_files.load(name, PROJECT) for name in ("dev", "prod")}
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ANYTHING = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "identity")
FULL_ACCESS = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "scp")
ACCOUNTS = [(name, account) for name, stack in STACKS.items() for account in stack.accounts]
HOME = "111122223333"


def levels(stack: Stack, unit: str) -> Iterator[tuple[Document, ...]]:
    """Yield the SCPs of each level, from the root to a unit."""
    attached = list(policies(stack))
    parts = unit.split("/")
    for target in ("Root", *("/".join(parts[: n + 1]) for n in range(len(parts)))):
        own = [parse(p.content, "scp") for t, p in attached if t == target and p.type == SCP]
        yield (FULL_ACCESS, *own)


def outcome(stack: Stack, account: str, role: str, action: str, region: str) -> Outcome:
    unit = stack.accounts[account].unit
    request = Request(
        f"arn:aws:iam::{HOME}:role/{role}",
        action,
        resource_account=HOME,
        context={"aws:RequestedRegion": region},
    )
    around = Policies(identity=(ANYTHING,), service_control=tuple(levels(stack, unit)))
    return evaluate(request, around).outcome


@pytest.mark.parametrize(("name", "account"), ACCOUNTS)
@pytest.mark.parametrize(
    "action",
    [
        "config:PutConfigurationRecorder",
        "ec2:EnableEbsEncryptionByDefault",
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "kms:CreateKey",
        "s3:CreateBucket",
        "s3:PutAccountPublicAccessBlock",
    ],
)
def test_the_account_role_provisions_every_account(name: str, account: str, action: str) -> None:
    stack = STACKS[name]
    for region in stack.regions:
        role = stack.organization.account_role
        assert outcome(stack, account, role, action, region) is Outcome.ALLOWED


@pytest.mark.parametrize("name", sorted(STACKS))
def test_pipelines_deliver_to_every_environment(name: str) -> None:
    stack = STACKS[name]
    for application, settings in stack.delivery.applications.items():
        for environment, target in settings.environments.items():
            role = f"landfall/{application}-{environment}-deploy"
            for action in ("lambda:UpdateFunctionCode", "dynamodb:CreateTable", "s3:GetObject"):
                region = target.region or stack.region
                assert outcome(stack, target.account, role, action, region) is Outcome.ALLOWED


@pytest.mark.parametrize(("name", "account"), ACCOUNTS)
def test_audit_and_break_glass_reach_every_account(name: str, account: str) -> None:
    stack = STACKS[name]
    for role, action in (
        ("landfall/security-audit", "cloudtrail:GetTrailStatus"),
        ("landfall/break-glass", "ec2:StopInstances"),
    ):
        assert outcome(stack, account, role, action, stack.region) is Outcome.ALLOWED


@pytest.mark.parametrize(("name", "account"), ACCOUNTS)
def test_nobody_in_an_account_leaves_the_organization(name: str, account: str) -> None:
    stack, action = STACKS[name], "organizations:LeaveOrganization"
    role = stack.organization.account_role
    assert outcome(stack, account, role, action, stack.region) is Outcome.EXPLICIT_DENY
