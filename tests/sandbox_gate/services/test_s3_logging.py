"""Access logs need a bucket policy that allows the logging service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox_gate.conftest import Sandbox

LOGGING = {"LoggingEnabled": {"TargetBucket": "logs-of-artifacts", "TargetPrefix": "artifacts/"}}


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    s3 = sandbox.client("s3")
    for name in ("artifacts-with-logs", "logs-of-artifacts"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return s3


def _policy(principal: Any) -> str:
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::logs-of-artifacts/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["s3:PutObject"],
            "Resource": ["arn:aws:s3:::logs-of-artifacts/*"],
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_bucket_without_a_policy_for_logging_is_refused(s3: Any) -> None:
    s3.put_bucket_policy(
        Bucket="logs-of-artifacts", Policy=_policy({"Service": "cloudtrail.amazonaws.com"})
    )
    with pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="artifacts-with-logs", BucketLoggingStatus=LOGGING)


def test_a_list_of_services_and_actions_is_as_good_as_one(s3: Any) -> None:
    s3.put_bucket_policy(
        Bucket="logs-of-artifacts", Policy=_policy({"Service": ["logging.s3.amazonaws.com"]})
    )
    s3.put_bucket_logging(Bucket="artifacts-with-logs", BucketLoggingStatus=LOGGING)
    kept = s3.get_bucket_logging(Bucket="artifacts-with-logs")["LoggingEnabled"]
    assert kept["TargetBucket"] == "logs-of-artifacts"
