"""Amazon Macie: sessions, and the member accounts of the delegated administrator.

The organization does not add accounts by itself: each covered account is a member here, so that
settings can leave accounts out. Macie enables itself in a member of the organization, without an
invitation; the management account must have enabled it.
https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-members-add.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws


class MacieArgs(TypedDict):
    """The arguments of Macie in one account."""

    regions: list[str]
    """The regions."""
    publish: NotRequired[str]
    """How often to publish policy findings: `FIFTEEN_MINUTES`, `ONE_HOUR`, `SIX_HOURS`."""
    administered: NotRequired[bool]
    """Another account administers it."""


class Macie(pulumi.ComponentResource):
    """Macie in the future delegated administrator account, or in the management account."""

    def __init__(
        self, name: str, args: MacieArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:Macie", name, None, opts)
        left = ["findingPublishingFrequency"] if args.get("administered") else None
        for region in args["regions"]:
            aws.macie2.Account(
                f"{name}-{region}",
                finding_publishing_frequency=args.get("publish", "FIFTEEN_MINUTES"),
                status="ENABLED",
                region=region,
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=left),
            )
        self.register_outputs({})


class MemberAccountArgs(TypedDict):
    """An account of the organization that a service covers."""

    account_id: pulumi.Input[str]
    """Its id."""
    email: pulumi.Input[str]
    """Its e-mail address, to which nothing is sent."""


class MacieMembersArgs(TypedDict):
    """The arguments of the administrator's members."""

    regions: list[str]
    """The regions."""
    members: dict[str, MemberAccountArgs]
    """The accounts, by name."""


class MacieMembers(pulumi.ComponentResource):
    """Accounts whose Macie the delegated administrator enables and administers."""

    def __init__(
        self, name: str, args: MacieMembersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:MacieMembers", name, None, opts)
        for member, account in args["members"].items():
            for region in args["regions"]:
                aws.macie2.Member(
                    f"{name}-{member}-{region}",
                    account_id=account["account_id"],
                    email=account["email"],
                    region=region,
                    # Macie does not return the address of a member of the organization.
                    opts=pulumi.ResourceOptions(parent=self, ignore_changes=["email"]),
                )
        self.register_outputs({})
