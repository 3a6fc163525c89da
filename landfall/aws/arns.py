"""Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

AWS, IAM User Guide: 'Identify AWS resources with Amazon Resource Names (ARNs)'. A part may be a
wildcard, or a symbol for an account that does not exist yet.
"""

from __future__ import annotations


def arn_of(
    partition: str, service: str, resource: str, *, region: str = "", account: str = ""
) -> str:
    """Return the ARN of a resource; a global one has no region, some have no account either."""
    return f"arn:{partition}:{service}:{region}:{account}:{resource}"


def iam_arn(partition: str, account: str, resource: str) -> str:
    """Return the ARN of something in IAM: `role/NAME`, `user/PATH/NAME`, `root`."""
    return arn_of(partition, "iam", resource, account=account)


def managed_policy_arn(partition: str, name: str) -> str:
    """Return the ARN of a policy that AWS manages; `name` includes its path."""
    return iam_arn(partition, "aws", f"policy/{name}")


def bucket_arn(partition: str, bucket: str) -> str:
    """Return the ARN of an S3 bucket."""
    return arn_of(partition, "s3", bucket)


def in_partition(partition: str, rest: str) -> str:
    """Return the ARN of which `rest` follows the partition: `ec2:*:*:volume/*`."""
    return f"arn:{partition}:{rest}"
