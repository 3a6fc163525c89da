"""S3 Control: tags belong to resources that exist, in the caller's account.

S3 API Reference: TagResource, UntagResource, ListTagsForResource (S3 Control), and 'List of Amazon
S3 Tagging error codes'. The tags of a bucket are those of PutBucketTagging.
"""

from __future__ import annotations

import re
from collections import Counter

from moto.s3.models import s3_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_BUCKET = re.compile(r"arn:([^:]+):s3:::([^/]+)")


class NoSuchResourceError(AWSError):
    """No bucket has the ARN."""

    code = "NoSuchResource"
    message = "The specified resource doesn't exist."
    status = 404


class AccessDeniedError(AWSError):
    """The account id or the bucket is another account's."""

    code = "AccessDenied"
    message = "Access Denied"
    status = 403


class InvalidTagError(AWSError):
    """A tag key that is reserved, or sent twice."""

    code = "InvalidTag"
    status = 400


@limit("s3control", "TagResource", "UntagResource", "ListTagsForResource")
def tagged_bucket(request: Request) -> None:
    """Refuse buckets that do not exist or are another account's; other resources pass."""
    if request.params["AccountId"] != request.account:
        raise AccessDeniedError
    found = _BUCKET.fullmatch(request.params["ResourceArn"])
    if found is None:
        return
    partition, bucket = found.groups()
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None or owner[0] != partition:
        raise NoSuchResourceError
    if owner[1] != request.account:
        raise AccessDeniedError


@limit("s3control", "TagResource")
def tag_keys(request: Request) -> None:
    """Refuse keys that start with `aws:`, and the same key twice."""
    counts = Counter(tag["Key"] for tag in request.params["Tags"])
    if any(key.lower().startswith("aws:") for key in counts):
        raise InvalidTagError("Tag keys that start with 'aws:' are reserved for system tags.")
    if any(count > 1 for count in counts.values()):
        raise InvalidTagError("The same tag key is in the request more than once.")
