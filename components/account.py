"""A member account of the organization, and the provider for it.

Does not close the account when it is removed from the program: it is protected, and closing it
is a separate decision (`close_on_deletion`). Never replaces an account: changes of
its e-mail address and its role's name are ignored.
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.providers import account_provider


class AccountPolicyArgs(TypedDict):
    """A policy attached to the account itself."""

    policy_id: pulumi.Input[str]
    """The policy's id (`p-…`)."""
    import_id: NotRequired[str]
    """The import id (`ACCOUNT:POLICY`) of an existing attachment."""


class DelegationArgs(TypedDict):
    """A service that the account administers for the organization."""

    service: str
    """The service's principal, as in `guardduty.amazonaws.com`; it must have trusted access."""
    import_id: NotRequired[str]
    """The import id (`ACCOUNT/SERVICE`) of an existing registration."""


class AccountArgs(TypedDict):
    """The arguments of a member account."""

    email: pulumi.Input[str]
    """The root user's e-mail address, used for creation; unique across AWS."""
    account_name: NotRequired[str]
    """The name in the organization. Default: the component's name. A change
    renames it in place, by trusted access for `account.amazonaws.com`."""
    parent_id: pulumi.Input[str]
    """The parent unit (`ou-…`) or root (`r-…`); a change moves the account in place."""
    role_name: NotRequired[str]
    """The role that the management account assumes; AWS creates it with the account."""
    acting_role: NotRequired[str]
    """The role, with its path, that `provider` assumes. Default: `role_name`."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    close_on_deletion: NotRequired[bool]
    """Close the account when it is removed from the program; otherwise it is protected."""
    import_id: NotRequired[str]
    """The id of an existing account to adopt."""
    external: NotRequired[bool]
    """The account is managed elsewhere: it is read by its id, `import_id`, and not changed."""
    policies: NotRequired[dict[str, AccountPolicyArgs]]
    """Organization policies attached only to this account, by name."""
    opt_in_regions: NotRequired[list[str]]
    """Regions to enable before anything is created in the account; they stay enabled."""
    delegations: NotRequired[list[DelegationArgs]]
    """Services of which it is a delegated administrator."""
    tags: NotRequired[dict[str, str]]
    """Tags of the account in the organization."""
    default_tags: NotRequired[dict[str, str]]
    """Default tags of the account's provider."""


class Account(pulumi.ComponentResource):
    """A member account; `provider` assumes the account's access role.

    The account's own policies are attached before anything is created in it.
    """

    account_id: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: AccountArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        after: Sequence[pulumi.Resource] = (),
        hooks: pulumi.ResourceHookBinding | None = None,
    ) -> None:
        """`after` are resources that must exist before the account is created or moved, and `hooks`
        those of the account resource; only a Python program can have them.
        """
        super().__init__("landfall:account:Account", name, None, opts)
        self._after, self._hooks = list(after), hooks
        self._guards: list[pulumi.Resource] = []
        self._resource_name = name
        self._args = args
        self._provider: aws.Provider | None = None
        account = self._account()
        self.account_id = account.id
        self.arn = account.arn
        for policy, attached in args.get("policies", {}).items():
            made = aws.organizations.PolicyAttachment(
                f"{name}/{policy}",
                policy_id=attached["policy_id"],
                target_id=account.id,
                opts=pulumi.ResourceOptions(parent=self, import_=attached.get("import_id")),
            )
            self._guards.append(made)
        for region in args.get("opt_in_regions", []):
            self._guards.append(enable_region(f"{name}-{region}", region, account.id, parent=self))
        for delegation in args.get("delegations", []):
            import_id = delegation.get("import_id")
            aws.organizations.DelegatedAdministrator(
                f"{name}/{delegation['service']}",
                account_id=account.id,
                service_principal=delegation["service"],
                opts=pulumi.ResourceOptions(
                    parent=self, import_=import_id, protect=import_id is not None
                ),
            )
        self.register_outputs({"account_id": self.account_id, "arn": self.arn})

    @property
    def provider(self) -> aws.Provider:
        """The provider for the account; created on first use.

        A provider is a process and assumes the account's role. An account without resources
        needs neither, and an invited account may not have the role.
        """
        if self._provider is None:
            self._provider = account_provider(
                self._resource_name,
                account_id=self.account_id,
                role_name=self._args.get("acting_role", self._role_name),
                partition=self._args.get("partition", "aws"),
                tags=self._args.get("default_tags", {}),
                opts=pulumi.ResourceOptions(parent=self, depends_on=self._guards),
            )
        return self._provider

    @property
    def _role_name(self) -> str:
        return self._args.get("role_name", "OrganizationAccountAccessRole")

    def _account(self) -> aws.organizations.Account:
        args, name = self._args, self._resource_name
        if args.get("external"):
            return aws.organizations.Account.get(
                name, args["import_id"], opts=pulumi.ResourceOptions(parent=self)
            )
        close = args.get("close_on_deletion", False)
        return aws.organizations.Account(
            name,
            name=args.get("account_name", name),
            email=args["email"],
            parent_id=args["parent_id"],
            role_name=self._role_name,
            close_on_deletion=close,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=not close,
                import_=args.get("import_id"),
                depends_on=self._after,
                hooks=self._hooks,
                # Each would replace the account. AWS never returns the last two after creation, and
                # changes an e-mail address only with a code that it sends there.
                ignore_changes=["email", "roleName", "iamUserAccessToBilling"],
            ),
        )


def enable_region(
    name: str,
    region: str,
    account_id: pulumi.Input[str] | None = None,
    *,
    parent: pulumi.Resource,
) -> aws.account.Region:
    """Enable a region in an account; without an id, in the caller's.

    It takes minutes, and stays enabled: disabling a region hides what is in it, while AWS charges.
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    """
    return aws.account.Region(
        name,
        account_id=account_id,
        region_name=region,
        enabled=True,
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )
