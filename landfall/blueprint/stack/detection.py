"""Which accounts Macie, Inspector, Detective and GuardDuty's features cover, from the settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack.placed import Named
from landfall.settings import differences, keys, naming
from landfall.settings.detection import Covering, Inspector
from landfall.settings.security import Security
from landfall.settings.source import Path
from landfall.settings.stack import Stack


def resources(stack: Stack, security: Security, audit: str) -> Iterator[Named]:
    """Yield what the services have in the audit account and in the management account."""
    if security.macie is not None:
        path: Path = (keys.SECURITY, "macie")
        for region in stack.regions_of(security.macie):
            yield Named("macie", audit, region, "*", path)
            if manages(security, security.macie):
                yield Named("macie", naming.MANAGEMENT, region, "*", path)
    if security.inspector is not None:
        for region in stack.regions_of(security.inspector):
            yield Named("inspector", audit, region, "*", (keys.SECURITY, "inspector"))
    if security.detective is not None:
        for region in stack.regions_of(security.detective):
            yield Named("detective-graph", audit, region, "*", (keys.SECURITY, "detective"))


def manages(security: Security, service: Covering) -> bool:
    """Return whether a service covers the management account."""
    return security.management_account and service.enabled


def members(stack: Stack, service: Covering, audit: str) -> list[str]:
    """Return the accounts that the service's administrator covers, without its own."""
    return [
        name
        for name in _present(stack)
        if name != audit and differences.of_account(stack, service, name).enabled
    ]


def scans(stack: Stack, security: Security, service: Inspector) -> dict[str, tuple[str, ...]]:
    """Return the kinds of scans of each account, without accounts that have none."""
    found: dict[str, tuple[str, ...]] = {
        name: differences.of_account(stack, service, name).scans for name in _present(stack)
    }
    if security.management_account:
        found[naming.MANAGEMENT] = service.scans
    return {name: kinds for name, kinds in found.items() if kinds}


def features(stack: Stack, security: Security) -> dict[str, tuple[str, ...]]:
    """Return GuardDuty's features of each account, the management account's last."""
    service = security.guard_duty
    found: dict[str, tuple[str, ...]] = {
        name: differences.of_account(stack, service, name).features for name in _present(stack)
    }
    if security.management_account:
        found[naming.MANAGEMENT] = service.features
    return found


def common_features(stack: Stack, security: Security) -> list[str]:
    """Return the features that every account has, in the order of the settings."""
    per_account = features(stack, security).values()
    chosen = security.guard_duty.features
    return [each for each in chosen if all(each in own for own in per_account)]


def varying_features(stack: Stack, security: Security) -> list[str]:
    """Return the features that some accounts have and others have not."""
    common = common_features(stack, security)
    named = (each for own in features(stack, security).values() for each in own)
    return [each for each in dict.fromkeys(named) if each not in common]


def _present(stack: Stack) -> list[str]:
    return [name for name in stack.accounts if not stack.is_suspended(name)]
