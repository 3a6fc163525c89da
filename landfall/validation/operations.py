"""Checks of monitoring and sharing between accounts, of costs and of requested quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landfall.settings import keys
from landfall.settings.costs import Costs
from landfall.settings.monitoring import Monitoring
from landfall.settings.quota_requests import is_global, of_template
from landfall.settings.service_quotas import QuotaRequest
from landfall.settings.sharing import Share
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# ARNs of global resources have no region.
_GLOBAL = ""


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in monitoring and sharing."""
    if stack.monitoring is not None:
        yield from _monitoring(stack, stack.monitoring, (keys.MONITORING,))
    yield from _costs(stack, stack.costs, (keys.COSTS,))
    yield from _quotas(stack)
    if stack.sharing is not None:
        if stack.organization.parent is not None:
            # RAM shares with the whole organization, which another stack manages.
            what = "sharing is a setting of the whole organization"
            fix = "enable it in the stack of the organization, and remove it here"
            about = (keys.ORGANIZATION, "parent")
            yield Mistake((keys.SHARING,), what, fix, about, kind=Kind.CONFLICTING_SETTINGS)
        for name, share in stack.sharing.shares.items():
            yield from _share(stack, share, (keys.SHARING, "shares", name))


def _monitoring(stack: Stack, settings: Monitoring, path: Path) -> Iterator[Mistake]:
    yield from references.account(stack, (*path, "account"), settings.account)
    for index, region in enumerate(settings.regions):
        yield from references.region_in_use(stack, (*path, "regions", index), region)
    for unit in settings.units:
        yield from references.unit(stack, (*path, "units", unit), unit, root=False)
    for account in settings.accounts:
        yield from references.account(stack, (*path, "accounts", account), account)
    if settings.account in settings.accounts:
        what = "the monitoring account sees its own data without a link"
        where = (*path, "accounts", settings.account)
        yield Mistake(where, what, "remove it", kind=Kind.CONFLICTING_SETTINGS)


def _share(stack: Stack, share: Share, path: Path) -> Iterator[Mistake]:
    yield from references.account(stack, (*path, "account"), share.account)
    if share.region is not None:
        yield from references.region_in_use(stack, (*path, "region"), share.region)
    for index, unit in enumerate(share.units):
        yield from references.unit(stack, (*path, "units", index), unit, root=True)
    for index, account in enumerate(share.accounts):
        yield from references.account(stack, (*path, "accounts", index), account)
    if not share.units and not share.accounts:
        what = "nobody may use what is shared"
        yield Mistake(path, what, "add units: or accounts:", kind=Kind.MISSING_SETTING)
    if share.account in share.accounts:
        what = f"account '{share.account}' owns the resources"
        where = (*path, "accounts", share.accounts.index(share.account))
        yield Mistake(where, what, "remove it here", kind=Kind.CONFLICTING_SETTINGS)
    own = stack.accounts[share.account].id if share.account in stack.accounts else None
    for index, arn in enumerate(share.resources):
        yield from _resource(stack, share, own, arn, (*path, "resources", index))


def _resource(
    stack: Stack, share: Share, own: str | None, arn: str, path: Path
) -> Iterator[Mistake]:
    """Check that a resource is where its share is.

    https://docs.aws.amazon.com/ram/latest/userguide/working-with-regional-vs-global.html
    """
    _, partition, _, region, account, _ = arn.split(":", 5)
    if partition != stack.partition:
        what = f"the resource is in partition {partition}, the organization in {stack.partition}"
        yield Mistake(path, what, "correct the ARN", (keys.REGION,), kind=Kind.OTHER_PARTITION)
    if own is not None and account != own:
        what = f"account {account} owns the resource, not account '{share.account}' ({own})"
        fix = "share it from its own account"
        yield Mistake(path, what, fix, kind=Kind.INVALID_VALUE)
    home = share.region or stack.region
    wanted = stack.global_region if region == _GLOBAL else region
    if home != wanted:
        what = f"the resource is shared from {wanted}, the share is in {home}"
        yield Mistake(path, what, f"write region: {wanted}", kind=Kind.WRONG_REGION)


