"""Monitoring, sharing, costs and quotas, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import iam_arn
from landfall.blueprint import costs, symbols
from landfall.blueprint.places import Place
from landfall.blueprint.stack import detection
from landfall.blueprint.stack.placed import Named, PlacedBucket
from landfall.settings import keys, naming, quota_requests
from landfall.settings.costs import CostExport
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
    """Yield the sinks, the links, the shares and the requested quotas."""
    yield from _quotas(stack)
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


def _quotas(stack: Stack) -> Iterator[Named]:
    requested = {name: quota_requests.of_account(stack, name) for name in stack.accounts}
    requested[naming.MANAGEMENT] = quota_requests.of_management_account(stack)
    for account, quotas in requested.items():
        for quota, region in quotas:
            name = quota.rpartition("/")[2]
            yield Named("service-quota", account, region, name, (keys.BASELINE, "quotas"))


def buckets(stack: Stack) -> Iterator[PlacedBucket]:
    """Yield the bucket of the export of costs, and that of its access logs."""
    settings = stack.costs.export
    if settings is None:
        return
    path: Path = (keys.COSTS, "export")
    made = costs.CostBucket(
        Place(stack.partition, stack.region, symbols.account(naming.MANAGEMENT)),
        symbols.ORGANIZATION,
        settings.expire_days,
        cost_readers(stack, settings),
        settings.force_destroy,
    )
    for bucket in (costs.bucket(made), costs.access_bucket(made)):
        yield PlacedBucket(naming.MANAGEMENT, stack.region, path, bucket)


def cost_readers(stack: Stack, settings: CostExport) -> list[str]:
    """Return the ARNs of the roles that may read the export of costs."""
    return [
        iam_arn(stack.partition, symbols.account(each.account), f"role/{each.role}")
        for each in settings.readers
    ]
