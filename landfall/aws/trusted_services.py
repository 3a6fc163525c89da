"""Service principals of the services that work with AWS Organizations, as of 2026-11-30.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
AWS adds services, so the list finds misspellings and refuses nothing else.
"""

from __future__ import annotations

import re
from typing import Final

SUFFIX: Final = ".amazonaws.com"
PRINCIPAL: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
STACK_SETS: Final = f"member.org.stacksets.cloudformation{SUFFIX}"
"""CloudFormation StackSets. Its access to the organization has an enabling call of its own.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ActivateOrganizationsAccess.html
"""
UNRECOGNIZED: Final = {f"stacksets.cloudformation{SUFFIX}": STACK_SETS}
"""Principals of AWS's documents that the API refuses, with those that it takes.

https://github.com/pepperize/cdk-organizations/issues/1718
"""
KNOWN: Final = frozenset(
    f"{name}{SUFFIX}"
    for name in (
        "access-analyzer",
        "account",
        "auditmanager",
        "aws-artifact-account-sync",
        "backup",
        "cloudtrail",
        "compute-optimizer",
        "config",
        "config-multiaccountsetup",
        "controltower",
        "cost-optimization-hub.bcm",
        "detective",
        "devops-guru",
        "ds",
        "ec2",
        "fms",
        "guardduty",
        "health",
        "iam",
        "inspector2",
        "ipam",
        "license-management.marketplace",
        "license-manager",
        "license-manager-linux-subscriptions",
        "license-manager.member-account",
        "macie",
        "malware-protection.guardduty",
        "member.org.stacksets.cloudformation",
        "mgn",
        "networkmanager",
        "notifications",
        "observabilityadmin",
        "opsdatasync.ssm",
        "private-marketplace.marketplace",
        "ram",
        "reachabilityanalyzer.networkinsights",
        "reporting.trustedadvisor",
        "resource-explorer-2",
        "securityhub",
        "securitylake",
        "security-ir",
        "servicecatalog",
        "servicequotas",
        "sso",
        "ssm",
        "ssm-quicksetup",
        "storage-lens.s3",
        "tagpolicies.tag",
        "wellarchitected",
    )
)
