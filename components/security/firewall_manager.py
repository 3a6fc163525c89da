"""The default administrator of AWS Firewall Manager, from the management account.

Only one region's API takes it, and the resource has no region of its own: `opts` has the provider
of that region.
https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_AssociateAdminAccount.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws


class FirewallManagerArgs(TypedDict):
    """The arguments of the administrator."""

    account_id: pulumi.Input[str]
    """The account, a member of the organization."""


class FirewallManager(pulumi.ComponentResource):
    """The account that administers Firewall Manager."""

    def __init__(
        self, name: str, args: FirewallManagerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:FirewallManager", name, None, opts)
        aws.fms.AdminAccount(
            name, account_id=args["account_id"], opts=pulumi.ResourceOptions(parent=self)
        )
        self.register_outputs({})
