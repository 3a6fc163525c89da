"""The roles across accounts, from a stack's settings."""

from collections.abc import Iterator

from components.access import CrossAccountRole, CrossAccountRoleArgs
from components.documents import document
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack
from landfall.settings.access import AccessRole


def roles(stack: Stack, foundation: Foundation) -> Iterator[tuple[str, CrossAccountRole]]:
    """Make every role in every account that it is for; yield it under its name in the stack."""
    for role_name, settings in stack.access.roles.items():
        for account in _holders(stack, settings):
            name = f"{account}-{role_name}"
            args = _arguments(stack, foundation, role_name, settings)
            args["adopt"] = stack.adopted.has_role(role_name, stack.accounts[account].id)
            yield name, CrossAccountRole(name, args, opts=foundation.in_account(account))


def _holders(stack: Stack, role: AccessRole) -> list[str]:
    if not role.accounts and not role.units:
        return list(stack.accounts)
    chosen = {*role.accounts}
    for unit in role.units:
        chosen.update(stack.accounts_in(unit))
    return [name for name in stack.accounts if name in chosen]


def _arguments(
    stack: Stack, foundation: Foundation, role_name: str, settings: AccessRole
) -> CrossAccountRoleArgs:
    args: CrossAccountRoleArgs = {
        "role_name": role_name,
        "description": settings.description,
        "organization_id": foundation.organization.organization_id,
        "trusted_role_arns": [
            foundation.role_arn(principal.account, principal.role)
            for principal in settings.principals
        ],
        "require_mfa": settings.require_mfa,
        "session_hours": settings.session_hours,
        "managed_policy_arns": [
            policy
            if policy.startswith("arn:")
            else f"arn:{stack.partition}:iam::aws:policy/{policy}"
            for policy in settings.managed_policies
        ],
    }
    if settings.statements:
        args["policy"] = document([statement.iam_json() for statement in settings.statements])
    return args
