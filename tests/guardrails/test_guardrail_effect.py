"""What each guardrail denies, and what it must not deny, by the permission engine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.compiler import Named, compile_target
from landfall.guardrails.statements import RCP
from landfall.iam.documents import Document
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import Request
from tests.guardrails.organization import LIMITS, PARTITIONS, context

HOME = "111122223333"
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ANYTHING = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "identity")
FULL_ACCESS = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "scp")
OPEN = parse({"Version": "2012-10-17", "Statement": [{**ALLOW, "Principal": "*"}]}, "resource")

DEVELOPER = "role/Developer"
PROVISIONER = "role/OrganizationAccountAccessRole"
AUDITOR = "role/landfall/security-audit"
ROOT = "root"
BUCKET = "s3:::data"
OBJECT = "s3:::data/file"
VOLUME = f"ec2:eu-west-1:{HOME}:volume/*"
INSTANCE = f"ec2:eu-west-1:{HOME}:instance/*"
DATABASE = f"rds:eu-west-1:{HOME}:db:main"
CLUSTER = f"rds:eu-west-1:{HOME}:cluster:main"
PLATFORM_ROLE = f"iam::{HOME}:role/landfall/orders-dev-deploy"
FUNCTION = f"lambda:eu-west-1:{HOME}:function:orders"


def document(name: str, partition: str) -> Document:
    guardrail = CATALOGUE[name]
    named = Named(name, guardrail.type, tuple(guardrail.statements(context(partition))))
    (compiled,) = compile_target("Root", [named], LIMITS)
    return parse(compiled.content, "rcp" if guardrail.type == RCP else "scp")


def arn(partition: str, resource: str) -> str:
    return resource if resource == "*" else f"arn:{partition}:{resource}"


def denied(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> bool:
    """Tell whether a guardrail denies somebody of the account who may otherwise do anything."""
    policies = Policies(
        identity=(ANYTHING,), service_control=((FULL_ACCESS, document(name, partition)),)
    )
    request = Request(
        principal=arn(partition, f"iam::{HOME}:{principal}"),
        action=action,
        resource=arn(partition, resource),
        resource_account=HOME,
        context={"aws:RequestedRegion": "eu-west-1", **given},
    )
    outcome = evaluate(request, policies).outcome
    assert outcome in (Outcome.ALLOWED, Outcome.EXPLICIT_DENY)
    return outcome is Outcome.EXPLICIT_DENY


FAR = {"aws:RequestedRegion": "ap-south-1"}

DENIED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("deny-all", DEVELOPER, "s3:GetObject", OBJECT, {}),
    ("deny-all", ROOT, "iam:CreateUser", "*", {}),
    ("deny-leaving-organization", PROVISIONER, "organizations:LeaveOrganization", "*", {}),
    ("deny-leaving-organization", ROOT, "account:CloseAccount", "*", {}),
    ("deny-root-user", ROOT, "ec2:RunInstances", INSTANCE, {}),
    ("restrict-regions", DEVELOPER, "lambda:CreateFunction", FUNCTION, FAR),
    ("restrict-regions", AUDITOR, "ec2:DescribeInstances", "*", FAR),
    ("protect-security-services", DEVELOPER, "cloudtrail:StopLogging", "*", {}),
    ("protect-security-services", ROOT, "guardduty:DeleteDetector", "*", {}),
    ("protect-security-services", AUDITOR, "config:StopConfigurationRecorder", "*", {}),
    ("protect-platform-roles", DEVELOPER, "iam:UpdateAssumeRolePolicy", PLATFORM_ROLE, {}),
    ("protect-platform-roles", DEVELOPER, "iam:CreateRole", PLATFORM_ROLE, {}),
    ("protect-platform-roles", AUDITOR, "iam:PutRolePolicy", PLATFORM_ROLE, {}),
    ("protect-platform-roles", ROOT, "iam:DeleteRole", f"iam::{HOME}:{PROVISIONER}", {}),
    ("deny-public-s3", DEVELOPER, "s3:PutAccountPublicAccessBlock", "*", {}),
    ("deny-public-s3", DEVELOPER, "s3:PutBucketAcl", BUCKET, {"s3:x-amz-acl": "public-read"}),
    (
        "deny-public-s3",
        PROVISIONER,
        "s3:PutObject",
        OBJECT,
        {"s3:x-amz-grant-read": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'},
    ),
    ("deny-unencrypted-storage", DEVELOPER, "ec2:CreateVolume", VOLUME, {"ec2:Encrypted": False}),
    ("deny-unencrypted-storage", DEVELOPER, "ec2:RunInstances", VOLUME, {"ec2:Encrypted": False}),
    ("deny-unencrypted-storage", DEVELOPER, "ec2:DisableEbsEncryptionByDefault", "*", {}),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "rds:CreateDBInstance",
        DATABASE,
        {"rds:StorageEncrypted": False, "rds:DatabaseEngine": "postgres"},
    ),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "rds:CreateDBCluster",
        CLUSTER,
        {"rds:StorageEncrypted": False, "rds:DatabaseEngine": "aurora-postgresql"},
    ),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "elasticfilesystem:CreateFileSystem",
        "*",
        {"elasticfilesystem:Encrypted": False},
    ),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "s3:PutObject",
        OBJECT,
        {"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"},
    ),
    ("require-imdsv2", DEVELOPER, "ec2:RunInstances", INSTANCE, {}),
    (
        "require-imdsv2",
        DEVELOPER,
        "ec2:RunInstances",
        INSTANCE,
        {"ec2:MetadataHttpTokens": "optional"},
    ),
    (
        "require-imdsv2",
        DEVELOPER,
        "ec2:ModifyInstanceMetadataOptions",
        INSTANCE,
        {"ec2:Attribute/HttpTokens": "optional"},
    ),
    ("require-imdsv2", DEVELOPER, "s3:GetObject", OBJECT, {"ec2:RoleDelivery": "1.0"}),
]

ALLOWED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("deny-all", PROVISIONER, "iam:CreateRole", PLATFORM_ROLE, {}),
    ("deny-all", AUDITOR, "s3:ListBucket", BUCKET, {}),
    ("deny-leaving-organization", DEVELOPER, "organizations:DescribeOrganization", "*", {}),
    ("deny-root-user", DEVELOPER, "ec2:RunInstances", INSTANCE, {}),
    ("deny-root-user", ROOT, "s3:DeleteBucketPolicy", BUCKET, {"aws:AssumedRoot": "true"}),
    ("restrict-regions", DEVELOPER, "lambda:CreateFunction", FUNCTION, {}),
    ("restrict-regions", DEVELOPER, "s3:ListAllMyBuckets", "*", FAR),
    ("restrict-regions", DEVELOPER, "iam:GetRole", PLATFORM_ROLE, FAR),
    ("restrict-regions", DEVELOPER, "sts:GetCallerIdentity", "*", FAR),
    ("restrict-regions", PROVISIONER, "ec2:DeleteVpc", "*", FAR),
    ("protect-security-services", PROVISIONER, "config:PutConfigurationRecorder", "*", {}),
    ("protect-security-services", DEVELOPER, "cloudtrail:LookupEvents", "*", {}),
    ("protect-platform-roles", PROVISIONER, "iam:UpdateAssumeRolePolicy", PLATFORM_ROLE, {}),
    ("protect-platform-roles", DEVELOPER, "iam:GetRole", PLATFORM_ROLE, {}),
    ("protect-platform-roles", DEVELOPER, "iam:CreateRole", f"iam::{HOME}:role/app", {}),
    ("deny-public-s3", PROVISIONER, "s3:PutAccountPublicAccessBlock", "*", {}),
    ("deny-public-s3", DEVELOPER, "s3:PutObject", OBJECT, {}),
    ("deny-public-s3", DEVELOPER, "s3:PutBucketAcl", BUCKET, {"s3:x-amz-acl": "private"}),
    ("deny-public-s3", DEVELOPER, "s3:PutBucketPublicAccessBlock", BUCKET, {}),
    ("deny-unencrypted-storage", DEVELOPER, "ec2:CreateVolume", VOLUME, {"ec2:Encrypted": True}),
    ("deny-unencrypted-storage", DEVELOPER, "ec2:RunInstances", INSTANCE, {}),
    ("deny-unencrypted-storage", DEVELOPER, "s3:PutObject", OBJECT, {}),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "s3:PutObject",
        OBJECT,
        {"s3:x-amz-server-side-encryption": "aws:kms"},
    ),
    (
        "deny-unencrypted-storage",
        DEVELOPER,
        "rds:CreateDBInstance",
        DATABASE,
        {"rds:StorageEncrypted": False, "rds:DatabaseEngine": "aurora-postgresql"},
    ),
    (
        "require-imdsv2",
        DEVELOPER,
        "ec2:RunInstances",
        INSTANCE,
        {"ec2:MetadataHttpTokens": "required"},
    ),
    ("require-imdsv2", DEVELOPER, "ec2:ModifyInstanceMetadataOptions", INSTANCE, {}),
    ("require-imdsv2", DEVELOPER, "s3:GetObject", OBJECT, {"ec2:RoleDelivery": "2.0"}),
    ("require-imdsv2", DEVELOPER, "s3:GetObject", OBJECT, {}),
]


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(("name", "principal", "action", "resource", "given"), DENIED)
def test_it_denies(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> None:
    assert denied(name, principal, action, resource, given, partition)


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(("name", "principal", "action", "resource", "given"), ALLOWED)
def test_it_does_not_deny(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> None:
    assert not denied(name, principal, action, resource, given, partition)


OURS, THEIRS = {"aws:ResourceOrgID": "o-ours"}, "999988887777"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "given", "expected"),
    [
        (f"arn:aws:iam::{THEIRS}:role/x", "s3:GetObject", OBJECT, "o-theirs", True),
        (f"arn:aws:iam::{THEIRS}:role/x", "s3:GetObject", OBJECT, None, True),
        ("anonymous", "s3:GetObject", OBJECT, None, True),
        (f"arn:aws:iam::{THEIRS}:role/x", "sts:AssumeRole", PLATFORM_ROLE, "o-theirs", True),
        ("arn:aws:iam::444455556666:role/x", "s3:GetObject", OBJECT, "o-ours", False),
        (f"arn:aws:iam::{HOME}:role/x", "s3:GetObject", OBJECT, "o-ours", False),
        (
            f"arn:aws:iam::{THEIRS}:role/x",
            "sns:Publish",
            "sns:eu-west-1:111122223333:t",
            "o-t",
            False,
        ),
    ],
)
def test_the_perimeter_shuts_out_who_is_not_of_the_organization(
    principal: str, action: str, resource: str, given: str | None, expected: bool
) -> None:
    known = {**OURS, "aws:PrincipalIsAWSService": False}
    if given:
        known["aws:PrincipalOrgID"] = given
    assert shut_out(principal, action, resource, known) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"aws:SourceAccount": THEIRS, "aws:SourceOrgID": "o-theirs"}, True),
        ({"aws:SourceAccount": THEIRS}, True),
        ({"aws:SourceAccount": HOME, "aws:SourceOrgID": "o-ours"}, False),
        ({}, False),
    ],
)
def test_the_perimeter_shuts_out_services_that_act_for_an_outsider(
    given: dict[str, Any], expected: bool
) -> None:
    found = shut_out("cloudtrail.amazonaws.com", "s3:PutObject", OBJECT, {**OURS, **given})
    assert found is expected


def test_the_perimeter_lets_oidc_sign_in() -> None:
    statements = json.dumps(CATALOGUE["organization-perimeter"].statements(context()))
    assert "sts:AssumeRoleWithWebIdentity" not in statements
    assert "sts:*" not in statements


def shut_out(principal: str, action: str, resource: str, given: dict[str, Any]) -> bool:
    """Tell whether the perimeter denies somebody whom identity and resource policies let in."""
    policies = Policies(
        identity=(ANYTHING,),
        resource_control=((document("organization-perimeter", "aws"),),),
        resource=OPEN,
    )
    request = Request(principal, action, arn("aws", resource), HOME, given)
    return evaluate(request, policies).outcome is Outcome.EXPLICIT_DENY
