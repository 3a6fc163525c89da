"""Guardrails against sharing with other organizations, the public and the internet."""

from __future__ import annotations

from landfall.guardrails.statements import (
    SCP,
    Context,
    Guardrail,
    Parameter,
    Statement,
    deny,
)


def _deny_external_sharing(_: Context) -> list[Statement]:
    """Deny external resource shares, public snapshots, and functions that everybody can invoke.

    No condition key identifies a request that makes an image public; `ec2-defaults` blocks it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ram.html
    """
    return [
        deny(
            "DenySharesWithOutsiders",
            actions=["ram:CreateResourceShare", "ram:UpdateResourceShare"],
            conditions={"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
        ),
        deny(
            "DenyPublicSnapshots",
            actions=["ec2:ModifySnapshotAttribute"],
            conditions={"StringEquals": {"ec2:Add/group": "all"}},
        ),
        deny(
            "DenyAdditionsToOutsidersShares",
            actions=["ram:AssociateResourceShare"],
            conditions={"Bool": {"ram:AllowsExternalPrincipals": "true"}},
        ),
        deny(
            "DenyFunctionsForEverybody",
            actions=["lambda:AddPermission"],
            conditions={"StringEquals": {"lambda:Principal": "*"}},
        ),
        deny(
            "DenyFunctionUrlsForEverybody",
            actions=[
                "lambda:AddPermission",
                "lambda:CreateFunctionUrlConfig",
                "lambda:UpdateFunctionUrlConfig",
            ],
            conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        ),
    ]


# Requests that share with an account, without a condition key that says with which:
# https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/service_control_policies
SHARING = (
    "appstream:UpdateImagePermissions",
    "auditmanager:StartAssessmentFrameworkShare",
    "cloud9:CreateEnvironmentMembership",
    "config:PutAggregationAuthorization",
    "directconnect:CreateDirectConnectGatewayAssociationProposal",
    "ds:ShareDirectory",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:EnableAddressTransfer",
    "ec2:ModifyFpgaImageAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyVpcEndpointServicePermissions",
    "fis:CreateTargetAccountConfiguration",
    "globalaccelerator:CreateCrossAccountAttachment",
    "guardduty:InviteMembers",
    "lakeformation:BatchGrantPermissions",
    "lakeformation:GrantPermissions",
    "macie2:CreateInvitations",
    "oam:CreateLink",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "redshift-serverless:PutResourcePolicy",
    "redshift:AuthorizeDataShare",
    "redshift:AuthorizeEndpointAccess",
    "redshift:AuthorizeSnapshotAccess",
    "securityhub:InviteMembers",
    "servicecatalog:CreatePortfolioShare",
    "servicecatalog:UpdatePortfolioShare",
    "ssm:ModifyDocumentPermission",
    "workspaces:UpdateWorkspaceImagePermission",
)
SHARED = Parameter(
    "exceptActions",
    "actions of it that stay open",
    "|".join(SHARING),
    "ec2:ModifyImageAttribute",
)


def _deny_account_sharing(context: Context) -> list[Statement]:
    """Deny sharing with single accounts, of the organization or not, except by the platform."""
    actions = [action for action in SHARING if action not in context.value(SHARED)]
    return [deny("DenySharingWithAccounts", actions=actions, exempt=context.provisioner)]


_WAYS_OUT = (
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AttachInternetGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateDefaultVpc",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInternetGateway",
    "ec2:CreateVpcPeeringConnection",
    "globalaccelerator:CreateAccelerator",
    "globalaccelerator:CreateCustomRoutingAccelerator",
)


def _deny_internet_access(context: Context) -> list[Statement]:
    """Deny connections between a network and the internet, except by the platform.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_vpc.html
    """
    return [deny("DenyInternetAccess", actions=_WAYS_OUT, exempt=context.provisioner)]


GUARDRAILS = (
    Guardrail(
        "deny-external-sharing",
        SCP,
        "sharing with outsiders, and snapshots and functions for everybody",
        _deny_external_sharing,
    ),
    Guardrail(
        "deny-account-sharing",
        SCP,
        "sharing images, snapshots, documents and other resources with single accounts",
        _deny_account_sharing,
        (SHARED,),
    ),
    Guardrail(
        "deny-internet-access",
        SCP,
        "gateways to the internet, and peering of networks",
        _deny_internet_access,
    ),
)
