"""Checks across a stack's settings: references, uniqueness, lengths, AWS's limits."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings.stack import Stack
from landfall.validation import (
    accounts,
    adopted,
    allow_lists,
    awaited,
    backup_plans,
    baseline,
    branching,
    build_outputs,
    builds,
    cloudformation,
    cross_account_access,
    delivery,
    deployments,
    ecs_services,
    fleet,
    identity_center,
    lockout,
    operations,
    organization_tree,
    policy_documents,
    programs,
    promotion,
    provisioning,
    renames,
    resource_policy,
    review,
    secrets,
    security,
    service_access,
    sessions,
    stack_sets,
    starts,
    tags,
    testing,
)
from landfall.validation.mistakes import Mistake

_FAMILIES = (
    organization_tree,
    service_access,
    resource_policy,
    accounts,
    baseline,
    cross_account_access,
    identity_center,
    delivery,
    branching,
    promotion,
    starts,
    review,
    testing,
    builds,
    build_outputs,
    deployments,
    programs,
    cloudformation,
    ecs_services,
    stack_sets,
    awaited,
    secrets,
    security,
    operations,
    sessions,
    provisioning,
    fleet,
    tags,
    adopted,
    renames,
    policy_documents,
    backup_plans,
    lockout,
    allow_lists,
)


def all_of(stack: Stack) -> Iterator[Mistake]:
    """Yield every mistake of a stack whose single values are valid."""
    for family in _FAMILIES:
        yield from family.mistakes(stack)
