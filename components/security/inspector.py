"""Amazon Inspector in the accounts of the organization, by the delegated administrator.

The organization does not enable new accounts by itself: each covered account is enabled here, so
that settings can choose its scans.
https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws


class ScannedAccountArgs(TypedDict):
    """An account that Inspector scans."""

    account_id: pulumi.Input[str]
    """Its id."""
    scans: list[str]
    """What is scanned: `EC2`, `ECR`, `LAMBDA`, `LAMBDA_CODE`."""
    administrator: NotRequired[bool]
    """It is the administrator, which is no member of itself."""


class InspectorArgs(TypedDict):
    """The arguments of Inspector."""

    regions: list[str]
    """The regions."""
    accounts: dict[str, ScannedAccountArgs]
    """The accounts, by name."""


class Inspector(pulumi.ComponentResource):
    """Inspector's members, and what it scans in each."""

    def __init__(
        self, name: str, args: InspectorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:Inspector", name, None, opts)
        for account, settings in args["accounts"].items():
            for region in args["regions"]:
                self._account(f"{name}-{account}-{region}", settings, region)
        self.register_outputs({})

    def _account(self, name: str, settings: ScannedAccountArgs, region: str) -> None:
        child = pulumi.ResourceOptions(parent=self)
        if not settings.get("administrator", False):
            member = aws.inspector2.MemberAssociation(
                name, account_id=settings["account_id"], region=region, opts=child
            )
            child = pulumi.ResourceOptions(parent=self, depends_on=[member])
        aws.inspector2.Enabler(
            name,
            account_ids=[settings["account_id"]],
            resource_types=settings["scans"],
            region=region,
            opts=child,
        )
