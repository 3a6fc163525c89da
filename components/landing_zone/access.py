"""The roles across accounts, and what they need beside them, from a stack's settings."""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from components.access import CrossAccountRole, CrossAccountRoleArgs, FederatedPrincipalArgs
from components.documents import document
from components.landing_zone.foundation import Foundation
from components.landing_zone.identity_center import make
from landfall.aws.arns import managed_policy_arn
from landfall.settings import Stack, naming
from landfall.settings.cross_account_access import AccessRole


class Access:
    """The roles of a stack in its accounts, with their boundaries and OIDC providers."""

    def __init__(self, stack: Stack, foundation: Foundation) -> None:
        self._stack, self._foundation = stack, foundation
        self._boundaries: dict[tuple[str, str], aws.iam.Policy] = {}
        self._providers: dict[tuple[str, str], aws.iam.OpenIdConnectProvider] = {}
        self.roles = dict(self._roles())
        center = stack.access.identity_center
        if center is not None:
            make(stack, center, foundation, self.boundary)

    def _roles(self) -> Iterator[tuple[str, CrossAccountRole]]:
        for role_name, settings in self._stack.access.roles.items():
            for account in self._stack.holders(settings):
                name = f"{account}-{role_name}"
                args = self._arguments(account, role_name, settings)
                account_id = self._stack.accounts[account].id
                args["adopt"] = self._stack.adopted.has_role(role_name, account_id)
                options = self._foundation.in_account(account)
                yield name, CrossAccountRole(name, args, opts=options)

    def _arguments(
        self, account: str, role_name: str, settings: AccessRole
    ) -> CrossAccountRoleArgs:
        args: CrossAccountRoleArgs = {
            "role_name": role_name,
            "description": settings.description,
            "organization_id": self._foundation.organization.organization_id,
            "trusted_role_arns": [
                self._foundation.role_arn(principal.account, principal.role)
                for principal in settings.principals
            ],
            "require_mfa": settings.require_mfa,
            "session_hours": settings.session_hours,
            "managed_policy_arns": [
                policy
                if policy.startswith("arn:")
                else managed_policy_arn(self._stack.partition, policy)
                for policy in settings.managed_policies
            ],
        }
        if settings.federated:
            args["federated"] = list(self._federated(account, settings))
        if settings.boundary is not None:
            args["permissions_boundary"] = self.boundary(account, settings.boundary).arn
        if settings.statements:
            args["policy"] = document([statement.iam_json() for statement in settings.statements])
        return args

    def _federated(self, account: str, settings: AccessRole) -> Iterator[FederatedPrincipalArgs]:
        for trusted in settings.federated:
            provider = self._stack.access.oidc_providers[trusted.provider]
            yield {
                "provider_arn": self._provider(account, trusted.provider).arn,
                "host": provider.host,
                "audience": provider.client_id,
                "subjects": list(trusted.subjects),
            }

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

    def boundary(self, account: str, name: str) -> aws.iam.Policy:
        """Return a permissions boundary in an account, made where it is first needed."""
        if (account, name) not in self._boundaries:
            settings = self._stack.access.boundaries[name]
            self._boundaries[account, name] = aws.iam.Policy(
                f"{account}-{name}",
                name=name,
                path=f"/{naming.ROLE_PATH}",
                description=settings.description,
                policy=document([statement.iam_json() for statement in settings.statements]),
                opts=self._alone_in(account),
            )
        return self._boundaries[account, name]

    def _alone_in(self, account: str) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(provider=self._foundation.accounts[account].provider)
