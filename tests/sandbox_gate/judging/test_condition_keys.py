"""Condition keys that calls have: filled from the request, absent, or listed as unknown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landfall.aws.request_keys import MEMBERS
from landfall.iam import keys, presence
from landfall.sandbox.judging import unknown_keys
from landfall.sandbox.judging.unknown_keys import may_have
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.judging.callers import Roles

KEY = f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/*"
BUCKET = "arn:aws:s3:::orders-artifacts"


@pytest.fixture
def roles(sandbox: Sandbox) -> Roles:
    return Roles(sandbox)


def _is_refused(call: Callable[[], object]) -> bool:
    """Return whether a call is refused by permissions; other errors mean that it was let through"""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in (
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "UnauthorizedOperation",
        )
    return False


ALLOWS: list[tuple[str, dict[str, Any], bool]] = [
    ("aws:SourceArn", {"StringLike": {"aws:SourceArn": "*"}}, False),
    ("aws:SourceAccount", {"StringEqualsIfExists": {"aws:SourceAccount": "1"}}, True),
    ("aws:CalledVia", {"ForAnyValue:StringEquals": {"aws:CalledVia": "x"}}, False),
    ("aws:ViaAWSService", {"Bool": {"aws:ViaAWSService": "true"}}, False),
    ("aws:SecureTransport", {"Bool": {"aws:SecureTransport": "true"}}, True),
    ("aws:PrincipalIsAWSService", {"Bool": {"aws:PrincipalIsAWSService": "false"}}, True),
    ("aws:MultiFactorAuthPresent", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ("aws:MultiFactorAuthAge", {"Null": {"aws:MultiFactorAuthAge": "true"}}, True),
    ("aws:TokenIssueTime", {"DateLessThan": {"aws:TokenIssueTime": "2001-01-01"}}, False),
    ("aws:SourceIdentity", {"StringEquals": {"aws:SourceIdentity": "ada"}}, False),
    ("aws:UserAgent", {"StringLike": {"aws:UserAgent": "*Boto3*"}}, True),
    ("aws:Referer", {"StringLike": {"aws:Referer": "*"}}, False),
    ("aws:PrincipalTag/team", {"StringEquals": {"aws:PrincipalTag/team": "x"}}, False),
    ("aws:PrincipalOrgID", {"StringLike": {"aws:PrincipalOrgID": "*"}}, False),
    ("aws:FederatedProvider", {"Null": {"aws:FederatedProvider": "false"}}, False),
    ("ec2:RoleDelivery", {"NumericGreaterThan": {"ec2:RoleDelivery": "0"}}, False),
    ("kms:ViaService", {"StringLike": {"kms:ViaService": "*"}}, False),
    ("iam:PassedToService", {"StringLike": {"iam:PassedToService": "*"}}, False),
    # Unknown keys let a call pass.
    ("aws:SourceIp", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
    ("aws:SourceVpce", {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
]


def test_global_keys_are_decided_from_the_call(roles: Roles) -> None:
    roles.create("reader")
    client = roles.client("reader", "codepipeline")
    for key, condition, allowed in ALLOWS:
        roles.allow("reader", {"Action": "codepipeline:ListPipelines", "Condition": condition})
        assert _is_refused(client.list_pipelines) != allowed, key


def test_keys_of_an_organization_are_decided(
    organization: Any, member: str, sandbox: Sandbox
) -> None:
    roles = Roles(sandbox, member)
    roles.create("reader")
    found = organization.describe_organization()["Organization"]
    root = organization.list_roots()["Roots"][0]["Id"]
    client = roles.client("reader", "codepipeline")
    for condition, allowed in (
        ({"StringEquals": {"aws:PrincipalOrgID": found["Id"]}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-other12345"}}, False),
        ({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgMasterAccountId": MANAGEMENT}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"*/{root}/*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-other/*"}}, False),
    ):
        roles.allow("reader", {"Action": "codepipeline:ListPipelines", "Condition": condition})
        assert _is_refused(client.list_pipelines) != allowed, condition


def test_role_is_assumed_with_a_code_and_its_session_does_not_carry_mfa(roles: Roles) -> None:
    arn = roles.create("breaker")
    trusting = json.loads(trust(f"arn:aws:iam::{MANAGEMENT}:root"))
    trusting["Statement"][0]["Action"] = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    trusting["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    roles.iam.update_assume_role_policy(RoleName="breaker", PolicyDocument=json.dumps(trusting))
    conditions = {
        "Null": {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "true"},
        "StringEquals": {"aws:SourceIdentity": "ada"},
    }
    roles.allow("breaker", {"Action": "kms:ListKeys", "Condition": conditions})
    assert "AccessDenied" in error_of(roles.client, "breaker", "kms")[0]
    device = f"arn:aws:iam::{MANAGEMENT}:mfa/ada"
    code = {"SerialNumber": device, "TokenCode": "123456"}
    assert roles.client("breaker", "kms", SourceIdentity="ada", **code).list_keys()
    assert error_of(roles.client("breaker", "kms", **code).list_keys)[0] == "AccessDeniedException"
    # A device is a user's: the session of a role has none.
    roles.create("chained")
    roles.allow("chained", {"Action": "sts:AssumeRole"})
    wanted = {"RoleArn": arn, "RoleSessionName": "chained", **code}
    chained = roles.client("chained", "sts")
    assert error_of(chained.assume_role, **wanted)[0] == "AccessDenied"


def test_keys_of_objects_are_those_of_the_headers(roles: Roles, aws: Clients) -> None:
    aws("s3", region="us-east-1").create_bucket(Bucket="orders-artifacts")
    roles.create("writer")
    client = roles.client("writer", "s3", region="us-east-1")
    put: dict[str, Any] = {"Bucket": "orders-artifacts", "Key": "a"}
    for condition, sent, allowed in (
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, {}, False),
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, {"ACL": "private"}, True),
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, {"ACL": "public-read"}, False),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, {}, True),
        (
            {"Null": {"s3:x-amz-server-side-encryption": "true"}},
            {"ServerSideEncryption": "AES256"},
            False,
        ),
        ({"StringEquals": {"s3:RequestObjectTag/team": "x"}}, {"Tagging": "team=x"}, True),
        ({"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}, {}, False),
        ({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, {}, False),
        ({"StringEquals": {"s3:ResourceAccount": MANAGEMENT}}, {}, True),
        # No object has a prefix: that key goes with lists.
        ({"StringLike": {"s3:prefix": "*"}}, {}, False),
    ):
        allow = {"Action": "s3:PutObject*", "Resource": f"{BUCKET}/*", "Condition": condition}
        roles.allow("writer", allow)
        refused = _is_refused(lambda sent=sent: client.put_object(**put, **sent))  # type: ignore[misc]
        assert refused != allowed, (condition, sent)


def test_object_under_a_key_needs_that_key_through_s3(roles: Roles, aws: Clients) -> None:
    made = aws("kms").create_key()["KeyMetadata"]["Arn"]
    buckets = aws("s3")
    region = {"LocationConstraint": "eu-west-1"}
    buckets.create_bucket(Bucket="orders-artifacts", CreateBucketConfiguration=region)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": made}
    rule = {"ApplyServerSideEncryptionByDefault": default}
    buckets.put_bucket_encryption(
        Bucket="orders-artifacts", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    objects = {"Action": "s3:*", "Resource": f"{BUCKET}/*"}
    roles.create("builder", objects)
    client = roles.client("builder", "s3")
    code, message = error_of(client.put_object, Bucket="orders-artifacts", Key="a", Body=b"a")
    assert code == "AccessDenied"
    assert f'kms:GenerateDataKey on resource: "{made}" because no identity-based' in message
    through = {
        "StringEquals": {
            "kms:ViaService": "s3.eu-west-1.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"{BUCKET}/a",
        }
    }
    write = {"Action": "kms:GenerateDataKey", "Resource": made, "Condition": through}
    roles.allow("builder", objects, write)
    assert client.put_object(Bucket="orders-artifacts", Key="a", Body=b"a")
    assert "explicit" not in error_of(client.put_object, Bucket="orders-artifacts", Key="b")[1]
    assert "kms:Decrypt" in error_of(client.get_object, Bucket="orders-artifacts", Key="a")[1]
    roles.allow("builder", objects, write | {"Action": "kms:Decrypt"})
    assert client.get_object(Bucket="orders-artifacts", Key="a")["Body"].read() == b"a"
    # The permission is only for calls through S3.
    kms = roles.client("builder", "kms")
    assert "kms:Decrypt" in error_of(kms.decrypt, KeyId=made, CiphertextBlob=b"x" * 60)[1]


def test_keys_of_kms_are_those_of_request_and_key(roles: Roles, aws: Clients) -> None:
    key = aws("kms").create_key(Tags=[{"TagKey": "team", "TagValue": "orders"}])["KeyMetadata"]
    aws("kms").create_alias(AliasName="alias/orders", TargetKeyId=key["KeyId"])
    roles.create("user")
    client = roles.client("user", "kms")
    sent: dict[str, Any] = {"KeyId": "alias/orders", "Plaintext": b"a"}
    for condition, more, allowed in (
        ({"StringEquals": {"kms:EncryptionContext:app": "x"}}, {}, False),
        (
            {"StringEquals": {"kms:EncryptionContext:app": "x"}},
            {"EncryptionContext": {"app": "x"}},
            True,
        ),
        ({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/orders"}}, {}, True),
        ({"StringEquals": {"kms:RequestAlias": "alias/other"}}, {}, False),
        ({"StringEquals": {"kms:CallerAccount": MANAGEMENT}}, {}, True),
        ({"StringEquals": {"aws:ResourceTag/team": "orders"}}, {}, True),
        ({"StringEquals": {"aws:ResourceTag/team": "other"}}, {}, False),
    ):
        roles.allow("user", {"Action": "kms:*", "Resource": KEY, "Condition": condition})
        refused = _is_refused(lambda more=more: client.encrypt(**sent, **more))  # type: ignore[misc]
        assert refused != allowed, (condition, more)


def test_grant_that_no_service_asks_for_is_not_for_one(roles: Roles, aws: Clients) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    made = roles.create("user")
    client = roles.client("user", "kms")
    for wanted in ("true", "false"):
        condition = {"Bool": {"kms:GrantIsForAWSResource": wanted}}
        roles.allow("user", {"Action": "kms:CreateGrant", "Resource": key, "Condition": condition})
        refused = _is_refused(
            lambda: client.create_grant(KeyId=key, GranteePrincipal=made, Operations=["Decrypt"])
        )
        assert refused == (wanted == "true")


def test_resources_that_the_shipped_guardrails_deny_are_refused(roles: Roles) -> None:
    """The keys that they use of EC2, RDS, EFS and RAM come from the request."""
    denials = (
        ("ec2", "create_volume", {"Bool": {"ec2:Encrypted": "false"}}),
        ("rds", "create_db_instance", {"Bool": {"rds:StorageEncrypted": "false"}}),
        ("efs", "create_file_system", {"Bool": {"elasticfilesystem:Encrypted": "false"}}),
        (
            "ram",
            "create_resource_share",
            {"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
        ),
    )
    sent: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "ec2": ({"AvailabilityZone": "eu-west-1a", "Size": 1}, {"Encrypted": True}),
        "rds": (
            {"DBInstanceIdentifier": "a", "DBInstanceClass": "db.t3.micro", "Engine": "mysql"},
            {"StorageEncrypted": True},
        ),
        "efs": ({"CreationToken": "a"}, {"Encrypted": True}),
        "ram": ({"name": "a"}, {"allowExternalPrincipals": False}),
    }
    roles.create("maker")
    for service, call, condition in denials:
        roles.allow("maker", {}, {"Effect": "Deny", "Condition": condition})
        client = roles.client("maker", service)
        plain, protected = sent[service]
        assert _is_refused(lambda: getattr(client, call)(**plain)), service  # noqa: B023
        assert not _is_refused(lambda: getattr(client, call)(**plain | protected)), service  # noqa: B023


def test_table_of_members_names_documented_keys() -> None:
    for service, table in MEMBERS.items():
        for key in table:
            assert keys.find(key) is not keys.UNDOCUMENTED, key
            assert key.startswith(f"{service}:"), key


def test_unknown_keys_are_documented_and_have_a_reason() -> None:
    for key, reason in {**unknown_keys.GLOBAL, **unknown_keys.ABSENT}.items():
        assert reason
        assert key.endswith(("/", ":")) or not presence.is_unknown(key), key


@pytest.mark.parametrize("key", [key for key in keys.names("aws") if not key.endswith("/")])
def test_global_key_is_unknown_only_if_the_table_lists_it(key: str) -> None:
    assert may_have(key, "codepipeline:ListPipelines") == (key in unknown_keys.GLOBAL)


def test_key_of_a_service_is_unknown_only_for_its_actions() -> None:
    assert may_have("secretsmanager:resource/type", "secretsmanager:GetSecretValue")
    assert not may_have("secretsmanager:resource/type", "kms:Decrypt")
    assert not may_have("kms:recipientattestation:pcr0", "kms:Decrypt")
    assert not may_have("s3:prefix", "s3:PutObject")
    assert not may_have("token.actions.githubusercontent.com:sub", "s3:PutObject")
