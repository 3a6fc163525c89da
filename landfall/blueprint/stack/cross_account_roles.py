"""The access roles, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from landfall.aws.arns import iam_arn
from landfall.blueprint import symbols
from landfall.blueprint.roles import SIGN_IN, Assertions, CrossAccount, Policy, Tokens
from landfall.blueprint.stack.placed import Named, PlacedPolicy, PlacedRole
from landfall.blueprint.statements import managed_policy
from landfall.settings import keys, naming, repositories
from landfall.settings.cross_account_access import AccessRole
from landfall.settings.delivery import CodeCommitSource
from landfall.settings.source import Path
from landfall.settings.stack import Stack


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield each role of `landfall:access` in each account that has it."""
    for name, settings in stack.access.roles.items():
        for account in stack.holders(settings):
            role = described(stack, account, name).role()
            own = [policy_arn(stack, account, policy) for policy in settings.policies]
            managed = (*role.managed, *own, *_reviewed(stack, account, name))
            path = (keys.ACCESS, "roles", name)
            yield PlacedRole(account, stack.region, path, replace(role, managed=managed))


def described(stack: Stack, account: str, name: str) -> CrossAccount:
    """Return a role in one account, without customer managed policies."""
    settings = stack.access.roles[name]
    return CrossAccount(
        name,
        symbols.ORGANIZATION,
        [_arn(stack, each.account, f"role/{each.role}") for each in settings.principals],
        [statement.iam_json() for statement in settings.statements],
        description=settings.description,
        federated=list(_tokens(stack, account, settings)),
        services=settings.services,
        saml=[
            Assertions(saml_arn(stack, account, each), SIGN_IN[stack.partition])
            for each in settings.saml
        ],
        account_id=symbols.account(account),
        users=[_arn(stack, naming.MANAGEMENT, f"user/{user}") for user in settings.users],
        managed=tuple(_managed(stack, settings)),
        boundary=_boundary(stack, account, settings),
        session_hours=settings.session_hours,
    )


def boundaries(stack: Stack) -> Iterator[PlacedPolicy]:
    """Yield each permissions boundary in each account that needs it."""
    for account, name in dict.fromkeys(_bounded(stack)):
        if name in stack.access.boundaries:
            path = (keys.ACCESS, "boundaries", name)
            yield PlacedPolicy(account, path, boundary(stack, name))


def policies(stack: Stack) -> Iterator[PlacedPolicy]:
    """Yield each customer managed policy in each account that has it."""
    for name, settings in stack.access.policies.items():
        for account in holders_of_policy(stack, name):
            path = (keys.ACCESS, "policies", name)
            statements = [statement.iam_json() for statement in settings.statements]
            described = Policy(name, statements, description=settings.description)
            yield PlacedPolicy(account, path, described)


def holders_of_policy(stack: Stack, name: str) -> list[str]:
    """Return the accounts of a customer managed policy: its own, and those of its roles."""
    settings = stack.access.policies[name]
    with_role = [
        account
        for role in stack.access.roles.values()
        if name in role.policies
        for account in stack.holders(role)
    ]
    return stack.chosen([*settings.accounts, *with_role], settings.units)


def policy_arn(stack: Stack, account: str, name: str) -> str:
    """Return the ARN of a customer managed policy in an account."""
    return _arn(stack, account, f"policy/{naming.ROLE_PATH}{name}")


def saml_arn(stack: Stack, account: str, name: str) -> str:
    """Return the ARN of a SAML provider in an account."""
    return _arn(stack, account, f"saml-provider/{name}")


def saml_providers(stack: Stack) -> Iterator[Named]:
    """Yield the SAML providers, in each account with a role that trusts one."""
    found: dict[tuple[str, str], Path] = {}
    for name, role in stack.access.roles.items():
        for account in stack.holders(role):
            for provider in role.saml:
                found.setdefault((account, provider), (keys.ACCESS, "roles", name))
    for (account, provider), path in found.items():
        if provider in stack.access.saml_providers:
            yield Named("saml-provider", account, stack.global_region, provider, path)


def instance_profiles(stack: Stack) -> Iterator[Named]:
    """Yield the instance profiles, in each account with their role."""
    for name, role in stack.access.roles.items():
        for account in stack.holders(role) if role.instance_profile else ():
            path: Path = (keys.ACCESS, "roles", name)
            yield Named("instance-profile", account, stack.global_region, name, path)


def boundary(stack: Stack, name: str) -> Policy:
    """Return a permissions boundary, which is the same in every account."""
    settings = stack.access.boundaries[name]
    statements = [statement.iam_json() for statement in settings.statements]
    return Policy(name, statements, description=settings.description)


def oidc_providers(stack: Stack) -> Iterator[Named]:
    """Yield the OIDC providers, by host, in each account with a role that trusts one."""
    found: dict[tuple[str, str], Path] = {}
    for name, role in stack.access.roles.items():
        for account in stack.holders(role):
            for trusted in role.federated:
                if provider := stack.access.oidc_providers.get(trusted.provider):
                    path: Path = (keys.ACCESS, "roles", name)
                    found.setdefault((account, provider.host), path)
    for (account, host), path in found.items():
        yield Named("oidc-provider", account, stack.global_region, host, path)


def _bounded(stack: Stack) -> Iterator[tuple[str, str]]:
    for role in stack.access.roles.values():
        if role.boundary is not None:
            yield from ((account, role.boundary) for account in stack.holders(role))
    center = stack.access.identity_center
    for assignment in center.assignments if center else ():
        for account in stack.chosen(assignment.accounts, assignment.units):
            for name in assignment.permission_sets:
                permission_set = center.permission_sets.get(name) if center else None
                if permission_set is not None and permission_set.boundary is not None:
                    yield account, permission_set.boundary


def _arn(stack: Stack, account: str, resource: str) -> str:
    return iam_arn(stack.partition, symbols.account(account), resource)


def _managed(stack: Stack, settings: AccessRole) -> Iterator[str]:
    for policy in settings.managed_policies:
        yield managed_policy(stack.partition, policy)


def _boundary(stack: Stack, account: str, settings: AccessRole) -> str | None:
    if settings.boundary is None or settings.boundary.startswith("arn:"):
        return settings.boundary
    return _arn(stack, account, f"policy/{naming.ROLE_PATH}{settings.boundary}")


def _tokens(stack: Stack, account: str, settings: AccessRole) -> Iterator[Tokens]:
    for trusted in settings.federated:
        provider = stack.access.oidc_providers.get(trusted.provider)
        if provider is None:
            continue
        arn = _arn(stack, account, f"oidc-provider/{provider.host}")
        yield Tokens(arn, provider.host, provider.client_id, tuple(trusted.subjects))


def _reviewed(stack: Stack, account: str, role: str) -> Iterator[str]:
    """Yield the policies that deny contributors pushes to protected branches."""
    for name, application in stack.delivery.applications.items():
        review, source = application.review, application.source
        if not isinstance(source, CodeCommitSource) or review is None:
            continue
        if account == repositories.account(stack, source) and role in review.contributors:
            policy = naming.protected_branches(name)
            yield _arn(stack, account, f"policy/{naming.ROLE_PATH}{policy}")
