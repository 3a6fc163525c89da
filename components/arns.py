"""ARNs with a part that is known only during the update."""

from __future__ import annotations

import pulumi

from landfall.aws.arns import arn_of


def output_arn(
    partition: pulumi.Input[str],
    service: str,
    resource: pulumi.Input[str],
    *,
    region: pulumi.Input[str] = "",
    account: pulumi.Input[str] = "",
) -> pulumi.Output[str]:
    """Return the ARN of a resource; see `landfall.aws.arns.arn_of`."""
    return pulumi.Output.all(partition, resource, region, account).apply(
        lambda parts: arn_of(parts[0], service, parts[1], region=parts[2], account=parts[3])
    )
