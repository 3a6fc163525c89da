"""Guardrails against sharing with other organizations, the public and the internet."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny


def _deny_external_sharing(_: Context) -> list[Statement]:
    """Deny external resource shares and public snapshots.

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
    ]


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
        "sharing with outsiders, and snapshots for everybody",
        _deny_external_sharing,
    ),
    Guardrail(
        "deny-internet-access",
        SCP,
        "gateways to the internet, and peering of networks",
        _deny_internet_access,
    ),
)
