"""The aliases of accounts, in their sign-in URLs."""

import pulumi
import pulumi_aws as aws

from components.landing_zone.ground import Ground
from landfall.blueprint.stack import aliases
from landfall.settings import Stack, naming


def name_accounts(stack: Stack, foundation: Ground) -> None:
    """Create the alias of each account that has one; AWS replaces an earlier alias."""
    for account, alias in aliases.of_accounts(stack).items():
        management = account == naming.MANAGEMENT
        if not (foundation.part.foundation if management else foundation.holds(account)):
            continue
        provider = None if management else foundation.accounts[account].provider
        aws.iam.AccountAlias(
            "management-alias" if management else f"{account}-alias",
            account_alias=alias,
            opts=pulumi.ResourceOptions(provider=provider),
        )