def _costs(stack: Stack, costs: Costs, path: Path) -> Iterator[Mistake]:
    given = {
        "export": costs.export is not None,
        "anomalies": costs.anomalies is not None,
        "allocationTags": bool(costs.allocation_tags),
    }
    for key in (key for key, there in given.items() if there):
        if stack.partition != "aws":
            what = f"{stack.partition} has no such service of Billing and Cost Management"
            fix = "remove it; GovCloud's costs are in the bill of its standard account"
            where = (*path, key)
            yield Mistake(where, what, fix, (keys.REGION,), kind=Kind.UNSUPPORTED)
        elif stack.organization.parent is not None:
            what = "costs of the organization belong to its management account's stack"
            about = (keys.ORGANIZATION, "parent")
            fix = "set it there, and remove it here"
            yield Mistake((*path, key), what, fix, about, kind=Kind.CONFLICTING_SETTINGS)
    if costs.export is not None:
        for index, reader in enumerate(costs.export.readers):
            where = (*path, "export", "readers", index, "account")
            yield from references.account(stack, where, reader.account)
    alerts = costs.anomalies
    if alerts is not None and not alerts.notify and alerts.topic is None:
        what = "nobody is notified of anomalies"
        where = (*path, "anomalies")
        yield Mistake(where, what, "add notify: or topic:", kind=Kind.MISSING_SETTING)
    for index, key in enumerate(costs.allocation_tags):
        if key in costs.allocation_tags[:index]:
            what = f"the tag '{key[:80]}' is listed twice"
            where = (*path, "allocationTags", index)
            yield Mistake(where, what, "keep one of them", kind=Kind.DUPLICATE_SETTING)


def _quotas(stack: Stack) -> Iterator[Mistake]:
    """Check the regions of quotas, and the size of the template.

    https://docs.aws.amazon.com/servicequotas/latest/userguide/organization-templates.html
    """
    yield from _requests(stack, stack.baseline.quotas, (keys.BASELINE, "quotas"))
    management = stack.baseline.management_account.quotas
    yield from _requests(stack, management, (keys.BASELINE, "managementAccount", "quotas"))
    for unit, settings in stack.organization.walk():
        where = (*references.unit_path(unit), "baseline", "quotas")
        yield from _requests(stack, settings.baseline.quotas, where)
    for name, account in stack.accounts.items():
        where = (keys.ACCOUNTS, name, "baseline", "quotas")
        yield from _requests(stack, account.baseline.quotas, where)
    path: Path = (keys.ORGANIZATION, "quotaTemplate")
    yield from _requests(stack, stack.organization.quota_template, path)
    count, most = len(of_template(stack)), stack.quota("quotasPerTemplate")
    if count > most:
        what = f"the template has {count} quotas, each in its regions"
        yield Mistake(path, what, f"AWS allows {most}", kind=Kind.EXCEEDS_LIMIT)
    if stack.organization.quota_template and stack.organization.parent is not None:
        what = "the template is a setting of the whole organization"
        about = (keys.ORGANIZATION, "parent")
        fix = "set it in the stack of the organization"
        yield Mistake(path, what, fix, about, kind=Kind.CONFLICTING_SETTINGS)


def _requests(stack: Stack, requests: Mapping[str, QuotaRequest], path: Path) -> Iterator[Mistake]:
    for code, request in requests.items():
        for index, region in enumerate(request.regions):
            where = (*path, code, "regions", index)
            if not is_global(code):
                yield from references.region_in_use(stack, where, region)
            elif region != stack.global_region:
                what = f"{code.partition('/')[0]} has its quotas in {stack.global_region}"
                yield Mistake(where, what, "remove regions:", kind=Kind.WRONG_REGION)
