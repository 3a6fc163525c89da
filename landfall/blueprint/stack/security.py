"""The roles of the organization's security services, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import symbols
from landfall.blueprint.places import Place
from landfall.blueprint.security import (
    aggregator_role,
    forward_role,
    trail_log_group,
    trail_role,
)
from landfall.blueprint.stack.placed import Named, PlacedRole
from landfall.settings import keys, naming
from landfall.settings.security import Security
from landfall.settings.stack import Stack

_OF_GUARDDUTY = frozenset({"guardduty", "root-use", "trail-changes"})


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the roles of AWS Config's aggregator, the trail and the findings."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    if security.trail.enabled and security.trail.log_group_days is not None:
        place = _place(stack, naming.MANAGEMENT)
        role = trail_role(place, naming.TRAIL, symbols.ORGANIZATION)
        yield PlacedRole(naming.MANAGEMENT, stack.region, (keys.SECURITY, "trail"), role)
    if security.config.enabled:
        role = aggregator_role(stack.partition, symbols.account(audit))
        yield PlacedRole(audit, stack.region, (keys.SECURITY, "config"), role)
    others = _others(stack)
    if others and _forwards(security):
        role = forward_role(_place(stack, audit), naming.FINDINGS, others)
        yield PlacedRole(audit, stack.region, (keys.SECURITY, "findings"), role)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the names of the trail's log group, and of the topic and the rules of findings."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    if security.trail.enabled and security.trail.log_group_days is not None:
        path = (keys.SECURITY, "trail")
        group = trail_log_group(naming.TRAIL)
        yield Named("log-group", naming.MANAGEMENT, stack.region, group, path)
    if security.findings.notify and security.told:
        path = (keys.SECURITY, "findings")
        yield Named("topic", audit, stack.region, naming.FINDINGS, path)
        for kind in security.told:
            yield Named("rule", audit, stack.region, f"{naming.FINDINGS}-{kind}", path)
        for region in _others(stack) if _forwards(security) else ():
            yield Named("rule", audit, region, f"{naming.FINDINGS}-forward", path)


def _audit(stack: Stack) -> str | None:
    """Return the account of the security services; None where they have no archive beside it."""
    archive = stack.account_with_purpose("log-archive")
    return None if archive is None else stack.account_with_purpose("audit")


def _others(stack: Stack) -> list[str]:
    return [region for region in stack.regions if region != stack.region]


def _place(stack: Stack, account: str) -> Place:
    return Place(stack.partition, stack.region, symbols.account(account))


def _forwards(security: Security) -> bool:
    """Tell whether people are told of what GuardDuty finds."""
    return bool(security.findings.notify) and not _OF_GUARDDUTY.isdisjoint(security.told)
