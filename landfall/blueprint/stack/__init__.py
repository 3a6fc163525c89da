"""The blueprint of a stack, from its settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack import (
    aliases,
    backups,
    cross_account_roles,
    delivery,
    identity_center,
    observability,
    operations,
    provisioning,
    repositories,
    security,
    service_keys,
    sessions,
    stores,
    targets,
    workloads,
)
from landfall.blueprint.stack.placed import Blueprint, PlacedBucket, PlacedKey, PlacedTopic
from landfall.blueprint.stack.scope import Scope
from landfall.settings.stack import Stack

__all__ = ["Blueprint", "blueprint"]


def blueprint(stack: Stack) -> Blueprint:
    """Return what a stack consists of; computed once.

    Omits references to undefined names, which validation reports.
    """
    return stack.once(_blueprint)


def _blueprint(stack: Stack) -> Blueprint:
    hub = stack.delivery_account
    scopes = [Scope(stack, hub)] if hub is not None and _delivers(stack) else []
    roles = [*cross_account_roles.roles(stack)]
    policies = [*cross_account_roles.boundaries(stack), *cross_account_roles.policies(stack)]
    keys: list[PlacedKey] = []
    buckets: list[PlacedBucket] = []
    topics: list[PlacedTopic] = []
    resources = [
        *cross_account_roles.oidc_providers(stack),
        *cross_account_roles.instance_profiles(stack),
        *cross_account_roles.saml_providers(stack),
        *aliases.resources(stack),
    ]
    for scope in scopes:
        roles += [*delivery.roles(scope), *repositories.roles(scope), *targets.roles(scope)]
        policies += [*delivery.policies(scope), *targets.policies(scope)]
        keys += [*stores.placed_keys(scope), *service_keys.placed_keys(scope)]
        buckets += stores.placed_buckets(scope)
        topics += observability.topics(scope)
        for part in (delivery, repositories, targets, observability, workloads):
            resources += part.resources(scope)
    for whole in (provisioning, security):
        topics += whole.topics(stack)
    for part in (provisioning, security, backups):
        roles += part.roles(stack)
        resources += part.resources(stack)
    resources += operations.resources(stack)
    roles += sessions.roles(stack)
    resources += sessions.resources(stack)
    policies += sessions.policies(stack, security.log_archive(stack))
    return Blueprint(
        tuple(roles),
        (*policies, *provisioning.policies(stack)),
        tuple(resources),
        (*keys, *_other_keys(stack)),
        (*buckets, *security.buckets(stack), *operations.buckets(stack)),
        tuple(topics),
        tuple(identity_center.permission_sets(stack)),
    )


def _other_keys(stack: Stack) -> Iterator[PlacedKey]:
    for part in (security, backups, sessions):
        yield from part.placed_keys(stack)


def _delivers(stack: Stack) -> bool:
    """Return whether there are pipelines, of applications or of the stack itself."""
    own = stack.provisioning is not None and stack.provisioning.source is not None
    return bool(stack.delivery.applications) or own
