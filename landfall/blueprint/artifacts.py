"""Permissions for using an artifact store."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint.places import Store
from landfall.blueprint.statements import Statement, statement
from landfall.settings import naming

SOURCE = "Source"
"""The artifact of a pipeline's sources."""

BUILT, IMAGE = "Build", "Image"
"""The main artifact of a build, and that of a container image as a further source."""

CACHES = "cache"
"""The prefix of builds' caches in the artifact store."""

REPORTS = "reports"
"""The prefix of raw reports in the artifact store."""

KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
KEY_READ = ("kms:Decrypt", "kms:DescribeKey")
OBJECT_READ = ("s3:GetObject", "s3:GetObjectVersion")
OBJECT_WRITE = (*OBJECT_READ, "s3:PutObject")
SOURCE_WRITE = ("s3:PutObject",)
HAND_OVER = ("s3:PutObjectAcl",)
TO_THE_OWNER = {"s3:x-amz-acl": "bucket-owner-full-control"}


def find_bucket(store: Store) -> Statement:
    """Return the statement for locating a store's bucket."""
    return statement(
        "FindBucket",
        actions=["s3:GetBucketLocation", "s3:GetBucketVersioning"],
        resources=[store.bucket_arn],
    )


def use_artifacts(pipeline_name: str, store: Store) -> list[Statement]:
    """Return the statements for reading and writing only this pipeline's artifacts."""
    objects = f"{store.bucket_arn}/{naming.artifact_prefix(pipeline_name)}/*"
    return [
        statement("UseArtifacts", actions=OBJECT_WRITE, resources=[objects]),
        find_bucket(store),
        statement("UseKey", actions=KEY_USE, resources=[store.key_arn]),
    ]


def read_artifacts(artifact_prefix: str, store: Store) -> list[Statement]:
    """Return the statements that let a target's role read its pipeline's artifacts."""
    objects = f"{store.bucket_arn}/{artifact_prefix}/*"
    return [
        statement("ReadArtifacts", actions=OBJECT_READ, resources=[objects]),
        find_bucket(store),
        statement("ReadWithKey", actions=KEY_READ, resources=[store.key_arn]),
    ]


def write_sources(pipeline_name: str, store: Store) -> list[Statement]:
    """Return the statements for writing a pipeline's sources from another account.

    CodeCommit hands the object to the bucket's owner by its ACL.
    """
    objects = [f"{store.bucket_arn}/{naming.artifact_prefix(pipeline_name)}/{SOURCE[:10]}/*"]
    to_the_owner = {"StringEquals": TO_THE_OWNER}
    return [
        statement("WriteSources", actions=SOURCE_WRITE, resources=objects),
        statement("HandOver", actions=HAND_OVER, resources=objects, conditions=to_the_owner),
        find_bucket(store),
        statement("UseKey", actions=KEY_USE, resources=[store.key_arn]),
    ]


def read_sources(pipeline_names: Sequence[str], store: Store) -> list[Statement]:
    """Return the statements for reading these pipelines' sources and writing encrypted reports.

    CodePipeline puts an artifact below the first ten characters of its name.
    """
    objects = [
        f"{store.bucket_arn}/{naming.artifact_prefix(name)}/{SOURCE[:10]}/*"
        for name in pipeline_names
    ]
    return [
        statement("ReadSources", actions=OBJECT_READ, resources=objects),
        statement(
            "UseKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            resources=[store.key_arn],
        ),
    ]
