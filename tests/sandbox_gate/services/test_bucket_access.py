"""Bucket policies on objects: conditions and principals."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, create_account, error_of

BUCKET = "guarded-bucket"


def _policy(**members: Any) -> str:
    statement = {"Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | members]})


@pytest.fixture
def s3(aws: Clients) -> Any:
    client = aws("s3", region="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="k", Body=b"x")
    return client


def test_bucket_policy_that_requires_tls_allows_callers(s3: Any) -> None:
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=_policy(Effect="Deny", Condition=insecure))
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"y")
    assert s3.head_object(Bucket=BUCKET, Key="k")["ContentLength"] == 1
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"y"


def test_bucket_policy_with_a_deny_denies(s3: Any) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=_policy(Effect="Deny", Action="s3:GetObject"))
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k")[0] == "AccessDenied"
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"y")


def test_object_with_another_encryption_is_denied(s3: Any) -> None:
    other = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    denial = _policy(Effect="Deny", Action="s3:PutObject", Condition=other)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=denial)
    put = {"Bucket": BUCKET, "Key": "k", "Body": b"y"}
    assert error_of(s3.put_object, **put)[0] == "AccessDenied"
    s3.put_object(**put, ServerSideEncryption="aws:kms")


def test_bucket_policy_can_allow_everyone(s3: Any, sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/{BUCKET}/k"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url)  # noqa: S310
    s3.put_bucket_policy(Bucket=BUCKET, Policy=_policy(Effect="Allow", Action="s3:GetObject"))
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert answer.read() == b"x"


def test_bucket_of_another_account_is_denied(s3: Any, aws: Clients, organization: Any) -> None:
    member = create_account(organization, "member")
    theirs = aws("s3", account=member, region="us-east-1")
    assert error_of(theirs.head_bucket, Bucket=BUCKET)[0] == "403"
    assert error_of(theirs.get_bucket_policy, Bucket=BUCKET)[0] == "AccessDenied"
    assert error_of(theirs.put_bucket_tagging, Bucket=BUCKET, Tagging={"TagSet": []})[0] == (
        "AccessDenied"
    )
    listing = {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"}
    principal = {"AWS": f"arn:aws:iam::{member}:root"}
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=_policy(Effect="Allow", Principal=principal, **listing)
    )
    theirs.head_bucket(Bucket=BUCKET)
    assert error_of(theirs.get_bucket_versioning, Bucket=BUCKET)[0] == "AccessDenied"


def test_wrong_expected_owner_is_denied(s3: Any) -> None:
    s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=MANAGEMENT)
    assert error_of(s3.head_bucket, Bucket=BUCKET, ExpectedBucketOwner="444455556666")[0] == "403"
