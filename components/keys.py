"""Renders keys of a blueprint as resources."""

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.keys import Key


def make_key(
    name: str, key: Key, inputs: Inputs, region: str, opts: pulumi.ResourceOptions
) -> aws.kms.Key:
    """Make a customer-managed key with its policy, and its alias where it has one."""
    made = aws.kms.Key(
        name,
        description=key.description,
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=inputs.document(key.statements),
        tags=None if key.alias is None else {"Name": key.alias},
        region=region,
        opts=opts,
    )
    if key.alias is not None:
        aws.kms.Alias(
            name,
            name=f"alias/{key.alias}",
            target_key_id=made.key_id,
            region=region,
            opts=opts,
        )
    return made
