"""Checks of the baseline: each layer, and the effective baseline of each account."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import in_partition
from landfall.settings import keys, naming
from landfall.settings.baseline import Baseline, Budget
from landfall.settings.partitions import LACKING
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

Layer = tuple[Path, Baseline]

_TRUST = "account.amazonaws.com"


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the baseline."""
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
    # A mistake in a shared layer affects many accounts; report it once.
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
            what = f"the key is in {where} of {partition}, but volumes need a key in their region"
            fix = f"write {in_partition(stack.partition, f'kms:{region}:…')}"
            yield Mistake(here, what, fix, (keys.REGION,), kind=Kind.WRONG_REGION)
    lacking = LACKING[stack.partition]
    given = {
        "contacts": layer.contacts.given() and "account" in lacking,
        "budget": layer.budget.amount is not None and "budgets" in lacking,
    }
    for part in (part for part, wrong in given.items() if wrong):
        fix = "remove it; it belongs to the associated standard account"
        yield Mistake(
            (*path, part),
            f"{stack.partition} has no {part}",
            fix,
            (keys.REGION,),
            kind=Kind.UNSUPPORTED,
        )
    trusted = stack.organization.trusted_services
    if layer.contacts.given() and trusted is not None and _TRUST not in trusted:
        about = (keys.ORGANIZATION, "trustedServices")
        what = "managing contacts of accounts requires trusted access"
        yield Mistake(
            (*path, "contacts"),
            what,
            f"add {_TRUST} to {about[0]}.{about[1]}",
            about,
            kind=Kind.MISSING_SETTING,
        )


def _effective(
    stack: Stack, account: str | None, baseline: Baseline, layers: list[Layer]
) -> Iterator[Mistake]:
    """Yield the mistakes in an effective baseline, each at the innermost layer that causes it."""
    budget, written = baseline.budget, _written(layers, "budget")
    if not baseline.enabled:
        return
    if baseline.volume_keys and not baseline.encrypt_volumes:
        what = "volume keys are set, but volumes are not encrypted by default"
        fix = "write encryptVolumes: true, or remove the keys"
        yield Mistake(
            (*_written(layers, "volume_keys"), "volumeKeys"), what, fix, kind=Kind.MISSING_SETTING
        )
    if baseline.password_policy.hard_expiry and not baseline.password_policy.max_age_days:
        path = (*_written(layers, "password_policy"), "passwordPolicy", "hardExpiry")
        what = "passwords never expire"
        yield Mistake(path, what, "add maxAgeDays:, or remove it", kind=Kind.MISSING_SETTING)
    if written and budget.enabled:
        yield from _budget(stack, account, budget, (*written, "budget"))


def _written(layers: list[Layer], field: str) -> Path:
    """Return the path of the innermost layer that sets a field; empty if none does."""
    return next((p for p, layer in reversed(layers) if field in layer.model_fields_set), ())


def _budget(stack: Stack, account: str | None, budget: Budget, path: Path) -> Iterator[Mistake]:
    if budget.amount is None:
        fix = "add amount: here or in an outer baseline, or write enabled: false"
        yield Mistake(
            path, "the budget has no amount", fix, (*path, "amount"), kind=Kind.MISSING_SETTING
        )
        return
    alerts: list[tuple[str, float]] = [("actual", percent) for percent in budget.actual]
    alerts += [("forecast", percent) for percent in budget.forecast]
    alerts += [("actual amount", amount) for amount in budget.actual_amounts]
    alerts += [("forecast amount", amount) for amount in budget.forecast_amounts]
    limit = stack.quota("alertsPerBudget")
    if len(alerts) > limit:
        yield Mistake(
            path,
            f"the budget has {len(alerts)} alerts",
            f"AWS allows {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )
    if len(set(alerts)) < len(alerts):
        yield Mistake(
            path,
            "two alerts of the budget are the same",
            "keep one of them",
            kind=Kind.DUPLICATE_SETTING,
        )
    if alerts and not budget.notify and budget.topic is None:
        fix = "write notify: [somebody@example.com] or topic:, or actual: [] and forecast: []"
        yield Mistake(
            path, "the budget notifies nobody", fix, (*path, "notify"), kind=Kind.MISSING_SETTING
        )
    limit = stack.quota("emailsPerAlert")
    if len(budget.notify) > limit:
        what = f"{len(budget.notify)} addresses are notified of the budget"
        yield Mistake(
            (*path, "notify"),
            what,
            f"AWS allows {limit}; use a mailing list's address",
            kind=Kind.EXCEEDS_LIMIT,
        )
    if len(set(budget.notify)) < len(budget.notify):
        yield Mistake(
            (*path, "notify"),
            "an address is listed twice",
            "keep one of them",
            kind=Kind.DUPLICATE_SETTING,
        )
    name = naming.budget(stack.name, account)
    yield from references.length(stack, path, "budget", name, "budgetNameLength")
