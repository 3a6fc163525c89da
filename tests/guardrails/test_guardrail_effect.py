"""Requests that each guardrail denies and must not deny, by the permission engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.compiler import Named, compile_target
from landfall.guardrails.statements import RCP
from landfall.iam.documents import Document
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import Request
from tests.guardrails.contexts import LIMITS, PARTITIONS, context

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
BOUNDARY = f"iam::{HOME}:policy/landfall/incident-response"
TOKENS = f"iam::{HOME}:oidc-provider/gitlab.com"
CLUSTER_TOKENS = f"iam::{HOME}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1"
LOGS = f"s3:::landfall-logs-{HOME}-eu-west-1"
FUNCTION = f"lambda:eu-west-1:{HOME}:function:orders"


def document(
    name: str, partition: str, given: dict[str, tuple[str, ...]] | None = None
) -> Document:
    guardrail, written_for = CATALOGUE[name], context(partition)
    if given:
        written_for = replace(written_for, given=given)
    assert guardrail.statements is not None
    named = Named(name, guardrail.type, tuple(guardrail.statements(written_for)))
    (compiled,) = compile_target("Root", [named], LIMITS)
    return parse(compiled.content, "rcp" if guardrail.type == RCP else "scp")


def arn(partition: str, resource: str) -> str:
    return resource if resource == "*" else f"arn:{partition}:{resource}"


def denied(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> bool:
    """Return whether a guardrail denies an administrator of the account."""
    policies = Policies(
        identity=(ANYTHING,),
        service_control=((FULL_ACCESS, document(name, partition)),),
        # Keys are under their own policy too.
        resource=OPEN if action.startswith("kms:") else None,
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


IN_ROOT = {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/"]}
IN_UNIT = {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"]}
SNAPSHOT = "ec2:eu-west-1::snapshot/snap-1"
KEY = f"kms:eu-west-1:{HOME}:key/1"
OUTSIDERS = {"ram:RequestedAllowsExternalPrincipals": True}
INSIDERS = {"ram:RequestedAllowsExternalPrincipals": False}
EVERYBODY = {"ec2:Add/group": "all"}
FAR = {"aws:RequestedRegion": "ap-south-1"}

DENIED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("deny-all", DEVELOPER, "s3:GetObject", OBJECT, {}),
    ("deny-all", ROOT, "iam:CreateUser", "*", {}),
    ("deny-leaving-organization", PROVISIONER, "organizations:LeaveOrganization", "*", {}),
    ("deny-leaving-organization", ROOT, "account:CloseAccount", "*", {}),
    ("quarantine-new-accounts", DEVELOPER, "s3:GetObject", OBJECT, IN_ROOT),
    ("quarantine-new-accounts", ROOT, "iam:CreateUser", "*", IN_ROOT),
    ("quarantine-new-accounts", AUDITOR, "s3:ListBucket", BUCKET, IN_ROOT),
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
    ("protect-platform-roles", DEVELOPER, "iam:CreatePolicyVersion", BOUNDARY, {}),
    ("protect-platform-roles", ROOT, "iam:DeletePolicy", BOUNDARY, {}),
    ("protect-platform-roles", DEVELOPER, "iam:UpdateOpenIDConnectProviderThumbprint", TOKENS, {}),
    ("protect-log-archive", DEVELOPER, "s3:DeleteObjectVersion", f"{LOGS}/AWSLogs/1", {}),
    ("protect-log-archive", ROOT, "s3:PutBucketPolicy", LOGS, {}),
    ("protect-log-archive", AUDITOR, "s3:PutLifecycleConfiguration", f"{LOGS}-access", {}),
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
    ("deny-iam-users", PROVISIONER, "iam:CreateUser", "*", {}),
    ("deny-iam-users", ROOT, "iam:CreateAccessKey", "*", {}),
    ("deny-external-sharing", DEVELOPER, "ram:CreateResourceShare", "*", OUTSIDERS),
    ("deny-external-sharing", DEVELOPER, "ec2:ModifySnapshotAttribute", SNAPSHOT, EVERYBODY),
    (
        "deny-external-sharing",
        DEVELOPER,
        "ram:AssociateResourceShare",
        "*",
        {"ram:AllowsExternalPrincipals": True},
    ),
    (
        "deny-external-sharing",
        DEVELOPER,
        "lambda:CreateFunctionUrlConfig",
        FUNCTION,
        {"lambda:FunctionUrlAuthType": "NONE"},
    ),
    (
        "deny-external-sharing",
        DEVELOPER,
        "lambda:AddPermission",
        FUNCTION,
        {"lambda:Principal": "*"},
    ),
    ("deny-account-sharing", DEVELOPER, "ec2:ModifyImageAttribute", "*", {}),
    ("deny-account-sharing", ROOT, "rds:ModifyDBSnapshotAttribute", "*", {}),
    ("deny-internet-access", DEVELOPER, "ec2:AttachInternetGateway", "*", {}),
    ("deny-internet-access", AUDITOR, "ec2:AcceptVpcPeeringConnection", "*", {}),
    ("protect-keys", DEVELOPER, "kms:ScheduleKeyDeletion", KEY, {}),
    ("protect-keys", ROOT, "kms:DisableKey", KEY, {}),
    ("protect-backups", DEVELOPER, "backup:DeleteRecoveryPoint", "*", {}),
    (
        "restrict-instance-types",
        PROVISIONER,
        "ec2:RunInstances",
        INSTANCE,
        {"ec2:InstanceType": "p5.48xlarge"},
    ),
    (
        "restrict-instance-types",
        DEVELOPER,
        "ec2:ModifyInstanceAttribute",
        INSTANCE,
        {"ec2:Attribute/InstanceType": "p5.48xlarge"},
    ),
]

ALLOWED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("deny-all", PROVISIONER, "iam:CreateRole", PLATFORM_ROLE, {}),
    ("deny-all", AUDITOR, "s3:ListBucket", BUCKET, {}),
    ("deny-leaving-organization", DEVELOPER, "organizations:DescribeOrganization", "*", {}),
    ("quarantine-new-accounts", DEVELOPER, "s3:GetObject", OBJECT, IN_UNIT),
    ("quarantine-new-accounts", PROVISIONER, "iam:CreateRole", PLATFORM_ROLE, IN_ROOT),
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
    ("protect-platform-roles", DEVELOPER, "iam:CreatePolicyVersion", f"iam::{HOME}:policy/a", {}),
    ("protect-platform-roles", PROVISIONER, "iam:CreatePolicyVersion", BOUNDARY, {}),
    ("protect-platform-roles", DEVELOPER, "iam:CreateOpenIDConnectProvider", CLUSTER_TOKENS, {}),
    ("protect-log-archive", PROVISIONER, "s3:PutBucketPolicy", LOGS, {}),
    ("protect-log-archive", DEVELOPER, "s3:GetObject", f"{LOGS}/AWSLogs/1", {}),
    ("protect-log-archive", DEVELOPER, "s3:DeleteObject", OBJECT, {}),
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
    ("deny-iam-users", DEVELOPER, "iam:CreateRole", f"iam::{HOME}:role/app", {}),
    ("deny-iam-users", PROVISIONER, "iam:DeleteUser", "*", {}),
    ("deny-external-sharing", DEVELOPER, "ram:CreateResourceShare", "*", INSIDERS),
    ("deny-external-sharing", DEVELOPER, "ec2:ModifySnapshotAttribute", SNAPSHOT, {}),
    (
        "deny-external-sharing",
        DEVELOPER,
        "lambda:AddPermission",
        FUNCTION,
        {"lambda:Principal": "events.amazonaws.com"},
    ),
    ("deny-account-sharing", PROVISIONER, "ec2:ModifyImageAttribute", "*", {}),
    ("deny-account-sharing", DEVELOPER, "rds:ModifyDBSnapshot", "*", {}),
    ("restrict-regions", DEVELOPER, "directconnect:DescribeConnections", "*", FAR),
    ("restrict-regions", DEVELOPER, "fms:GetPolicy", "*", FAR),
    ("restrict-regions", DEVELOPER, "cloudtrail:LookupEvents", "*", FAR),
    ("deny-internet-access", PROVISIONER, "ec2:AttachInternetGateway", "*", {}),
    ("deny-internet-access", DEVELOPER, "ec2:CreateSubnet", "*", {}),
    ("protect-keys", PROVISIONER, "kms:ScheduleKeyDeletion", KEY, {}),
    ("protect-keys", DEVELOPER, "kms:Decrypt", KEY, {}),
    ("protect-backups", PROVISIONER, "backup:DeleteRecoveryPoint", "*", {}),
    ("protect-backups", DEVELOPER, "backup:StartRestoreJob", "*", {}),
    (
        "restrict-instance-types",
        DEVELOPER,
        "ec2:RunInstances",
        INSTANCE,
        {"ec2:InstanceType": "t4g.micro"},
    ),
    ("restrict-instance-types", DEVELOPER, "ec2:RunInstances", VOLUME, {}),
    # A change of another attribute: the request has no type.
    ("restrict-instance-types", DEVELOPER, "ec2:ModifyInstanceAttribute", INSTANCE, {}),
]


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(("name", "principal", "action", "resource", "given"), DENIED)
def test_guardrail_denies_a_prohibited_request(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> None:
    assert denied(name, principal, action, resource, given, partition)


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(("name", "principal", "action", "resource", "given"), ALLOWED)
def test_guardrail_does_not_deny_a_permitted_request(
    name: str, principal: str, action: str, resource: str, given: dict[str, Any], partition: str
) -> None:
    assert not denied(name, principal, action, resource, given, partition)


TABLE = f"dynamodb:eu-west-1:{HOME}:table/orders"
IMAGES = f"ecr:eu-west-1:{HOME}:repository/orders"
LOG_GROUP = f"logs:eu-west-1:{HOME}:log-group:orders:*"
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
        (f"arn:aws:iam::{THEIRS}:role/x", "dynamodb:GetItem", TABLE, "o-theirs", True),
        (f"arn:aws:iam::{THEIRS}:role/x", "ecr:BatchGetImage", IMAGES, "o-theirs", True),
        (f"arn:aws:iam::{THEIRS}:role/x", "logs:PutLogEvents", LOG_GROUP, None, True),
        # Load balancers of eu-west-1 write access logs with this account of AWS.
        ("arn:aws:iam::156460612806:root", "s3:PutObject", OBJECT, None, False),
        (
            f"arn:aws:iam::{THEIRS}:role/x",
            "sns:Publish",
            "sns:eu-west-1:111122223333:t",
            "o-t",
            False,
        ),
    ],
)
def test_perimeter_denies_external_principals(
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
def test_perimeter_denies_services_on_behalf_of_external_accounts(
    given: dict[str, Any], expected: bool
) -> None:
    found = shut_out("cloudtrail.amazonaws.com", "s3:PutObject", OBJECT, {**OURS, **given})
    assert found is expected


def test_perimeter_allows_oidc_sign_in() -> None:
    actions = [
        action
        for statement in document("organization-perimeter", "aws").statements
        for action in statement.actions
    ]
    assert "sts:AssumeRole" in actions
    assert not {"sts:AssumeRoleWithWebIdentity", "sts:*"} & set(actions)


@pytest.mark.parametrize("principal", [f"arn:aws:iam::{THEIRS}:role/x", "anonymous"])
def test_perimeter_allows_a_listed_partner(principal: str) -> None:
    known = {**OURS, "aws:PrincipalIsAWSService": False, "aws:PrincipalOrgID": "o-theirs"}
    given: dict[str, tuple[str, ...]] = {"partnerAccounts": (THEIRS,)}
    out = shut_out(principal, "s3:GetObject", OBJECT, known, given=given)
    assert out is (principal == "anonymous")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"aws:SecureTransport": False}, True),
        ({"aws:SecureTransport": True}, False),
        ({"aws:SecureTransport": False, "aws:PrincipalIsAWSService": True}, False),
    ],
)
def test_requests_without_tls_are_denied(given: dict[str, Any], expected: bool) -> None:
    for principal in (f"arn:aws:iam::{HOME}:role/x", "anonymous"):
        known = {"aws:PrincipalIsAWSService": False, **given}
        assert shut_out(principal, "s3:GetObject", OBJECT, known, "require-tls") is expected


def shut_out(
    principal: str,
    action: str,
    resource: str,
    known: dict[str, Any],
    name: str = "organization-perimeter",
    given: dict[str, tuple[str, ...]] | None = None,
) -> bool:
    """Return whether an RCP denies a principal that the other policies allow."""
    policies = Policies(
        identity=(ANYTHING,),
        resource_control=((document(name, "aws", given),),),
        resource=OPEN,
    )
    request = Request(principal, action, arn("aws", resource), HOME, known)
    return evaluate(request, policies).outcome is Outcome.EXPLICIT_DENY
