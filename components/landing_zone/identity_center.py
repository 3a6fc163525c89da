"""User access, from a stack's settings."""

from collections.abc import Callable, Iterator

import pulumi

from components.documents import document
from components.identity_center import (
    AssignmentArgs,
    GroupArgs,
    IdentityCenter,
    IdentityCenterArgs,
    PermissionSetArgs,
)
from components.landing_zone.ground import Ground
from landfall.aws.arns import arn_of
from landfall.blueprint.permission_sets import Assigned, PermissionSet
from landfall.blueprint.stack import identity_center
from landfall.settings import Stack
from landfall.settings.identity_center import IdentityCenter as Settings

Boundary = Callable[[str, str], pulumi.Resource | None]


def make(stack: Stack, settings: Settings, foundation: Ground, boundary: Boundary) -> None:
    """Create user access.

    `boundary` creates a permissions boundary in an account, if no other part of the stack does.
    """
    assignments = [
        _assignment(settings, name, each, foundation)
        for name, each in identity_center.assignments(stack, settings)
    ]
    # AWS requires the boundary in each account to which the set is assigned.
    bounded = [
        boundary(each["account"], name)
        for each in assignments
        if (name := settings.permission_sets[each["permission_set"]].boundary) is not None
        and name in stack.access.boundaries
    ]
    args: IdentityCenterArgs = {
        "instance_arn": arn_of(stack.partition, "sso", f"instance/{settings.instance}"),
        "identity_store_id": settings.identity_store,
        "region": settings.region or stack.region,
        "groups": dict(_groups(settings)),
        "permission_sets": {
            each.permission_set.name: _permission_set(each.permission_set)
            for each in identity_center.permission_sets(stack)
        },
        "assignments": assignments,
    }
    made = [each for each in dict.fromkeys(bounded) if each is not None]
    waits = [*foundation.after, *made]
    IdentityCenter("identity-center", args, opts=pulumi.ResourceOptions(depends_on=waits))


def _assignment(
    settings: Settings, permission_set: str, assigned: Assigned, foundation: Ground
) -> AssignmentArgs:
    args = AssignmentArgs(
        permission_set=permission_set,
        account=assigned.account,
        account_id=foundation.accounts[assigned.account].account_id,
    )
    if assigned.group is not None:
        args["group"] = assigned.group
    elif assigned.user is not None:
        args["user"], args["user_id"] = assigned.user, settings.users[assigned.user].id
    return args


def _groups(settings: Settings) -> Iterator[tuple[str, GroupArgs]]:
    for key, group in settings.groups.items():
        args: GroupArgs = {"name": group.name or key}
        if group.description:
            args["description"] = group.description
        if group.id is not None:
            args["group_id"] = group.id
        yield key, args


def _permission_set(described: PermissionSet) -> PermissionSetArgs:
    args: PermissionSetArgs = {
        "session_hours": described.session_hours,
        "managed_policy_arns": list(described.managed),
        "customer_managed_policies": list(described.customer_managed),
    }
    if described.description:
        args["description"] = described.description
    if described.statements:
        args["policy"] = document(described.statements)
    if described.boundary is not None:
        args["boundary"] = described.boundary
    if described.relay_state is not None:
        args["relay_state"] = described.relay_state
    return args
