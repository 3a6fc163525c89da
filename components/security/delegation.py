"""Delegate the security services to one account, from the management account.

If a service has its own API for this, AWS requires that API: it also creates what the
service needs. GuardDuty, Macie, Inspector and Detective are delegated in each region. AWS
enables a delegated service in that account, so this program creates its resources there
first.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws


class SecurityDelegationArgs(TypedDict):
    """The arguments of the delegation."""

    account_id: pulumi.Input[str]
    """The delegated administrator account."""
    region: str
    """The region of Security Hub's central configuration."""
    cloudtrail: NotRequired[bool]
    """CloudTrail."""
    security_hub: NotRequired[bool]
    """Security Hub."""
    guardduty_regions: NotRequired[list[str]]
    """The regions of GuardDuty."""
    macie_regions: NotRequired[list[str]]
    """The regions of Macie."""
    inspector_regions: NotRequired[list[str]]
    """The regions of Inspector."""
    detective_regions: NotRequired[list[str]]
    """The regions of Detective."""
    services: NotRequired[list[str]]
    """Services that AWS Organizations delegates, by principal, as in `config.amazonaws.com`."""


class SecurityDelegation(pulumi.ComponentResource):
    """The delegated administrator of the organization's security services."""

    def __init__(
        self, name: str, args: SecurityDelegationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:SecurityDelegation", name, None, opts)
        account, child = args["account_id"], pulumi.ResourceOptions(parent=self)
        if args.get("cloudtrail", False):
            aws.cloudtrail.OrganizationDelegatedAdminAccount(
                f"{name}-cloudtrail", account_id=account, opts=child
            )
        if args.get("security_hub", False):
            aws.securityhub.OrganizationAdminAccount(
                f"{name}-securityhub", admin_account_id=account, region=args["region"], opts=child
            )
        for region in args.get("guardduty_regions", []):
            aws.guardduty.OrganizationAdminAccount(
                f"{name}-guardduty-{region}", admin_account_id=account, region=region, opts=child
            )
        self._by_region(name, args, child)
        for service in args.get("services", []):
            aws.organizations.DelegatedAdministrator(
                f"{name}-{service}", account_id=account, service_principal=service, opts=child
            )
        self.register_outputs({})

    @staticmethod
    def _by_region(name: str, args: SecurityDelegationArgs, child: pulumi.ResourceOptions) -> None:
        """Delegate the services whose administrator is set in each region."""
        account = args["account_id"]
        for region in args.get("macie_regions", []):
            aws.macie2.OrganizationAdminAccount(
                f"{name}-macie-{region}", admin_account_id=account, region=region, opts=child
            )
        for region in args.get("inspector_regions", []):
            aws.inspector2.DelegatedAdminAccount(
                f"{name}-inspector-{region}", account_id=account, region=region, opts=child
            )
        for region in args.get("detective_regions", []):
            aws.detective.OrganizationAdminAccount(
                f"{name}-detective-{region}", account_id=account, region=region, opts=child
            )
