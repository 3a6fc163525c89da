"""The blueprint of a stack, from its settings."""

from __future__ import annotations

from landfall.blueprint.stack import access, delivery, provisioning, security, targets
from landfall.blueprint.stack.placed import Blueprint, Named
from landfall.blueprint.stack.scope import Scope
from landfall.settings.stack import Stack

__all__ = ["Blueprint", "blueprint"]


def blueprint(stack: Stack) -> Blueprint:
    """Return the roles, policies and names that a stack consists of; computed once.

    References to what the stack does not have are left out: the checks report them.
    """
    return stack.once(_blueprint)


def _blueprint(stack: Stack) -> Blueprint:
    hub = stack.delivery_account
    scopes = [Scope(stack, hub)] if hub is not None and stack.delivery.applications else []
    roles = [*access.roles(stack)]
    policies = [*access.boundaries(stack)]
    resources: list[Named] = []
    for scope in scopes:
        roles += [*delivery.roles(scope), *targets.roles(scope)]
        policies += [*delivery.policies(scope), *targets.policies(scope)]
        resources += [*delivery.resources(scope)]
    roles += [*provisioning.roles(stack), *security.roles(stack)]
    policies += provisioning.policies(stack)
    resources += [*provisioning.resources(stack), *security.resources(stack)]
    return Blueprint(tuple(roles), tuple(policies), tuple(resources))
