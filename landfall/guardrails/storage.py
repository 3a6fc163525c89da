"""Guardrails for stored data: not public, not unencrypted."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny

_WITH_ACL = (
    "s3:CreateBucket",
    "s3:PutBucketAcl",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
)
_GRANTS = ("FullControl", "Read", "ReadAcp", "Write", "WriteAcp")
_EVERYBODY = ("*/groups/global/AllUsers*", "*/groups/global/AuthenticatedUsers*")


def _deny_public_s3(context: Context) -> list[Statement]:
    """Deny removing the account's public access block, and public ACLs.

    The account's block rejects public bucket policies: a request to write a policy does
    not expose the policy's content.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    canned = ["authenticated-read", "public-read", "public-read-write"]
    statements = [
        deny(
            "ProtectPublicAccessBlock",
            actions=["s3:PutAccountPublicAccessBlock"],
            exempt=context.provisioner,
        ),
        deny(
            "DenyPublicAcls",
            actions=_WITH_ACL,
            conditions={"StringEquals": {"s3:x-amz-acl": canned}},
        ),
    ]
    for grant in _GRANTS:
        key = "s3:x-amz-grant-" + {
            "FullControl": "full-control",
            "ReadAcp": "read-acp",
            "WriteAcp": "write-acp",
        }.get(grant, grant.lower())
        conditions = {"StringLike": {key: list(_EVERYBODY)}}
        statements.append(deny(f"DenyPublic{grant}", actions=_WITH_ACL, conditions=conditions))
    return statements


def _deny_unencrypted(context: Context) -> list[Statement]:
    """Deny storage without encryption with AWS keys, if the request shows it.

    S3 encrypts every object; only with customer-provided keys (SSE-C) does nobody else have the
    key, so SSE-C is denied. Aurora instances inherit the encryption of their cluster.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
    """
    return [
        deny(
            "DenyCallersOwnKeys",
            actions=["s3:PutObject"],
            conditions={"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
        ),
        deny(
            "DenyUnencryptedVolumes",
            actions=["ec2:CreateVolume", "ec2:RunInstances"],
            resources=context.arns("ec2:*:*:volume/*"),
            conditions={"Bool": {"ec2:Encrypted": "false"}},
        ),
        deny(
            "ProtectEncryptionByDefault",
            actions=["ec2:DisableEbsEncryptionByDefault"],
            exempt=context.provisioner,
        ),
        deny(
            "DenyUnencryptedClusters",
            actions=["rds:CreateDBCluster", "rds:RestoreDBClusterFromS3"],
            conditions={"Bool": {"rds:StorageEncrypted": "false"}},
        ),
        deny(
            "DenyUnencryptedDatabases",
            actions=["rds:CreateDBInstance"],
            conditions={
                "Bool": {"rds:StorageEncrypted": "false"},
                "StringNotLike": {"rds:DatabaseEngine": "aurora*"},
            },
        ),
        deny(
            "DenyUnencryptedFileSystems",
            actions=["elasticfilesystem:CreateFileSystem"],
            conditions={"Bool": {"elasticfilesystem:Encrypted": "false"}},
        ),
    ]


GUARDRAILS = (
    Guardrail(
        "deny-public-s3", SCP, "opening S3 buckets and objects to everybody", _deny_public_s3
    ),
    Guardrail(
        "deny-unencrypted-storage",
        SCP,
        "unencrypted volumes, databases and file systems, and objects under a caller's own key",
        _deny_unencrypted,
    ),
)
