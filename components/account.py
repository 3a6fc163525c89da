"""A member account of the organization, and the provider that acts in it.

Does not close the account when it leaves the program: it is protected, and its removal from the
organization is a decision of its own (`close_on_deletion`).
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.providers import account_provider


class AccountArgs(TypedDict):
    """What makes a member account."""

    email: pulumi.Input[str]
    """The root user's e-mail address; unique in all of AWS."""
    account_name: NotRequired[str]
    """The name shown in the organization; the component's name where it is left out."""
    parent_id: pulumi.Input[str]
    """The organizational unit (`ou-…`) or root (`r-…`) it stands in; a change moves it in place."""
    role_name: NotRequired[str]
    """The role that the management account assumes; AWS makes it with the account."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    close_on_deletion: NotRequired[bool]
    """Close the account when it leaves the program; otherwise it is protected."""
    import_id: NotRequired[str]
    """The id of an existing account to take over."""
    tags: NotRequired[dict[str, str]]
    """Tags of the account in the organization."""
    default_tags: NotRequired[dict[str, str]]
    """Tags of everything that the account's provider makes."""


class Account(pulumi.ComponentResource):
    """A member account; `provider` acts in it through the account's access role."""

    account_id: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:account:Account", name, None, opts)
        role_name = args.get("role_name", "OrganizationAccountAccessRole")
        close = args.get("close_on_deletion", False)
        account = aws.organizations.Account(
            name,
            name=args.get("account_name", name),
            email=args["email"],
            parent_id=args["parent_id"],
            role_name=role_name,
            close_on_deletion=close,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=not close,
                import_=args.get("import_id"),
                # AWS tells neither after creation, and both would replace the account.
                ignore_changes=["roleName", "iamUserAccessToBilling"],
            ),
        )
        self.account_id = account.id
        self.arn = account.arn
        self.provider = account_provider(
            name,
            account_id=account.id,
            role_name=role_name,
            partition=args.get("partition", "aws"),
            tags=args.get("default_tags", {}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"account_id": self.account_id, "arn": self.arn})
