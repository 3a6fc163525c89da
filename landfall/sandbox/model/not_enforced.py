"""Constraints of botocore's models that AWS does not enforce, each with a value that AWS accepts.

An entry needs a source: an AWS document, or a client that sends such values to AWS. A test checks
every entry against the installed models, and fails for an obsolete one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotEnforced:
    """One constraint (`pattern`, `min`, `max` or `enum`) of one shape.

    `accepted` is a value that AWS accepts and the constraint rejects.
    """

    service: str
    shape: str
    constraint: str
    accepted: str
    source: str


NOT_ENFORCED = (
    # The pattern requires a region or account. Terraform's AWS provider 6 sends bucket ARNs.
    NotEnforced(
        "s3control",
        "S3ResourceArn",
        "pattern",
        "arn:aws:s3:::amzn-s3-demo-bucket",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html: "
        "'for general purpose buckets'; their ARNs: "
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html",
    ),
    # The pattern only allows the partition `aws`.
    NotEnforced(
        "securityhub",
        "ResourceArn",
        "pattern",
        "arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:hub/default",
        "https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-arns.html",
    ),
)

_KNOWN = frozenset((entry.service, entry.shape, entry.constraint) for entry in NOT_ENFORCED)


def is_enforced(service: str, shape: str, constraint: str) -> bool:
    """Return whether AWS enforces a constraint of a shape."""
    return (service, shape, constraint) not in _KNOWN
