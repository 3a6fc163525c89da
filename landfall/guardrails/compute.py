"""Guardrails for what runs."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny


def _require_imdsv2(context: Context) -> list[Statement]:
    """Deny instances that answer IMDSv1, and what was signed with credentials got by it.

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


GUARDRAILS = (Guardrail("require-imdsv2", SCP, "instances with IMDSv1", _require_imdsv2),)
