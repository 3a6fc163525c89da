"""Objects of the stack's encrypted buckets, and calls that use their keys through S3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from moto.s3.models import FakeBucket, s3_backends

from bench.permissions.calls import concrete
from bench.permissions.hosting import Call
from landfall.sandbox.gate.request import Caller, Request

_BY_ACTION = {"kms:decrypt": ("GetObject", "UploadPart"), "kms:generatedatakey": ("PutObject",)}


def buckets() -> Iterator[tuple[str, FakeBucket]]:
    """Yield each bucket with its account."""
    for account, partitions in list(s3_backends.items()):
        for backend in list(partitions.values()):
            yield from ((account, each) for each in list(backend.buckets.values()))


def through_s3(caller: Caller, action: str, patterns: tuple[str, ...]) -> Iterator[Call]:
    """Yield calls of S3 that need an action on a key; `patterns` are ARNs of the caller's objects.

    An object is created if a call would read one that does not exist.
    """
    for account, bucket in buckets():
        if bucket.encryption is None or "KMSMasterKeyID" not in str(bucket.encryption):
            continue
        start = f":{bucket.name}/"
        keys = [concrete(each).partition(start)[2] for each in patterns if start in each]
        for key in dict.fromkeys([*keys, "bench/x"]):
            _create(account, bucket, key)
            for operation in _BY_ACTION.get(action.lower().rstrip("*"), ()):
                params: dict[str, Any] = {"Bucket": bucket.name, "Key": key}
                yield Request(caller, bucket.region_name, "s3", operation, params), "rest-xml"


@lru_cache(maxsize=4096)
def _created(account: str, bucket: str, key: str) -> None:
    partition = s3_backends.bucket_accounts[bucket][0]
    s3_backends[account][partition].put_object(bucket, key, b"x")


def _create(account: str, bucket: FakeBucket, key: str) -> None:
    if key not in bucket.keys:
        _created(account, bucket.name, key)
