"""The permission sets of IAM Identity Center, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.permission_sets import Assigned, PermissionSet
from landfall.blueprint.stack.placed import PlacedSet
from landfall.blueprint.statements import managed_policy
from landfall.settings import identity_center, keys, naming
from landfall.settings.stack import Stack


def permission_sets(stack: Stack) -> Iterator[PlacedSet]:
    """Yield each permission set, with who has it in which accounts."""
    center = stack.access.identity_center
    if center is None:
        return
    assigned = list(assignments(stack, center))
    for name, settings in center.permission_sets.items():
        found = PermissionSet(
            name,
            settings.description or None,
            [statement.iam_json() for statement in settings.statements],
            tuple(managed_policy(stack.partition, each) for each in settings.managed_policies),
            tuple(settings.customer_managed_policies),
            _boundary(settings),
            settings.session_hours,
            settings.relay_state,
            tuple(each for given, each in assigned if given == name),
        )
        path = (keys.ACCESS, "identityCenter", "permissionSets", name)
        yield PlacedSet(center.region or stack.region, path, found)


def _boundary(settings: identity_center.PermissionSet) -> str | None:
    name = settings.boundary
    return name if name is None or name.startswith("arn:") else f"{naming.ROLE_PATH}{name}"


def assignments(
    stack: Stack, center: identity_center.IdentityCenter
) -> Iterator[tuple[str, Assigned]]:
    """Yield the name of a permission set, and who has it in an account."""
    for assignment in center.assignments:
        for account in stack.chosen(assignment.accounts, assignment.units):
            for name in assignment.permission_sets:
                yield name, Assigned(assignment.group, account, assignment.user)
