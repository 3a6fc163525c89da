"""S3: pages of buckets, who pays for requests, and operations that the sandbox does not have.

The emulator takes a subresource that it does not know for the bucket or object itself: it would
answer DeleteBucketMetricsConfiguration by deleting the bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from moto.s3.models import FakeBucket, s3_backends

from landfall.sandbox.gate.errors import AWSError, NotInSandboxError
from landfall.sandbox.gate.pages import page
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request

ABSENT = (
    "CreateBucketMetadataConfiguration",
    "CreateBucketMetadataTableConfiguration",
    "CreateSession",
    "DeleteBucketAnalyticsConfiguration",
    "DeleteBucketIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration",
    "DeleteBucketMetadataConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketMetricsConfiguration",
    "DeleteObjectAnnotation",
    "GetBucketAbac",
    "GetBucketAnalyticsConfiguration",
    "GetBucketIntelligentTieringConfiguration",
    "GetBucketMetadataConfiguration",
    "GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration",
    "GetObjectAnnotation",
    "GetObjectRetention",
    "GetObjectTorrent",
    "ListBucketAnalyticsConfigurations",
    "ListBucketIntelligentTieringConfigurations",
    "ListBucketMetricsConfigurations",
    "ListDirectoryBuckets",
    "ListObjectAnnotations",
    "PutBucketAbac",
    "PutBucketAnalyticsConfiguration",
    "PutBucketIntelligentTieringConfiguration",
    "PutBucketMetricsConfiguration",
    "PutObjectAnnotation",
    "RenameObject",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
    "WriteGetObjectResponse",
)

_OWNER = {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "webfile"}
_payers: WeakKeyDictionary[FakeBucket, str] = WeakKeyDictionary()


class NoSuchBucketError(AWSError):
    """The bucket does not exist: S3 API Reference, 'List of error codes'."""

    code = "NoSuchBucket"
    message = "The specified bucket does not exist"
    status = 404


@addition("s3", *ABSENT)
def absent(request: Request) -> None:
    """Answer that the sandbox does not have the operation."""
    raise NotInSandboxError(request.service, request.operation)


@addition("s3", "ListBuckets")
def list_buckets(request: Request) -> Mapping[str, Any]:
    """List the account's buckets by name, in pages: S3 API Reference, ListBuckets."""
    params = request.params
    prefix, region = params.get("Prefix", ""), params.get("BucketRegion")
    wanted = [
        bucket
        for name, bucket in sorted(s3_backends[request.account][request.partition].buckets.items())
        if name.startswith(prefix) and region in (None, bucket.region_name)
    ]
    found, token = page(wanted, params.get("ContinuationToken"), params.get("MaxBuckets"))
    return {
        "Buckets": [_described(bucket, with_region=bool(params)) for bucket in found],
        "Owner": _OWNER,
        **({"ContinuationToken": token} if token else {}),
        **({"Prefix": prefix} if prefix else {}),
    }


def _described(bucket: Any, *, with_region: bool) -> dict[str, Any]:
    """Return a bucket; its region is included if the request has any parameter."""
    described = {
        "Name": bucket.name,
        "CreationDate": bucket.creation_date,
        "BucketArn": bucket.arn,
    }
    return described | ({"BucketRegion": bucket.region_name} if with_region else {})


@addition("s3", "GetBucketRequestPayment")
def get_request_payment(request: Request) -> Mapping[str, Any]:
    """Return who pays, by default the owner: S3 API Reference, GetBucketRequestPayment."""
    return {"Payer": _payers.get(_bucket_of(request), "BucketOwner")}


@addition("s3", "PutBucketRequestPayment")
def put_request_payment(request: Request) -> None:
    """Set who pays: S3 API Reference, PutBucketRequestPayment."""
    _payers[_bucket_of(request)] = request.params["RequestPaymentConfiguration"]["Payer"]


def _bucket_of(request: Request) -> FakeBucket:
    name = request.params["Bucket"]
    owner = s3_backends.bucket_accounts.get(name)
    if owner is None:
        raise NoSuchBucketError
    partition, account = owner
    return s3_backends[account][partition].buckets[name]
