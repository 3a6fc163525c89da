"""A guardrail that denies any permission of any role of a stack's blueprint is refused."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from landfall import stack_files
from landfall.blueprint.stack import blueprint
from landfall.blueprint.stack.placed import PlacedRole
from landfall.guardrails.lockout import lockouts
from landfall.problems import Problem, ProblemsError
from landfall.settings import Stack, naming
from landfall.validation import parse
from tests.guardrails.shipped import ACCOUNTS, ROOT, STACKS, config


@dataclass(frozen=True)
class Permission:
    """One action on one resource that a role's policy allows; the role is found by its place."""

    stack: str
    role: int
    action: str
    resource: str

    @property
    def placed(self) -> PlacedRole:
        """The role, in its account."""
        return placed_roles(self.stack)[self.role]


@cache
def loaded(stack: str) -> Stack:
    """Return a shipped stack."""
    return stack_files.load(stack, ROOT)


@cache
def placed_roles(stack: str) -> tuple[PlacedRole, ...]:
    """Return the roles of a stack, and those that AWS makes for its permission sets."""
    found = blueprint(loaded(stack))
    return (*found.roles, *found.reserved_roles)


@cache
def permissions() -> tuple[Permission, ...]:
    """Return each permission of each role of the member accounts of both shipped stacks.

    No service or resource control policy applies to the management account.
    """
    found = []
    for stack in STACKS:
        for number, placed in enumerate(placed_roles(stack)):
            if placed.account != naming.MANAGEMENT:
                found += [
                    Permission(stack, number, action, resource)
                    for statement in placed.role.statements
                    if statement["Effect"] == "Allow"
                    for action in statement["Action"]
                    for resource in statement["Resource"]
                ]
    return tuple(found)


def without_symbols(resource: str) -> str:
    """Return a resource with a wildcard for each symbol."""
    text = re.sub(r"^<(artifact|service)-key [^<>]*>$", "arn:aws:kms:*:*:key/*", resource)
    text = re.sub(r"^<connection [^<>]*>$", "arn:aws:codeconnections:*:*:connection/*", text)
    return re.sub(r"<[^<>]*>", "*", text)


def with_guardrail(stack: str, statements: list[dict[str, Any]], account: str) -> Any:
    """Return the config of a stack with one more guardrail, attached to one account."""
    changed = copy.deepcopy(config(stack))
    changed.setdefault("landfall:guardrails", {})["mine"] = {"statements": statements}
    changed["landfall:accounts"][account].setdefault("guardrails", []).append("mine")
    return changed


def refused(stack: str, statement: dict[str, Any], account: str) -> list[Problem]:
    """Return the problems of a stack with one more guardrail."""
    try:
        parse(with_guardrail(stack, [statement], account), stack=stack)
    except ProblemsError as error:
        return list(error.problems)
    return []


def test_permissions_include_those_of_provisioning_delivery_and_access() -> None:
    roles = {each.placed.role.name for each in permissions()}
    assert {"provision-dev-pipeline", "orders-dev-build", "orders-dev-deploy"} <= roles
    assert {"break-glass", "landfall-findings-forward", "provision-dev-read"} <= roles
    assert "AWSReservedSSO_stop-workloads_*" in roles
    assert len(permissions()) > 500


@pytest.mark.parametrize("exact", [True, False], ids=["on its resource", "on everything"])
@pytest.mark.parametrize(("stack", "account"), ACCOUNTS)
def test_guardrail_denying_any_permission_of_a_role_is_found(
    stack: str, account: str, exact: bool
) -> None:
    """Each permission of each role of an account has a statement of its own, judged by itself."""
    asked = [it for it in permissions() if (it.stack, it.placed.account) == (stack, account)]
    assert asked
    statements = [
        {"actions": [it.action], "resources": [without_symbols(it.resource) if exact else "*"]}
        for it in asked
    ]
    changed = with_guardrail(stack, statements, account)
    settings = Stack.model_validate(changed, by_alias=True, by_name=False, context={"stack": stack})
    denied = {
        (lockout.index, need.account, need.role, action)
        for lockout in lockouts(settings)
        if lockout.guardrail == "mine"
        for need, action in lockout.denied
    }
    missing = [
        it
        for index, it in enumerate(asked)
        if (index, account, it.placed.role.path_and_name, it.action) not in denied
    ]
    assert missing == []


@dataclass(frozen=True)
class Making:
    """One action that makes or keeps a key, a bucket or a topic of the blueprint."""

    account: str
    action: str
    resource: str


MAKE_KEY = ("kms:CreateAlias", "kms:CreateKey", "kms:EnableKeyRotation", "kms:PutKeyPolicy")
MAKE_BUCKET = (
    "s3:CreateBucket",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
)
MAKE_TOPIC = ("sns:CreateTopic", "sns:SetTopicAttributes", "sns:Subscribe")


