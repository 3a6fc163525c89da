"""The organization and its accounts, from a stack's settings."""

from collections.abc import Iterator
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.account import Account, AccountArgs, DelegationArgs, enable_region
from components.landing_zone import policies, usable
from components.landing_zone.ground import Ground
from components.landing_zone.switched_off import refusal
from components.organization import Organization, OrganizationArgs
from components.providers import region_provider
from landfall.blueprint import symbols
from landfall.blueprint.parts import Part
from landfall.guardrails import trusted_access
from landfall.organization_policies import delegation
from landfall.settings import Account as AccountSettings
from landfall.settings import Stack, naming
from landfall.settings.organization_tree import ROOT


def acting_role(stack: Stack) -> str:
    """Return the role that the program assumes in member accounts."""
    return stack.organization.acting_role or stack.organization.account_role


class Foundation(Ground):
    """The organization and the accounts of one stack, each account with its provider."""

    accounts: dict[str, Account]

    def __init__(self, stack: Stack, part: Part) -> None:
        super().__init__(stack, part)
        self._stack = stack
        self._global: aws.Provider | None = None
        self.organization = self._organization()
        self.after = [self.organization]
        self.organization_id = self.organization.organization_id
        self.management_account_id = self.organization.management_account_id
        self.enabled = [
            enable_region(f"management-{region}", region, parent=self.organization)
            for region in stack.opt_in_regions
        ]
        self.values.know(symbols.ORGANIZATION, self.organization.organization_id)
        management_id = self.organization.management_account_id
        self.values.know(symbols.account(naming.MANAGEMENT), management_id)
        # A new account cannot be used in an opt-in home region yet.
        region = stack.global_region if stack.region in stack.opt_in_regions else stack.region
        self._usable = usable.awaited(stack.partition, region, acting_role(stack))
        self.accounts = {name: self._account(name) for name in stack.accounts}
        for name, account in self.accounts.items():
            self.values.know(symbols.account(name), account.account_id)
        self._resource_policy()

    def _resource_policy(self) -> None:
        """Create the organization's resource policy, if the stack delegates anything."""
        stack, settings = self._stack, self._stack.organization
        if not settings.delegated_policies and not settings.resource_policy:
            return
        accounts = {
            kind: pulumi.Output.all(*(self.accounts[name].account_id for name in names))
            for kind, names in settings.delegated_policies.items()
        }
        known = pulumi.Output.all(
            self.management_account_id,
            self.organization_id,
            self.organization.root_id,
            pulumi.Output.all(**accounts),
        )

        def content(values: list[Any]) -> str:
            management, organization, root, delegated = values
            own = delegation.of_types(stack.partition, delegated, management, organization, root)
            return delegation.document([*own, *settings.resource_policy])

        aws.organizations.ResourcePolicy(
            "organization-resource-policy",
            content=known.apply(content),
            opts=pulumi.ResourceOptions(parent=self.organization),
        )

    def in_global_region(self) -> pulumi.ResourceOptions:
        """Return the options for the management account in the region of global services.

        Its provider is created once; the home region needs no further one.
        """
        stack, options = self._stack, pulumi.ResourceOptions(depends_on=[self.organization])
        if stack.region == stack.global_region:
            return options
        if self._global is None:
            name = f"management-{stack.global_region}"
            self._global = region_provider(name, stack.global_region)
        return pulumi.ResourceOptions.merge(
            options, pulumi.ResourceOptions(providers=[self._global])
        )

    def _organization(self) -> Organization:
        settings = self._stack.organization
        services = {*(settings.trusted_services or ()), *trusted_access.services(self._stack)}
        args: dict[str, Any] = {
            "mode": settings.mode,
            "import_id": settings.id,
            "parent_id": settings.parent,
            "trusted_services": sorted(services),
            "policy_types": self._policy_types(),
            "units": [
                {
                    "path": path,
                    "external": unit.external,
                    **({"name": unit.name} if unit.name else {}),
                    **({"import_id": unit.id} if unit.id else {}),
                    **({"tags": unit.tags} if unit.tags else {}),
                }
                for path, unit in settings.walk()
            ],
            "central_root_access": settings.central_root_access,
            "policies": [*policies.packed(self._stack), *policies.of_documents(self._stack)],
        }
        given = {key: value for key, value in args.items() if value is not None}
        hooks = refusal("organization")
        return Organization("organization", cast(OrganizationArgs, given), hooks=hooks)

    def _policy_types(self) -> list[str]:
        """Return the types to enable: those of the settings, or those that are used."""
        settings = self._stack.organization
        if settings.policy_types is not None:
            return list(settings.policy_types)
        if settings.mode == "create":
            return policies.types(self._stack)
        return list(trusted_access.policy_types(self._stack))

    def _account(self, name: str) -> Account:
        settings, organization = self._stack.accounts[name], self._stack.organization
        # Units are created in tree order, so an account's unit already has its id.
        parent = (
            self.organization.top_id
            if settings.unit == ROOT
            else self.organization.units[settings.unit]
        )
        args: AccountArgs = {
            "email": settings.email,
            "account_name": settings.name or name,
            "parent_id": parent,
            "role_name": self._stack.account_role_of(name),
            "partition": self._stack.partition,
            "close_on_deletion": settings.close_on_deletion,
            "external": settings.external,
            "policies": dict(policies.of_account(self._stack, self.organization, name)),
            "delegations": list(self._delegations(name)),
            "opt_in_regions": self._opt_in_regions(settings),
            "default_tags": self._stack.tags,
            "tags": {**self._stack.tags, **settings.tags},
        }
        if organization.acting_role:
            args["acting_role"] = organization.acting_role
        if settings.id:
            args["import_id"] = settings.id
        # Root is where AWS creates an account, before it moves it.
        guards = self.organization.guards(settings.unit)
        return Account(name, args, after=guards, hooks=self._usable)

    def _opt_in_regions(self, settings: AccountSettings) -> list[str]:
        """Return the regions to enable in an account; one that others manage keeps its own."""
        suspended = self._stack.organization.around(settings.unit)
        if settings.external or any(unit.suspended for _, unit in suspended):
            return []
        return list(self._stack.opt_in_regions)

    def _delegations(self, name: str) -> Iterator[DelegationArgs]:
        stack = self._stack
        for service, accounts in stack.organization.delegated_administrators.items():
            if name in accounts:
                delegation: DelegationArgs = {"service": service}
                if import_id := stack.adopted.delegation(service, stack.accounts[name].id):
                    delegation["import_id"] = import_id
                yield delegation
