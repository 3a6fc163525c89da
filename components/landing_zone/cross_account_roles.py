"""The access roles of a stack, with boundaries and OIDC providers, from its settings."""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from components.cross_account_role import CrossAccountRole, CrossAccountRoleArgs
from components.landing_zone import arguments
from components.landing_zone.ground import Ground
from components.landing_zone.identity_center import make
from components.roles import make_policy
from landfall.blueprint.stack import cross_account_roles
from landfall.settings import Stack
from landfall.settings.cross_account_access import AccessRole


class Access:
    """The roles of a stack in its accounts, with their boundaries and OIDC providers."""

    def __init__(self, stack: Stack, foundation: Ground) -> None:
        self._stack, self._foundation = stack, foundation
        self._boundaries: dict[tuple[str, str], aws.iam.Policy] = {}
        self._saml: dict[tuple[str, str], aws.iam.SamlProvider] = {}
        self._providers: dict[tuple[str, str], aws.iam.OpenIdConnectProvider] = {}
        self._policies = dict(self._own_policies())
        self.roles = dict(self._roles())
        center = stack.access.identity_center
        if center is not None and foundation.part.closing:
            make(stack, center, foundation, self._boundary_of_user)
        elif center is not None:
            self._boundaries_of_users()

    def role_name(self, account: str, role: str) -> pulumi.Input[str]:
        """Return the name of a role in an account, which another part of the stack may create."""
        made = self.roles.get(f"{account}-{role}")
        return role if made is None else made.role_name

    def _boundary_of_user(self, account: str, name: str) -> pulumi.Resource | None:
        return self.boundary(account, name) if self._foundation.holds(account) else None

    def _boundaries_of_users(self) -> None:
        """Create the boundaries that permission sets of the closing stack need."""
        for placed in cross_account_roles.boundaries(self._stack):
            if self._foundation.holds(placed.account):
                self.boundary(placed.account, placed.policy.name)

    def _roles(self) -> Iterator[tuple[str, CrossAccountRole]]:
        for role_name, settings in self._stack.access.roles.items():
            for account in filter(self._foundation.holds, self._stack.holders(settings)):
                name = f"{account}-{role_name}"
                args = self._arguments(account, role_name, settings)
                account_id = self._stack.accounts[account].id
                args["adopt"] = self._stack.adopted.has_role(role_name, account_id)
                options = self._foundation.in_account(account)
                made = CrossAccountRole(name, args, opts=options)
                self._attach(account, name, settings, made)
                yield name, made

    def _own_policies(self) -> Iterator[tuple[tuple[str, str], aws.iam.Policy]]:
        for placed in cross_account_roles.policies(self._stack):
            account, described = placed.account, placed.policy
            if not self._foundation.holds(account):
                continue
            name = f"{account}-policy-{described.name}"
            values = self._foundation.values
            made = make_policy(name, described, values, self._alone_in(account))
            yield (account, described.name), made

    def _attach(
        self, account: str, name: str, settings: AccessRole, role: CrossAccountRole
    ) -> None:
        for policy in settings.policies:
            aws.iam.RolePolicyAttachment(
                f"{name}-policy-{policy}",
                role=role.role_name,
                policy_arn=self._policies[account, policy].arn,
                opts=self._alone_in(account),
            )

    def _arguments(
        self, account: str, role_name: str, settings: AccessRole
    ) -> CrossAccountRoleArgs:
        described = cross_account_roles.described(self._stack, account, role_name)
        args = arguments.of_role(described, self._foundation.values)
        # Providers and the boundary must exist before the role.
        for trusted, own in zip(settings.federated, args.get("federated", []), strict=True):
            own["provider_arn"] = self._provider(account, trusted.provider).arn
        for provider, own_saml in zip(settings.saml, args.get("saml", []), strict=True):
            own_saml["provider_arn"] = self._saml_provider(account, provider).arn
        if settings.instance_profile:
            args["instance_profile"] = True
        if settings.boundary in self._stack.access.boundaries:
            args["permissions_boundary"] = self.boundary(account, settings.boundary).arn
        elif settings.boundary is not None:
            args["permissions_boundary"] = settings.boundary
        return args

    def _provider(self, account: str, name: str) -> aws.iam.OpenIdConnectProvider:
        if (account, name) not in self._providers:
            settings = self._stack.access.oidc_providers[name]
            self._providers[account, name] = aws.iam.OpenIdConnectProvider(
                f"{account}-{name}",
                url=settings.url,
                client_id_lists=[settings.client_id],
                opts=self._alone_in(account),
            )
        return self._providers[account, name]

    def _saml_provider(self, account: str, name: str) -> aws.iam.SamlProvider:
        if (account, name) not in self._saml:
            self._saml[account, name] = aws.iam.SamlProvider(
                f"{account}-{name}",
                name=name,
                saml_metadata_document=self._stack.access.saml_providers[name].metadata,
                opts=self._alone_in(account),
            )
        return self._saml[account, name]

    def boundary(self, account: str, name: str) -> aws.iam.Policy:
        """Return a permissions boundary in an account; created on first use."""
        if (account, name) not in self._boundaries:
            described = cross_account_roles.boundary(self._stack, name)
            self._boundaries[account, name] = make_policy(
                f"{account}-{name}",
                described,
                self._foundation.values,
                self._alone_in(account),
            )
        return self._boundaries[account, name]

    def _alone_in(self, account: str) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(provider=self._foundation.accounts[account].provider)
