"""Who monitors and shares what, from a stack's settings: CloudWatch's links and RAM's shares."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack import detection
from landfall.blueprint.stack.placed import Named
from landfall.settings import keys, naming
from landfall.settings.source import Path
from landfall.settings.stack import Stack


def monitored(stack: Stack) -> list[str]:
    """Return the accounts that share their data with the monitoring account."""
    settings = stack.monitoring
    if settings is None:
        return []
    found = detection.members(stack, settings, settings.account)
    if settings.management_account and settings.enabled:
        found.append(naming.MANAGEMENT)
    return found


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the sinks, the links and the shares."""
    if (settings := stack.monitoring) is not None:
        path: Path = (keys.MONITORING,)
        for region in stack.regions_of(settings):
            yield Named("monitoring-sink", settings.account, region, "*", path)
            for account in monitored(stack):
                yield Named("monitoring-link", account, region, "*", path)
    if stack.sharing is not None:
        for name, share in stack.sharing.shares.items():
            where = (keys.SHARING, "shares", name)
            yield Named("resource-share", share.account, share.region or stack.region, "*", where)
