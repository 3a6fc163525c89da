"""Checks of waves: accounts by name, unit or tag, their regions, and AWS's limits."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings import naming
from landfall.settings.chosen_targets import ChosenTargets
from landfall.settings.delivery import Environment
from landfall.settings.deployments import Target
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import Destination, chosen_accounts, destinations
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(
    stack: Stack, path: Path, name: str, environment: str, settings: Environment
) -> Iterator[Mistake]:
    """Yield the mistakes in the waves of an environment."""
    waves = destinations(settings, stack)
    yield from _sizes(stack, path, waves)
    seen = {(settings.account, settings.region or stack.region)}
    for number, wave in enumerate(settings.waves):
        here: Path = (*path, "waves", number)
        if not wave:
            what, fix = "a wave is empty", "add an account, or remove the wave"
            yield Mistake(here, what, fix, kind=Kind.MISSING_SETTING)
        for index, target in enumerate(wave):
            at = (*here, index)
            if isinstance(target, ChosenTargets):
                yield from _chosen(stack, at, target)
                found = (each for wave in waves for each in wave if each.entry == (number, index))
                seen |= {(each.account, each.region) for each in found}
            else:
                yield from _named(stack, at, target, seen)
    for there in (each for wave in waves[1:] for each in wave):
        role = f"{naming.pipeline_role(name, environment, 'service')}{there.suffix}"
        at = (*path, "waves", *there.entry)
        yield from references.length(stack, at, "role", role, "roleNameLength")


def _sizes(
    stack: Stack, path: Path, waves: tuple[tuple[Destination, ...], ...]
) -> Iterator[Mistake]:
    count, most = sum(map(len, waves)), stack.quota("actionsPerPipeline")
    if 2 * count > most:
        what = f"the pipeline would deploy to {count} destinations"
        fix = f"CodePipeline allows {most} actions, two for a destination; use more environments"
        yield Mistake((*path, "waves"), what, fix, kind=Kind.EXCEEDS_LIMIT)
    limit = stack.quota("actionsPerStage")
    for wave in waves[1:]:
        if 2 * len(wave) > limit:
            what = f"{len(wave)} destinations are in one wave"
            fix = f"a stage allows {limit} actions; split it into several waves, as with atOnce:"
            here = (*path, "waves", wave[0].entry[0])
            yield Mistake(here, what, fix, kind=Kind.EXCEEDS_LIMIT)
    stages = stack.quota("stagesPerPipeline") - 3
    if len(waves) > stages:
        what = f"the pipeline would have {len(waves)} waves"
        fix = f"CodePipeline has room for {stages} beside sources and build; write a larger atOnce:"
        yield Mistake((*path, "waves"), what, fix, kind=Kind.EXCEEDS_LIMIT)


def _named(
    stack: Stack, path: Path, target: Target, seen: set[tuple[str, str]]
) -> Iterator[Mistake]:
    yield from references.account(stack, (*path, "account"), target.account)
    if target.region:
        yield from references.region_in_use(stack, (*path, "region"), target.region)
    where = (target.account, target.region or stack.region)
    if where in seen:
        what = f"{where[0]} in {where[1]} is already a destination"
        fix = "remove it, or choose another account or region"
        yield Mistake(path, what, fix, kind=Kind.DUPLICATE_SETTING)
    seen.add(where)


def _chosen(stack: Stack, path: Path, targets: ChosenTargets) -> Iterator[Mistake]:
    for key, units in (("units", targets.units), ("exceptUnits", targets.except_units)):
        for index, unit in enumerate(units):
            yield from references.unit(stack, (*path, key, index), unit, root=key == "units")
    for index, account in enumerate(targets.except_accounts):
        yield from references.account(stack, (*path, "exceptAccounts", index), account)
    for index, region in enumerate(targets.regions):
        yield from references.region_in_use(stack, (*path, "regions", index), region)
    known = all(unit == "Root" or stack.organization.has_unit(unit) for unit in targets.units)
    if known and not chosen_accounts(stack, targets):
        what = "no account is in these units, with these tags"
        fix = "correct units: or tags:, or add an account first"
        about = (*path, "units") if targets.units else ()
        yield Mistake(path, what, fix, about, kind=Kind.MISSING_SETTING)
