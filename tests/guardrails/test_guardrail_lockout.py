"""Guardrails that lock out provisioning or delivery are refused; the shipped stacks have none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from landfall import stack_files
from landfall.guardrails.of_stack import policies
from landfall.guardrails.statements import SCP
from landfall.iam.documents import Document
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import Request
from landfall.problems import Problem
from landfall.settings import Stack
from tests.guardrails.shipped import ACCOUNTS, ROOT, STACKS
from tests.settings.stacks import SMALL, changed, problems

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ANYTHING = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "identity")
FULL_ACCESS = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "scp")
HOME = "111122223333"


@cache
def _stack(name: str) -> Stack:
    return stack_files.load(name, ROOT)


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
    stack = _stack(name)
    for region in stack.regions:
        role = stack.organization.account_role
        assert outcome(stack, account, role, action, region) is Outcome.ALLOWED


@pytest.mark.parametrize("name", STACKS)
def test_pipelines_deliver_to_every_environment(name: str) -> None:
    stack = _stack(name)
    for application, settings in stack.delivery.applications.items():
        for environment, target in settings.environments.items():
            role = f"landfall/{application}-{environment}-deploy"
            for action in ("lambda:UpdateFunctionCode", "dynamodb:CreateTable", "s3:GetObject"):
                region = target.region or stack.region
                assert outcome(stack, target.account, role, action, region) is Outcome.ALLOWED


@pytest.mark.parametrize(("name", "account"), ACCOUNTS)
def test_audit_and_break_glass_reach_every_account(name: str, account: str) -> None:
    stack = _stack(name)
    for role, action in (
        ("landfall/security-audit", "cloudtrail:GetTrailStatus"),
        ("landfall/break-glass", "ec2:StopInstances"),
    ):
        assert outcome(stack, account, role, action, stack.region) is Outcome.ALLOWED


@pytest.mark.parametrize(("name", "account"), ACCOUNTS)
def test_nobody_in_an_account_leaves_the_organization(name: str, account: str) -> None:
    stack, action = _stack(name), "organizations:LeaveOrganization"
    role = stack.organization.account_role
    assert outcome(stack, account, role, action, stack.region) is Outcome.EXPLICIT_DENY


def refused(guardrail: str) -> list[Problem]:
    """Return the problems of the small stack with a custom guardrail on Dev."""
    attached = ("{guardrails: [restrict-regions]}", "{guardrails: [restrict-regions, mine]}")
    text = changed(attached) + "  landfall:guardrails:\n    mine:\n"
    return problems(text + "".join(f"      {line}\n" for line in guardrail.splitlines()))


WITHOUT_MFA = """\
statements:
  - sid: WithoutMfa
    actions: ['*']
    conditions: {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}}
"""
WITHOUT_TAG = """\
statements:
  - sid: WithoutTag
    actions: ['cloudwatch:*']
    conditions: {StringNotEquals: {'aws:PrincipalTag/team': platform}}
"""
ONE_REGION = """\
statements:
  - sid: OneRegion
    actions: ['*']
    conditions: {StringNotEquals: {'aws:RequestedRegion': eu-west-1}}
"""
NOBODY_ENTERS = """\
type: RESOURCE_CONTROL_POLICY
statements:
  - {sid: NobodyEnters, actions: ['sts:AssumeRole']}
"""
DOCUMENT = """\
document:
  Version: '2012-10-17'
  Statement:
    - {Effect: Deny, Action: 's3:DeleteBucket', Resource: '*'}
    - {Effect: Deny, NotAction: ['s3:*', 'kms:*'], Resource: '*'}
"""


@pytest.mark.parametrize(
    ("guardrail", "where", "what"),
    [
        (
            WITHOUT_MFA,
            "statements[0]",
            "'WithoutMfa' of 'mine' denies iam:",
        ),
        (WITHOUT_TAG, "statements[0]", "to the platform's role OrganizationAccountAccessRole"),
        (ONE_REGION, "statements[0]", "'OneRegion' of 'mine' denies iam:"),
        (NOBODY_ENTERS, "statements[0]", "sts:AssumeRole on OrganizationAccountAccessRole"),
        (DOCUMENT, "document", "statement 2 of 'mine' denies"),
    ],
)
def test_guardrail_that_locks_the_platform_out_is_refused(
    guardrail: str, where: str, what: str
) -> None:
    (problem,) = refused(guardrail)
    assert problem.path == f"landfall:guardrails.mine.{where}"
    assert what in problem.what
    assert "orders-dev" in problem.what
    assert "orders-prod" not in problem.what
    assert problem.location is not None
    assert problem.location.line > SMALL.count("\n")


@pytest.mark.parametrize(
    "guardrail",
    [
        WITHOUT_MFA.replace(
            "'false'}}",
            "'false'}, ArnNotLike: {'aws:PrincipalArn': ['arn:aws:iam::*:role/landfall/*', "
            "'arn:aws:iam::*:role/OrganizationAccountAccessRole']}}",
        ),
        # Another role, an action that nothing here needs, a bucket of somebody else's.
        "statements: [{actions: ['*'], conditions: "
        "{ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/Developer'}}}]",
        "statements: [{actions: ['sagemaker:*', 's3:DeleteBucket']}]",
        "statements: [{actions: ['s3:*'], resources: ['arn:aws:s3:::theirs/*']}]",
        # The source of a request is unknown.
        "statements: [{actions: ['*'], "
        "conditions: {NotIpAddress: {'aws:SourceIp': 192.0.2.0/24}}}]",
        # An account with an unknown id may be the named one.
        "statements: [{actions: ['*'], "
        "conditions: {StringNotEquals: {'aws:PrincipalAccount': '111122223333'}}}]",
        "type: RESOURCE_CONTROL_POLICY\nstatements: [{actions: ['sts:AssumeRole'], conditions: "
        "{StringNotEquals: {'aws:PrincipalOrgID': '${aws:ResourceOrgID}'}}}]",
    ],
)
def test_guardrail_that_does_not_affect_the_platform_is_accepted(guardrail: str) -> None:
    assert refused(guardrail) == []


def test_exempt_role_is_the_one_of_the_settings() -> None:
    text = changed(
        ("regions: [eu-west-1, us-east-1]", "accountRole: Provisioner"),
        ("{guardrails: [restrict-regions]}", "{guardrails: [mine]}"),
    )
    text += "  landfall:guardrails:\n    mine:\n      statements: [{actions: ['iam:*']}]\n"
    (problem,) = problems(text)
    assert "to the platform's role Provisioner" in problem.what
    assert "arn:aws:iam::*:role/Provisioner)" in problem.fix


def test_account_in_the_root_under_the_quarantine_is_refused() -> None:
    text = changed(
        ("guardrails: [deny-leaving-organization]", "guardrails: [quarantine-new-accounts]"),
    )
    (found,) = problems(text)
    assert found.path == "landfall:accounts.delivery.unit"
    assert found.what == (
        "the account is in the root, where 'quarantine-new-accounts' denies its use"
    )
