"""ARNs have the form that AWS documents, in every partition."""

from __future__ import annotations

import pytest

from landfall.aws.arns import arn_of, bucket_arn, iam_arn, in_partition, managed_policy_arn


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_arn_of_each_kind_has_the_documented_form(partition: str) -> None:
    region, account = "eu-west-1", "111122223333"
    queue = arn_of(partition, "sqs", "orders", region=region, account=account)
    assert queue == f"arn:{partition}:sqs:eu-west-1:111122223333:orders"
    assert iam_arn(partition, account, "root") == f"arn:{partition}:iam::111122223333:root"
    assert bucket_arn(partition, "logs") == f"arn:{partition}:s3:::logs"
    policy = managed_policy_arn(partition, "service-role/AWSConfigRole")
    assert policy == f"arn:{partition}:iam::aws:policy/service-role/AWSConfigRole"
    assert in_partition(partition, "ec2:*:*:volume/*") == f"arn:{partition}:ec2:*:*:volume/*"
