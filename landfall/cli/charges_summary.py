"""Summarize what a stack costs each month: fixed charges, and services that charge by use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from landfall.aws.prices import MONTHLY
from landfall.blueprint.stack import blueprint
from landfall.blueprint.stack.security import recorded
from landfall.settings import Stack
from landfall.settings.detection import Regional


def lines(stack: Stack) -> Iterator[str]:
    """Yield lines with the recurring charges; nothing for a stack without any."""
    found = blueprint(stack)
    counts = Counter(str(each.kind) for each in found.resources if each.kind in MONTHLY)
    counts["key"] = len(found.keys)
    fixed = {kind: counts[kind] for kind in MONTHLY if counts[kind]}
    used = list(_by_use(stack))
    if not fixed and not used:
        return
    yield "\nRecurring charges (list prices of us-east-1)"
    if fixed:
        total = sum(MONTHLY[kind].dollars * count for kind, count in fixed.items())
        parts = (f"{_counted(count, MONTHLY[kind].unit)}" for kind, count in fixed.items())
        yield f"  about {total:,.2f} USD a month for {', '.join(parts)}"
    for line in used:
        yield f"  by use: {line}"


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def _everywhere(stack: Stack, service: Regional) -> str:
    accounts, regions = len(stack.accounts) + 1, len(stack.regions_of(service))
    return f"{_counted(accounts, 'account')}, {_counted(regions, 'region')}"


def _by_use(stack: Stack) -> Iterator[str]:
    """Yield the services of the settings that charge for what happens in the accounts."""
    security = stack.security
    if security is None:
        return
    accounts = len(stack.accounts) + 1
    if security.config.enabled:
        recording = len([*recorded(stack)]) + 1
        regions = len(stack.config_regions)
        where = f"{_counted(recording, 'account')}, {_counted(regions, 'region')}"
        yield f"AWS Config, for each recorded change and evaluation ({where})"
    if security.security_hub.enabled:
        yield f"Security Hub, for each check ({_everywhere(stack, security.security_hub)})"
    if security.guard_duty.enabled:
        where = _everywhere(stack, security.guard_duty)
        yield f"GuardDuty, for each analyzed event and protection plan ({where})"
    chosen = {
        "Macie, for each bucket and analyzed gigabyte": security.macie,
        "Inspector, for each scanned instance, image and function": security.inspector,
        "Detective, for each gigabyte of events": security.detective,
    }
    for what, service in chosen.items():
        if service is not None:
            yield f"{what} ({_everywhere(stack, service)})"
    if security.access_analyzer.enabled and security.access_analyzer.unused_days is not None:
        yield f"Access Analyzer, for each role and user ({_counted(accounts, 'account')})"
    if security.trail.enabled and (security.trail.data_events or security.trail.insights):
        yield f"CloudTrail, for data events and Insights ({_counted(accounts, 'account')})"
