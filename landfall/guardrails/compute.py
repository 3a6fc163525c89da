"""Guardrails for compute."""

from __future__ import annotations

from landfall.guardrails.statements import (
    SCP,
    Context,
    Guardrail,
    Parameter,
    Statement,
    deny,
)


def _require_imdsv2(context: Context) -> list[Statement]:
    """Deny instances with IMDSv1, and requests with credentials from IMDSv1.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    instances = context.arns("ec2:*:*:instance/*")
    return [
        deny(
            "RequireImdsV2AtLaunch",
            actions=["ec2:RunInstances"],
            resources=instances,
            conditions={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
        ),
        deny(
            "ProtectImdsV2",
            actions=["ec2:ModifyInstanceMetadataOptions"],
            resources=instances,
            conditions={"StringEquals": {"ec2:Attribute/HttpTokens": "optional"}},
        ),
        deny(
            "DenyCredentialsOfImdsV1",
            actions=["*"],
            conditions={"NumericLessThan": {"ec2:RoleDelivery": "2.0"}},
        ),
    ]


INSTANCE_TYPES = Parameter(
    "instanceTypes",
    "the instance types that stay open",
    r"[a-z0-9*?-]+\.[a-z0-9*?-]+",
    "t4g.*",
    needed=True,
)


def _restrict_instance_types(context: Context) -> list[Statement]:
    """Deny launching other types, and changing an instance to one.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ec2.html
    """
    types = context.value(INSTANCE_TYPES)
    return [
        deny(
            "DenyOtherInstanceTypes",
            actions=["ec2:RunInstances"],
            resources=context.arns("ec2:*:*:instance/*"),
            conditions={"StringNotLike": {"ec2:InstanceType": types}},
        ),
        deny(
            "DenyChangeToOtherInstanceTypes",
            actions=["ec2:ModifyInstanceAttribute"],
            resources=context.arns("ec2:*:*:instance/*"),
            conditions={
                "StringNotLike": {"ec2:Attribute/InstanceType": types},
                "Null": {"ec2:Attribute/InstanceType": "false"},
            },
        ),
    ]


GUARDRAILS = (
    Guardrail("require-imdsv2", SCP, "instances with IMDSv1", _require_imdsv2),
    Guardrail(
        "restrict-instance-types",
        SCP,
        "instances of types that are not named",
        _restrict_instance_types,
        (INSTANCE_TYPES,),
    ),
)