@cache
def makings(stack: str) -> tuple[Making, ...]:
    """Return what making the keys, buckets and topics of the member accounts takes."""
    found = blueprint(loaded(stack))
    asked = [
        (each.account, action, f"arn:aws:kms:{each.region}:*:key/*")
        for each in found.keys
        for action in MAKE_KEY
    ]
    asked += [
        (each.account, action, without_symbols(f"arn:aws:s3:::{each.bucket.name}"))
        for each in found.buckets
        for action in (
            *MAKE_BUCKET,
            *(["s3:PutBucketObjectLockConfiguration"] if each.bucket.lock else []),
        )
    ]
    asked += [
        (each.account, action, f"arn:aws:sns:{each.region}:*:{each.topic.name}")
        for each in found.topics
        for action in MAKE_TOPIC
        if each.topic.emails or action != "sns:Subscribe"
    ]
    return tuple(Making(*each) for each in asked if each[0] != naming.MANAGEMENT)


@pytest.mark.parametrize("exact", [True, False], ids=["on its resource", "on everything"])
@pytest.mark.parametrize("stack", STACKS)
def test_guardrail_denying_any_call_that_makes_a_key_bucket_or_topic_is_found(
    stack: str, exact: bool
) -> None:
    for account in sorted({each.account for each in makings(stack)}):
        asked = [each for each in makings(stack) if each.account == account]
        statements = [
            {"actions": [each.action], "resources": [each.resource if exact else "*"]}
            for each in asked
        ]
        changed = with_guardrail(stack, statements, account)
        settings = Stack.model_validate(
            changed, by_alias=True, by_name=False, context={"stack": stack}
        )
        denied = {
            (lockout.index, action)
            for lockout in lockouts(settings)
            if lockout.guardrail == "mine"
            for need, action in lockout.denied
            if need.role == settings.organization.account_role
        }
        missing = [it for index, it in enumerate(asked) if (index, it.action) not in denied]
        assert missing == []


def test_makings_include_those_of_stores_archive_and_findings() -> None:
    asked = {(each.account, each.action) for stack in STACKS for each in makings(stack)}
    assert ("delivery", "s3:CreateBucket") in asked
    assert ("log-archive", "s3:PutBucketPolicy") in asked
    assert ("audit", "sns:Subscribe") in asked


@pytest.mark.parametrize(
    ("action", "resource", "needed"),
    [
        (
            "logs:PutLogEvents",
            "arn:aws:logs:*:*:log-group:/landfall/build/*",
            "landfall/orders-dev-build of delivery needs logs:PutLogEvents for "
            "landfall:delivery.applications.orders.environments.dev",
        ),
        (
            "codebuild:StartBuild",
            "arn:aws:codebuild:*:*:project/provision-dev-*",
            "landfall/provision-dev-pipeline of delivery needs codebuild:StartBuild for "
            "landfall:provisioning",
        ),
        (
            "codepipeline:CreatePipeline",
            "arn:aws:codepipeline:*:*:provision-dev",
            "OrganizationAccountAccessRole of delivery needs codepipeline:CreatePipeline for "
            "landfall:provisioning",
        ),
        (
            "kms:PutKeyPolicy",
            "arn:aws:kms:*:*:key/*",
            "OrganizationAccountAccessRole of delivery needs kms:PutKeyPolicy for "
            "landfall:artifacts",
        ),
        (
            "s3:PutBucketPolicy",
            "arn:aws:s3:::landfall-artifacts-*",
            "OrganizationAccountAccessRole of delivery needs s3:PutBucketPolicy for "
            "landfall:artifacts",
        ),
        (
            "sns:SetTopicAttributes",
            "arn:aws:sns:*:*:orders-notifications",
            "OrganizationAccountAccessRole of delivery needs sns:SetTopicAttributes for "
            "landfall:delivery.applications.orders",
        ),
        (
            "sts:AssumeRole",
            "arn:aws:iam::*:role/landfall/orders-dev-deploy",
            "landfall/orders-dev-pipeline of delivery needs sts:AssumeRole for "
            "landfall:delivery.applications.orders.environments.dev",
        ),
    ],
)
def test_guardrail_denying_what_delivery_needs_names_role_permission_and_setting(
    action: str, resource: str, needed: str
) -> None:
    statement = {"actions": [action], "resources": [resource]}
    (problem,) = refused("dev", statement, "delivery")
    assert problem.path == "landfall:guardrails.mine.statements[0]"
    assert f"denies {action}" in problem.what
    assert needed in problem.fix


@pytest.mark.parametrize(
    ("statement", "account"),
    [
        # A log group of others, a project of no pipeline here, a role that nobody assumes.
        ({"actions": ["logs:PutLogEvents"], "resources": ["arn:aws:logs:*:*:*:/theirs/*"]}, ""),
        ({"actions": ["codebuild:StartBuild"], "resources": ["arn:*:project/theirs"]}, ""),
        ({"actions": ["sts:AssumeRole"], "resources": ["arn:aws:iam::*:role/theirs"]}, ""),
        # Needs of another account's roles.
        ({"actions": ["lambda:UpdateAlias"], "resources": ["*"]}, "audit"),
        # One of the actions that a pattern stands for, and all but some resources.
        ({"actions": ["cloudwatch:PutMetricStream"], "resources": ["*"]}, ""),
    ],
)
def test_guardrail_denying_what_no_role_needs_is_accepted(
    statement: dict[str, Any], account: str
) -> None:
    assert refused("dev", statement, account or "delivery") == []
