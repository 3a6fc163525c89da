"""For each rule a resource that satisfies it and one that does not, as pulumi-aws inputs.

A stack rule's case is a list of resources; `$name` stands for the output of the one of that name.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f7a0c9e"
ACCOUNT = "111122223333"


class Case(NamedTuple):
    """The type, inputs that pass, and inputs that fail."""

    type: str
    good: dict[str, Any]
    bad: dict[str, Any]


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _trust(**more: Any) -> str:
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole", **more})


def _web_identity(subject: str) -> str:
    host = "token.actions.githubusercontent.com"
    return _document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"},
            "Condition": {
                "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{host}:sub": subject},
            },
        }
    )


_BUCKET = "arn:aws:s3:::example"
_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [_BUCKET, f"{_BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def _sse(**default: str) -> dict[str, Any]:
    return {"bucket": "example", "rules": [{"applyServerSideEncryptionByDefault": default}]}


_BLOCK = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
_GOOD_ROLE = {
    "assumeRolePolicy": _trust(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/deployer"})
}

RESOURCES: dict[str, Case] = {
    "LF-BAK-001": Case("aws:backup/vault:Vault", {"kmsKeyArn": KEY}, {}),
    "LF-CB-001": Case("aws:codebuild/project:Project", {"encryptionKey": KEY}, {}),
    "LF-CB-002": Case(
        "aws:codebuild/project:Project",
        {
            "encryptionKey": KEY,
            "environment": {
                "environmentVariables": [
                    {"name": "DB_PASSWORD", "value": "db/password", "type": "SECRETS_MANAGER"}
                ]
            },
        },
        {
            "encryptionKey": KEY,
            "environment": {
                "environmentVariables": [{"name": "DB_PASSWORD", "value": "hunter2-hunter2"}]
            },
        },
    ),
    "LF-CC-001": Case("aws:codecommit/repository:Repository", {"kmsKeyId": KEY}, {}),
    "LF-CP-001": Case(
        "aws:codepipeline/pipeline:Pipeline",
        {"artifactStores": [{"location": "a", "encryptionKey": {"id": KEY, "type": "KMS"}}]},
        {"artifactStores": [{"location": "a"}]},
    ),
    "LF-CT-001": Case("aws:cloudtrail/trail:Trail", {"kmsKeyId": KEY}, {}),
    "LF-DDB-001": Case(
        "aws:dynamodb/table:Table",
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
        {},
    ),
    "LF-EBS-001": Case("aws:ebs/volume:Volume", {"encrypted": True}, {"encrypted": False}),
    "LF-EC-001": Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {"atRestEncryptionEnabled": True, "transitEncryptionEnabled": True},
        {"atRestEncryptionEnabled": False, "transitEncryptionEnabled": True},
    ),
    "LF-ECR-001": Case(
        "aws:ecr/repository:Repository",
        {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}]},
        {"encryptionConfigurations": [{"encryptionType": "AES256"}]},
    ),
    "LF-EFS-001": Case("aws:efs/fileSystem:FileSystem", {"encrypted": True}, {}),
    "LF-IAM-001": Case(
        "aws:iam/rolePolicy:RolePolicy",
        {"policy": _document(_allow("s3:GetObject", f"{_BUCKET}/*"))},
        {"policy": _document(_allow("*"))},
    ),
    "LF-IAM-002": Case(
        "aws:iam/policy:Policy",
        {"policy": _document(_allow("s3:*", f"{_BUCKET}/*"))},
        {"policy": _document(_allow("s3:*"))},
    ),
    "LF-IAM-003": Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"policyArn": "arn:aws:iam::aws:policy/SecurityAudit"},
        {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    "LF-IAM-004": Case(
        "aws:iam/role:Role",
        _GOOD_ROLE,
        {**_GOOD_ROLE, "managedPolicyArns": ["arn:aws:iam::aws:policy/IAMFullAccess"]},
    ),
    "LF-IAM-005": Case(
        "aws:iam/rolePolicy:RolePolicy",
        {"policy": _document(_allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/build"))},
        {"policy": _document(_allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*"))},
    ),
    "LF-KIN-001": Case(
        "aws:kinesis/stream:Stream",
        {"encryptionType": "KMS", "kmsKeyId": KEY},
        {"encryptionType": "NONE"},
    ),
    "LF-KMS-001": Case(
        "aws:kms/key:Key", {"enableKeyRotation": True}, {"enableKeyRotation": False}
    ),
    "LF-LAM-001": Case(
        "aws:lambda/function:Function",
        {"environment": {"variables": {"STAGE": "dev"}}, "kmsKeyArn": KEY},
        {"environment": {"variables": {"STAGE": "dev"}}},
    ),
    "LF-LOGS-001": Case("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": KEY}, {}),
    "LF-PUB-001": Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        {
            "policy": _document(
                _allow(
                    "sqs:SendMessage",
                    Principal="*",
                    Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                )
            )
        },
        {
            "policy": _document(
                _allow(
                    "sqs:SendMessage",
                    Principal={"AWS": "*"},
                    Condition={"StringLike": {"aws:PrincipalArn": "*"}},
                )
            )
        },
    ),
    "LF-PUB-002": Case(
        "aws:iam/role:Role", _GOOD_ROLE, {"assumeRolePolicy": _trust(Principal="*")}
    ),
    "LF-PUB-003": Case(
        "aws:iam/role:Role",
        {"assumeRolePolicy": _web_identity("repo:example/orders:ref:refs/heads/main")},
        {"assumeRolePolicy": _web_identity("repo:*")},
    ),
    "LF-PUB-004": Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "example", **_BLOCK},
        {"bucket": "example", **_BLOCK, "restrictPublicBuckets": False},
    ),
    "LF-PUB-006": Case("aws:s3/bucketAcl:BucketAcl", {"acl": "private"}, {"acl": "public-read"}),
    "LF-PUB-007": Case(
        "aws:rds/instance:Instance",
        {"storageEncrypted": True, "publiclyAccessible": False},
        {"storageEncrypted": True, "publiclyAccessible": True},
    ),
    "LF-RDS-001": Case("aws:rds/instance:Instance", {"storageEncrypted": True}, {}),
    "LF-RDS-002": Case("aws:rds/cluster:Cluster", {"storageEncrypted": True}, {}),
    "LF-RS-001": Case("aws:redshift/cluster:Cluster", {"encrypted": True}, {"encrypted": False}),
    "LF-S3-001": Case(
        _SSE, _sse(sseAlgorithm="aws:kms", kmsMasterKeyId=KEY), _sse(sseAlgorithm="aws:kms")
    ),
    "LF-SM-001": Case(
        "aws:secretsmanager/secret:Secret",
        {"kmsKeyId": KEY},
        {"kmsKeyId": "alias/aws/secretsmanager"},
    ),
    "LF-SNS-001": Case("aws:sns/topic:Topic", {"kmsMasterKeyId": KEY}, {}),
    "LF-SQS-001": Case("aws:sqs/queue:Queue", {"sqsManagedSseEnabled": True}, {}),
    "LF-TLS-001": Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "example", "policy": _document(_TLS)},
        {"bucket": "example", "policy": _document({**_TLS, "Resource": f"{_BUCKET}/*"})},
    ),
    "LF-TLS-003": Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {"atRestEncryptionEnabled": True, "transitEncryptionEnabled": True},
        {"atRestEncryptionEnabled": True},
    ),
    "LF-TLS-004": Case(
        "aws:lb/listener:Listener",
        {
            "protocol": "HTTP",
            "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}],
        },
        {"protocol": "HTTP", "defaultActions": [{"type": "forward"}]},
    ),
}

_BUCKET_PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "LF-S3-002": (_SSE, _sse(sseAlgorithm="aws:kms", kmsMasterKeyId=KEY)),
    "LF-TLS-002": (
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "example", "policy": _document(_TLS)},
    ),
    "LF-PUB-005": (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "example", **_BLOCK},
    ),
}
# A bucket is whole with these three beside it, and breaks one rule without each.
STACKS = _BUCKET_PARTS
BUCKET = ("aws:s3/bucket:Bucket", {"bucket": "example"})
