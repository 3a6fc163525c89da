"""Logs of sessions reach the archive from each account of the organization, below its own id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from landfall.blueprint.log_archives import LogArchive, archive_key, session_bucket
from landfall.blueprint.places import Place
from landfall.blueprint.sessions import Logs, SessionManager, session_policy
from tests.sandbox_gate.conftest import (
    MANAGEMENT,
    Clients,
    Sandbox,
    create_account,
    error_of,
    trust,
)


def document(statements: Sequence[Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_instance_logs_below_the_id_of_its_account_only(
    aws: Clients, sandbox: Sandbox, organization: Any, member: str
) -> None:
    archive = create_account(organization, "archive")
    described = LogArchive(
        Place("aws", "eu-west-1", archive),
        organization.describe_organization()["Organization"]["Id"],
        MANAGEMENT,
        "logs-of-it",
        365,
        sessions=True,
    )
    logs = described.of_sessions
    assert logs is not None
    kms = aws("kms", account=archive)
    policy = document(archive_key(described).statements)
    key = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    bucket = session_bucket(logs, key)
    s3 = aws("s3", account=archive)
    where = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=where)
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=bucket.name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    s3.put_bucket_policy(Bucket=bucket.name, Policy=document(bucket.statements))

    own = SessionManager(Place("aws", "eu-west-1", member), Logs(bucket.name, key))
    iam = aws("iam", account=member)
    role = iam.create_role(
        RoleName="instance", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{member}:root")
    )["Role"]
    iam.put_role_policy(
        RoleName="instance",
        PolicyName="own",
        PolicyDocument=document(session_policy(own).statements),
    )
    given = aws("sts", account=member).assume_role(RoleArn=role["Arn"], RoleSessionName="instance")[
        "Credentials"
    ]
    keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    instance = sandbox.client("s3", keys=keys)
    log = {"Bucket": bucket.name, "Body": b"log"}
    instance.put_object(Key=f"{member}/eu-west-1/session.log", **log)
    assert error_of(instance.put_object, Key=f"{archive}/session.log", **log)[0] == "AccessDenied"
    administrator = aws("s3", account=member)
    administrator.put_object(Key=f"{member}/other.log", **log)
    assert error_of(administrator.put_object, Key=f"{archive}/a", **log)[0] == "AccessDenied"
    read = {"Bucket": bucket.name, "Key": f"{member}/other.log"}
    assert error_of(administrator.get_object, **read)[0] == "AccessDenied"
