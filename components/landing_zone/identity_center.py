"""People's access, from a stack's settings."""

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
from components.landing_zone.foundation import Foundation
from landfall.aws.arns import arn_of, managed_policy_arn
from landfall.settings import Stack, naming
from landfall.settings.identity_center import IdentityCenter as Settings
from landfall.settings.identity_center import PermissionSet

Boundary = Callable[[str, str], pulumi.Resource]


def make(stack: Stack, settings: Settings, foundation: Foundation, boundary: Boundary) -> None:
    """Make what people get; `boundary` makes a permissions boundary in an account."""
    assignments = list(_assignments(stack, settings, foundation))
    # AWS looks for a boundary in each account to which its set is assigned.
    bounded = [
        boundary(each["account"], name)
        for each in assignments
        if (name := settings.permission_sets[each["permission_set"]].boundary) is not None
    ]
    args: IdentityCenterArgs = {
        "instance_arn": arn_of(stack.partition, "sso", f"instance/{settings.instance}"),
        "identity_store_id": settings.identity_store,
        "region": settings.region or stack.region,
        "groups": dict(_groups(settings)),
        "permission_sets": {
            name: _permission_set(stack, it) for name, it in settings.permission_sets.items()
        },
        "assignments": assignments,
    }
    waits = [foundation.organization, *dict.fromkeys(bounded)]
    IdentityCenter("identity-center", args, opts=pulumi.ResourceOptions(depends_on=waits))


def _groups(settings: Settings) -> Iterator[tuple[str, GroupArgs]]:
    for key, group in settings.groups.items():
        args: GroupArgs = {"name": group.name or key}
        if group.description:
            args["description"] = group.description
        if group.id is not None:
            args["group_id"] = group.id
        yield key, args


def _permission_set(stack: Stack, settings: PermissionSet) -> PermissionSetArgs:
    args: PermissionSetArgs = {
        "session_hours": settings.session_hours,
        "managed_policy_arns": [
            policy if policy.startswith("arn:") else managed_policy_arn(stack.partition, policy)
            for policy in settings.managed_policies
        ],
        "customer_managed_policies": list(settings.customer_managed_policies),
    }
    if settings.description:
        args["description"] = settings.description
    if settings.statements:
        args["policy"] = document([statement.iam_json() for statement in settings.statements])
    if settings.boundary is not None:
        args["boundary"] = f"{naming.ROLE_PATH}{settings.boundary}"
    if settings.relay_state is not None:
        args["relay_state"] = settings.relay_state
    return args


def _assignments(
    stack: Stack, settings: Settings, foundation: Foundation
) -> Iterator[AssignmentArgs]:
    for assignment in settings.assignments:
        for account in stack.chosen(assignment.accounts, assignment.units):
            for name in assignment.permission_sets:
                yield {
                    "group": assignment.group,
                    "permission_set": name,
                    "account": account,
                    "account_id": foundation.accounts[account].account_id,
                }
