"""Checks of the baseline, layer by layer and as it comes to hold in each account."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import in_partition
from landfall.settings import keys, naming
from landfall.settings.baseline import Baseline, Budget
from landfall.settings.partitions import LACKING
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.mistakes import Mistake

Layer = tuple[Path, Baseline]

_TRUST = "account.amazonaws.com"


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield what is wrong with the baseline."""
    own: Layer = ((keys.BASELINE,), stack.baseline)
    management: Layer = ((keys.BASELINE, "managementAccount"), stack.baseline.management_account)
    units: dict[str, Layer] = {
        path: ((*references.unit_path(path), "baseline"), unit.baseline)
        for path, unit in stack.organization.walk()
    }
    accounts: dict[str, Layer] = {
        name: ((keys.ACCOUNTS, name, "baseline"), account.baseline)
        for name, account in stack.accounts.items()
    }
    for layer in (own, management, *units.values(), *accounts.values()):
        yield from _layer(stack, *layer)
    # Layers may be wrong for many accounts in the same way, which is one mistake.
    found = dict.fromkeys(_effective(stack, None, stack.management_baseline, [own, management]))
    for name, account in stack.accounts.items():
        around = [units[path] for path, _ in stack.organization.around(account.unit)]
        layers = [own, *around, accounts[name]]
        found |= dict.fromkeys(_effective(stack, name, stack.baseline_of(name), layers))
    yield from found


def _layer(stack: Stack, path: Path, layer: Baseline) -> Iterator[Mistake]:
    for region, key in layer.volume_keys.items():
        here = (*path, "volumeKeys", region)
        yield from references.region_in_use(stack, here, region)
        _, partition, _, where, *_ = key.split(":")
        if (partition, where) != (stack.partition, region):
            what = f"the key is in {where} of {partition}, and volumes need one of their region"
            fix = f"write {in_partition(stack.partition, f'kms:{region}:…')}"
            yield Mistake(here, what, fix, (keys.REGION,))
    lacking = LACKING[stack.partition]
    given = {
        "contacts": layer.contacts.given() and "account" in lacking,
        "budget": layer.budget.amount is not None and "budgets" in lacking,
    }
    for part in (part for part, wrong in given.items() if wrong):
        fix = "leave it out; it belongs to the standard account beside each account here"
        yield Mistake((*path, part), f"{stack.partition} has no {part}", fix, (keys.REGION,))
    trusted = stack.organization.trusted_services
    if layer.contacts.given() and trusted is not None and _TRUST not in trusted:
        about = (keys.ORGANIZATION, "trustedServices")
        what = "contacts of accounts are kept by trusted access, which the organization lacks"
        yield Mistake((*path, "contacts"), what, f"add {_TRUST} to {about[0]}.{about[1]}", about)


def _effective(
    stack: Stack, account: str | None, baseline: Baseline, layers: list[Layer]
) -> Iterator[Mistake]:
    """Yield what is wrong with a baseline as a whole, where the innermost layer says it."""
    budget, written = baseline.budget, _written(layers, "budget")
    if not baseline.enabled:
        return
    if baseline.volume_keys and not baseline.encrypt_volumes:
        what = "a key for volumes that are not encrypted by default"
        fix = "write encryptVolumes: true, or leave the keys out"
        yield Mistake((*_written(layers, "volume_keys"), "volumeKeys"), what, fix)
    if written and budget.enabled:
        yield from _budget(stack, account, budget, (*written, "budget"))


def _written(layers: list[Layer], field: str) -> Path:
    """Return the path of the innermost layer that writes a field; empty where none does."""
    return next((p for p, layer in reversed(layers) if field in layer.model_fields_set), ())


def _budget(stack: Stack, account: str | None, budget: Budget, path: Path) -> Iterator[Mistake]:
    if budget.amount is None:
        fix = "write amount: here or in the baseline around it, or enabled: false"
        yield Mistake(path, "the budget has no amount", fix, (*path, "amount"))
        return
    alerts = [("actual", percent) for percent in budget.actual]
    alerts += [("forecast", percent) for percent in budget.forecast]
    limit = stack.quota("alertsPerBudget")
    if len(alerts) > limit:
        yield Mistake(path, f"the budget has {len(alerts)} alerts", f"AWS allows {limit}")
    if len(set(alerts)) < len(alerts):
        yield Mistake(path, "a percentage stands twice among its alerts", "keep one of them")
    if alerts and not budget.notify:
        fix = "write notify: [somebody@example.com], or actual: [] and forecast: []"
        yield Mistake(path, "nobody is told of the budget", fix, (*path, "notify"))
    limit = stack.quota("emailsPerAlert")
    if len(budget.notify) > limit:
        what = f"{len(budget.notify)} addresses are told of the budget"
        yield Mistake((*path, "notify"), what, f"AWS writes to {limit}; write a list's address")
    if len(set(budget.notify)) < len(budget.notify):
        yield Mistake((*path, "notify"), "an address stands here twice", "keep one of them")
    name = naming.budget(stack.name, account)
    yield from references.length(stack, path, "budget", name, "budgetNameLength")
