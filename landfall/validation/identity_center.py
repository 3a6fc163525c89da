"""Checks of IAM Identity Center: permission sets, groups and assignments."""

from __future__ import annotations

import json
from collections.abc import Iterator

from landfall.aws.arns import managed_policy_arn
from landfall.settings import keys
from landfall.settings.identity_center import Assignment, IdentityCenter, PermissionSet
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PATH: Path = (keys.ACCESS, "identityCenter")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in permission sets, groups and assignments."""
    center = stack.access.identity_center
    if center is None:
        return
    if center.region is not None:
        yield from references.known_region((*_PATH, "region"), center.region)
        yield from references.partition(stack, (*_PATH, "region"), center.region)
    yield from _groups(center)
    for name, permission_set in center.permission_sets.items():
        yield from _permission_set(stack, name, permission_set)
    count, limit = len(center.permission_sets), stack.quota("permissionSets")
    if count > limit:
        what = f"there are {count} permission sets"
        yield Mistake(
            (*_PATH, "permissionSets"),
            what,
            _raised(stack, "permissionSets"),
            kind=Kind.EXCEEDS_LIMIT,
        )
    yield from _assignments(stack, center)


def _raised(stack: Stack, name: str) -> str:
    return f"AWS allows {stack.quota(name)}; after an increase, set {keys.QUOTAS}.{name}"


def _groups(center: IdentityCenter) -> Iterator[Mistake]:
    names: dict[str, str] = {}
    ids: dict[str, str] = {}
    for key, group in center.groups.items():
        path: Path = (*_PATH, "groups", key)
        shown = (group.name or key).lower()
        if shown in names:
            what = f"group '{names[shown]}' has the same name"
            yield Mistake(
                (*path, "name"), what, "give each group a unique name", kind=Kind.NAME_TAKEN
            )
        names.setdefault(shown, key)
        if group.id is not None and group.id in ids:
            yield Mistake(
                (*path, "id"),
                f"group '{ids[group.id]}' has the same id",
                "keep one of them",
                kind=Kind.NAME_TAKEN,
            )
        if group.id is not None:
            ids.setdefault(group.id, key)
            if group.description:
                what = "the description of an existing group cannot be set"
                yield Mistake((*path, "description"), what, "remove it", kind=Kind.UNSUPPORTED)


def _permission_set(stack: Stack, name: str, settings: PermissionSet) -> Iterator[Mistake]:
    path: Path = (*_PATH, "permissionSets", name)
    policies = [*settings.managed_policies, *settings.customer_managed_policies]
    if not policies and not settings.statements:
        fix = "add managedPolicies, customerManagedPolicies or statements"
        yield Mistake(
            path,
            "the permission set allows nothing",
            fix,
            (*path, "statements"),
            kind=Kind.MISSING_SETTING,
        )
    limit = stack.quota("managedPoliciesPerPermissionSet")
    if len(policies) > limit:
        what = f"the permission set has {len(policies)} policies"
        yield Mistake(
            (*path, "managedPolicies"),
            what,
            f"AWS attaches at most {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )
    for index, policy in enumerate(settings.managed_policies):
        own = managed_policy_arn(stack.partition, "")
        if policy.startswith("arn:") and not policy.startswith(own):
            what = f"'{policy[:80]}' is not an AWS managed policy in partition {stack.partition}"
            fix = "list policies of the accounts in customerManagedPolicies, by name"
            yield Mistake(
                (*path, "managedPolicies", index),
                what,
                fix,
                (keys.REGION,),
                kind=Kind.OTHER_PARTITION,
            )
    document = {"Version": "2012-10-17", "Statement": [s.iam_json() for s in settings.statements]}
    size = len(json.dumps(document, separators=(",", ":")))
    if size > stack.quota("permissionSetPolicySize"):
        what = f"the statements have {size} characters"
        fix = f"AWS allows {stack.quota('permissionSetPolicySize')}; shorten them"
        yield Mistake((*path, "statements"), what, fix, kind=Kind.EXCEEDS_LIMIT)
    yield from references.boundary(stack, (*path, "boundary"), settings.boundary)


def _assignments(stack: Stack, center: IdentityCenter) -> Iterator[Mistake]:
    seen: dict[tuple[str, str, str], int] = {}
    sets_in: dict[str, set[str]] = {}
    for index, assignment in enumerate(center.assignments):
        path: Path = (*_PATH, "assignments", index)
        yield from _names(stack, center, path, assignment)
        accounts = stack.chosen(assignment.accounts, assignment.units)
        if not assignment.accounts and not assignment.units:
            what = "the assignment has no account"
            yield Mistake(
                path,
                what,
                "add accounts: or units:",
                (*path, "accounts"),
                kind=Kind.MISSING_SETTING,
            )
        for account in accounts:
            for name in assignment.permission_sets:
                sets_in.setdefault(account, set()).add(name)
                who = (
                    f"group '{assignment.group}'"
                    if assignment.group
                    else f"user '{assignment.user}'"
                )
                earlier = seen.setdefault((who, name, account), index)
                if earlier != index:
                    what = f"{who} has '{name}' in '{account}' already by assignment {earlier + 1}"
                    yield Mistake(path, what, "remove one of them", kind=Kind.DUPLICATE_SETTING)
    for account, names in sets_in.items():
        if len(names) > stack.quota("permissionSetsPerAccount"):
            what = f"account '{account}' gets {len(names)} permission sets"
            fix = _raised(stack, "permissionSetsPerAccount")
            yield Mistake((*_PATH, "assignments"), what, fix, kind=Kind.EXCEEDS_LIMIT)


def _names(
    stack: Stack, center: IdentityCenter, path: Path, assignment: Assignment
) -> Iterator[Mistake]:
    if assignment.user is not None and assignment.user not in center.users:
        what = f"there is no user '{assignment.user[:80]}'"
        about: Path = (*_PATH, "users", assignment.user)
        fix = suggestion(assignment.user, center.users)
        yield Mistake((*path, "user"), what, fix, about, kind=Kind.UNKNOWN_REFERENCE)
    if assignment.group is not None and assignment.group not in center.groups:
        what = f"there is no group '{assignment.group[:80]}'"
        about = (*_PATH, "groups", assignment.group)
        fix = suggestion(assignment.group, center.groups)
        yield Mistake((*path, "group"), what, fix, about, kind=Kind.UNKNOWN_REFERENCE)
    for index, name in enumerate(assignment.permission_sets):
        if name not in center.permission_sets:
            what = f"there is no permission set '{name[:80]}'"
            about = (*_PATH, "permissionSets", name)
            fix = suggestion(name, center.permission_sets)
            yield Mistake(
                (*path, "permissionSets", index), what, fix, about, kind=Kind.UNKNOWN_REFERENCE
            )
    for index, account in enumerate(assignment.accounts):
        yield from references.account(stack, (*path, "accounts", index), account)
    for index, unit in enumerate(assignment.units):
        yield from references.unit(stack, (*path, "units", index), unit, root=True)
