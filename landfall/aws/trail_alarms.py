"""The metric filters and alarms that the CIS benchmark wants on an organization's trail.

The patterns are those of Security Hub's controls CloudWatch.1 to CloudWatch.14, which search for
exactly them, and of CIS AWS Foundations Benchmark v5.0.0, 4.15.
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TrailAlarm:
    """What an alarm counts: a filter pattern of CloudWatch Logs, and the control it answers."""

    pattern: str
    control: str


def _names(*names: str) -> str:
    return " || ".join(f"($.eventName={name})" for name in names)


def _of(source: str, *names: str) -> str:
    return f"{{($.eventSource={source}.amazonaws.com) && ({_names(*names)})}}"


def _any(*names: str) -> str:
    return f"{{{_names(*names)}}}"


TRAIL_ALARMS: Final[dict[str, TrailAlarm]] = {
    "root-use": TrailAlarm(
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType !="AwsServiceEvent"}',
        "CloudWatch.1",
    ),
    "unauthorized-calls": TrailAlarm(
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
        "CloudWatch.2",
    ),
    "sign-in-without-mfa": TrailAlarm(
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
        "CloudWatch.3",
    ),
    "iam-policy-changes": TrailAlarm(
        _any(
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
        "CloudWatch.4",
    ),
    "trail-changes": TrailAlarm(
        _any("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
        "CloudWatch.5",
    ),
    "failed-sign-ins": TrailAlarm(
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
        "CloudWatch.6",
    ),
    "key-deletions": TrailAlarm(_of("kms", "DisableKey", "ScheduleKeyDeletion"), "CloudWatch.7"),
    "bucket-policy-changes": TrailAlarm(
        _of(
            "s3",
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ),
        "CloudWatch.8",
    ),
    "config-changes": TrailAlarm(
        _of(
            "config",
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ),
        "CloudWatch.9",
    ),
    "security-group-changes": TrailAlarm(
        _any(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
        "CloudWatch.10",
    ),
    "network-acl-changes": TrailAlarm(
        _any(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
        "CloudWatch.11",
    ),
    "gateway-changes": TrailAlarm(
        _any(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
        "CloudWatch.12",
    ),
    "route-table-changes": TrailAlarm(
        _any(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ),
        "CloudWatch.13",
    ),
    "vpc-changes": TrailAlarm(
        _any(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
        "CloudWatch.14",
    ),
    "organization-changes": TrailAlarm(
        _of(
            "organizations",
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            "UpdateOrganizationalUnit",
        ),
        "CIS 4.15",
    ),
}
"""The alarms by name."""
