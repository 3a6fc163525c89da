"""S3: the names of buckets, and bucket policies."""

from __future__ import annotations

import ipaddress
import json
import re

from moto.s3.models import s3_backends

from landfall.aws.arns import bucket_arn
from landfall.aws.quotas import QUOTAS
from landfall.sandbox.across_services import principals
from landfall.sandbox.across_services.documents import parse, statements
from landfall.sandbox.across_services.trust import applicant_of, decide
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.s3 import limits_notifications as limits_notifications

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_POLICY_BYTES = QUOTAS["bucketPolicySize"].value
_OF_SETTINGS = re.compile(r"(Head|Get|Put|Delete)(Bucket|PublicAccessBlock)")


class InvalidBucketNameError(AWSError):
    """The name breaks the rules: S3 User Guide, 'General purpose bucket naming rules'."""

    code = "InvalidBucketName"
    message = "The specified bucket is not valid."
    status = 400


class MalformedPolicyError(AWSError):
    """The bucket policy is not one: S3 API Reference, 'List of error codes'."""

    code = "MalformedPolicy"
    status = 400


class PolicyTooLargeError(AWSError):
    """More than 20 KB: S3 User Guide, 'Policies and permissions in Amazon S3'."""

    code = "PolicyTooLarge"
    message = "The policy is larger than 20 KB."
    status = 400


class AccessDeniedError(AWSError):
    """Not the caller's bucket: S3 API Reference, 'List of error codes'."""

    code = "AccessDenied"
    message = "Access Denied"
    status = 403


@limit("s3", "*")
def buckets_of_others(request: Request) -> None:
    """S3 User Guide, 'Bucket owner condition'; a bucket's settings are its own account's.

    Another account needs the bucket's policy. Objects are judged where the emulator serves them.
    """
    bucket = request.params.get("Bucket", "")
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None or request.operation == "CreateBucket":
        return
    partition, account = owner
    if request.params.get("ExpectedBucketOwner", account) != account:
        raise AccessDeniedError
    if account == request.account or not _OF_SETTINGS.match(request.operation):
        return
    action = "ListBucket" if request.operation == "HeadBucket" else request.operation
    policy = s3_backends[account][partition].buckets[bucket].policy
    arn = bucket_arn(partition, bucket)
    if policy is None or (
        decide(json.loads(policy), applicant_of(request), f"s3:{action}", arn) != "Allow"
    ):
        raise AccessDeniedError


@limit("s3", "CreateBucket")
def bucket_names(request: Request) -> None:
    """S3 User Guide, 'General purpose bucket naming rules'."""
    name = request.params["Bucket"]
    if (
        not _NAME.fullmatch(name)
        or name.startswith(_PREFIXES)
        or name.endswith(_SUFFIXES)
        or _is_address(name)
    ):
        raise InvalidBucketNameError(BucketName=name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


@limit("s3", "PutBucketPolicy")
def bucket_policies(request: Request) -> None:
    """S3 User Guide, 'Bucket policies': JSON, statements on this bucket, principals that exist."""
    text = request.params.get("Policy", "")
    document = parse(text)
    if document is None:
        raise MalformedPolicyError("Policies must be valid JSON and the first byte must be '{'")
    if len(text.encode()) > _POLICY_BYTES:
        raise PolicyTooLargeError
    found = statements(document)
    if not found or not all(isinstance(each, dict) and "Effect" in each for each in found):
        raise MalformedPolicyError("Missing required field Effect")
    for statement in found:
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise MalformedPolicyError("Missing required field Principal")
    if principals.unknown(document):
        raise MalformedPolicyError("Invalid principal in policy")
