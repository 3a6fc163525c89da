"""Packaged code: what a build uploads for a template, and the template's stack reads.

`aws cloudformation package`, `sam package` and CDK upload code, nested templates and files. They
have a bucket of their own beside the artifact store. Nothing in it expires, because a stack that
rolls back reads the code of its former template again.
"""

from __future__ import annotations

from collections.abc import Sequence

from landfall.aws.arns import bucket_arn
from landfall.blueprint import buckets
from landfall.blueprint.artifact_stores import ArtifactStore
from landfall.blueprint.artifacts import KEY_READ, KEY_USE, OBJECT_READ, OBJECT_WRITE
from landfall.blueprint.buckets import Bucket, Lifecycle
from landfall.blueprint.places import Store
from landfall.blueprint.statements import Statement, statement
from landfall.blueprint.store_access import bucket_users

_FIND = ("s3:GetBucketLocation", "s3:ListBucket")


def package_bucket(store: ArtifactStore, key_arn: str) -> Bucket:
    """Return the bucket of packaged code in the region of an artifact store, with its key."""
    arn = bucket_arn(store.place.partition, store.packages)
    writers, readers = store.package_writers, store.package_readers
    return Bucket(
        store.packages,
        [
            buckets.tls_only(arn),
            buckets.only_key(arn, key_arn),
            buckets.only_kms(arn),
            *bucket_users(arn, store.organization_id, writers, readers),
        ],
        Lifecycle("keep", None, store.noncurrent_days),
        key_arn=key_arn,
        bucket_key=True,
        force_destroy=store.force_destroy,
        logs=f"{store.bucket}-logs",
        log_prefix="packages/",
    )


def publish(pipeline: str, stores: Sequence[Store]) -> list[Statement]:
    """Return the build role's statements for uploading packages of this pipeline alone."""
    if not stores:
        return []
    return [
        statement(
            "PublishPackages",
            actions=OBJECT_WRITE,
            resources=[f"{store.bucket_arn}/{pipeline}/*" for store in stores],
        ),
        statement("FindPackages", actions=_FIND, resources=[store.bucket_arn for store in stores]),
        statement("UsePackageKey", actions=KEY_USE, resources=[store.key_arn for store in stores]),
    ]


def read(pipeline: str, store: Store) -> list[Statement]:
    """Return the statements for reading the packages of this pipeline in a target account."""
    return [
        statement(
            "ReadPackages", actions=OBJECT_READ, resources=[f"{store.bucket_arn}/{pipeline}/*"]
        ),
        statement("FindPackages", actions=_FIND, resources=[store.bucket_arn]),
        statement("ReadPackagesWithKey", actions=KEY_READ, resources=[store.key_arn]),
    ]
