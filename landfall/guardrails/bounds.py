"""Guardrails on principals and regions."""

from __future__ import annotations

from typing import Any

from landfall.guardrails.statements import (
    SCP,
    Context,
    Guardrail,
    Parameter,
    Statement,
    deny,
)


def _deny_all(context: Context) -> list[Statement]:
    """Deny everything except to the platform, which must still audit and close the account."""
    return [deny("DenyAll", actions=["*"], exempt=context.platform_roles)]


def _quarantine(context: Context) -> list[Statement]:
    """Deny any use of accounts that are directly in the root, except to the platform.

    AWS puts accounts there that others create or that accept an invitation.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    conditions = {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": ["o-*/r-*/ou-*"]}}
    return [
        deny("DenyOutsideUnits", actions=["*"], conditions=conditions, exempt=context.provisioner)
    ]


def _deny_leaving(_: Context) -> list[Statement]:
    actions = ["account:CloseAccount", "organizations:LeaveOrganization"]
    return [deny("DenyLeavingOrganization", actions=actions)]


def _deny_root(context: Context) -> list[Statement]:
    """Deny root users, except short root sessions that the organization opens.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
    """
    conditions: dict[str, dict[str, Any]] = {
        "ArnLike": {"aws:PrincipalArn": context.arns("iam::*:root")},
        "Null": {"aws:AssumedRoot": "true"},
    }
    return [deny("DenyRootUser", actions=["*"], conditions=conditions)]


# Services with one endpoint for the whole partition or with fixed ones, as Application Recovery
# Controller, and requests that a service serves for all regions, or a console sends to one:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
# https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html
# Control Tower also leaves Access Analyzer, ACM, AWS Config, KMS and WAF open, which are in each
# region. Certificates and web ACLs for CloudFront are in us-east-1: add that region.
GLOBAL = (
    "account:*",
    "activate:*",
    "artifact:*",
    "aws-marketplace-management:*",
    "aws-marketplace:*",
    "aws-portal:*",
    "bcm-dashboards:*",
    "bcm-data-exports:*",
    "bcm-pricing-calculator:*",
    "bcm-recommended-actions:*",
    "billing:*",
    "billingconductor:*",
    "budgets:*",
    "ce:*",
    "chatbot:*",
    "chime:*",
    "cloudfront:*",
    "cloudtrail:LookupEvents",
    "compute-optimizer:*",
    "consoleapp:*",
    "consolidatedbilling:*",
    "cost-optimization-hub:*",
    "cur:*",
    "customer-verification:*",
    "datapipeline:GetAccountLimits",
    "devicefarm:*",
    "directconnect:*",
    "ec2:DescribeRegions",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpnGateways",
    "ecr-public:*",
    "fms:*",
    "freetier:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "importexport:*",
    "invoicing:*",
    "iq:*",
    "license-manager:ListReceivedLicenses",
    "lightsail:Get*",
    "mapcredits:*",
    "mobileanalytics:*",
    "networkmanager:*",
    "notifications-contacts:*",
    "notifications:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "purchase-orders:*",
    "quicksight:DescribeAccountSubscription",
    "resource-explorer-2:*",
    "route53-recovery-cluster:*",
    "route53-recovery-control-config:*",
    "route53-recovery-readiness:*",
    "route53:*",
    "route53domains:*",
    "s3:CreateMultiRegionAccessPoint",
    "s3:DeleteMultiRegionAccessPoint",
    "s3:DescribeMultiRegionAccessPointOperation",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetMultiRegionAccessPoint*",
    "s3:GetStorageLensConfiguration",
    "s3:GetStorageLensDashboard",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "s3:ListStorageLensConfigurations",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutMultiRegionAccessPointPolicy",
    "s3:SubmitMultiRegionAccessPointRoutes",
    "savingsplans:*",
    "shield:*",
    "sso:*",
    "sts:*",
    "support:*",
    "supportapp:*",
    "supportplans:*",
    "sustainability:*",
    "tag:GetResources",
    "tax:*",
    "trustedadvisor:*",
    "vendor-insights:ListEntitledSecurityProfiles",
    "waf:*",
)


REGIONS = Parameter(
    "regions",
    "the regions that stay open, in place of the stack's",
    r"[a-z]{2}(-[a-z]+)+-\d",
    "eu-west-1",
)
SERVICES = Parameter(
    "exceptActions",
    "actions that stay open everywhere, beside those of global services",
    r"[a-z0-9-]+:[A-Za-z0-9*?]+",
    "bedrock:InvokeModel",
)


def _restrict_regions(context: Context) -> list[Statement]:
    """Deny other regions, except cleanup by the platform.

    The baseline is also in regions of the stack that the guardrail denies: its drift is read there.
    """
    regions = context.value(REGIONS, context.regions)
    readers = context.reading if set(context.regions) - set(regions) else []
    exempt = [*context.provisioner, *readers]
    conditions = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    but = sorted({*GLOBAL, *context.value(SERVICES)})
    return [deny("DenyOtherRegions", but=but, conditions=conditions, exempt=exempt)]


def _deny_iam_users(context: Context) -> list[Statement]:
    """Deny IAM users with passwords and keys; users use roles instead.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp
    """
    actions = [
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreateServiceSpecificCredential",
        "iam:CreateUser",
        "iam:PutUserPolicy",
        "iam:UpdateLoginProfile",
        "iam:UploadSSHPublicKey",
    ]
    return [deny("DenyIamUsers", actions=actions)]


GUARDRAILS = (
    Guardrail("deny-all", SCP, "any use, for suspended accounts", _deny_all),
    Guardrail(
        "deny-leaving-organization",
        SCP,
        "leaving the organization, and closing the account from inside",
        _deny_leaving,
    ),
    Guardrail(
        "quarantine-new-accounts",
        SCP,
        "any use of accounts that are in no unit, as those that others create or invite",
        _quarantine,
    ),
    Guardrail("deny-root-user", SCP, "use of the accounts' root users", _deny_root),
    Guardrail(
        "restrict-regions",
        SCP,
        "use of regions that the stack does not name",
        _restrict_regions,
        (REGIONS, SERVICES),
    ),
    Guardrail("deny-iam-users", SCP, "IAM users, their keys and their passwords", _deny_iam_users),
)
