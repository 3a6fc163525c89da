"""Checks of the organization, its units, its regions and its guardrails."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.quotas import QUOTAS
from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.of_stack import (
    SIZES,
    SLOTS,
    documents,
    others,
    target_policies,
    type_of,
)
from landfall.problems import ProblemsError
from landfall.settings import keys
from landfall.settings.organization_tree import ROOT, Unit, account_target
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import catalogue, references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PATH = (keys.ORGANIZATION,)


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the organization."""
    yield from _mode(stack)
    yield from _regions(stack)
    yield from _units(stack)
    yield from _documents(stack)
    yield from catalogue.mistakes(stack)
    yield from _attached(stack)
    yield from _quotas(stack)


def _mode(stack: Stack) -> Iterator[Mistake]:
    organization = stack.organization
    about = (*_PATH, "mode")
    if organization.mode == "adopt":
        if organization.id is None:
            fix = "add id: o-…; to see it: aws organizations describe-organization"
            yield Mistake(
                about,
                "mode: adopt needs the organization's id",
                fix,
                (*_PATH, "id"),
                kind=Kind.MISSING_SETTING,
            )
        if organization.central_root_access and organization.parent is not None:
            yield Mistake(
                (*_PATH, "centralRootAccess"),
                "central root access is of the whole organization",
                "remove it, or configure it in the stack of the organization",
                (*_PATH, "parent"),
                kind=Kind.CONFLICTING_SETTINGS,
            )
        return
    for key in ("id", "parent"):
        if getattr(organization, key) is not None:
            what = f"'{key}' needs an existing organization"
            yield Mistake(
                (*_PATH, key),
                what,
                "write mode: adopt, or remove it",
                about,
                kind=Kind.MISSING_SETTING,
            )
    for name, unit in organization.walk():
        if unit.id is not None:
            what = "'id' needs an existing organization"
            path = (*references.unit_path(name), "id")
            yield Mistake(
                path, what, "write mode: adopt, or remove it", about, kind=Kind.MISSING_SETTING
            )
    for name, guardrail in stack.guardrails.items():
        if guardrail.id is not None:
            what = "'id' needs an existing organization"
            path = (keys.GUARDRAILS, name, "id")
            yield Mistake(
                path, what, "write mode: adopt, or remove it", about, kind=Kind.MISSING_SETTING
            )


def _regions(stack: Stack) -> Iterator[Mistake]:
    home, regions = stack.region, stack.organization.regions
    about: Path = (keys.REGION,)
    unknown = list(references.known_region(about, home))
    yield from unknown
    for index, region in enumerate(regions):
        path = (*_PATH, "regions", index)
        yield from references.known_region(path, region)
        if not unknown:
            yield from references.partition(stack, path, region)
    if not regions or unknown:
        return
    if home not in regions:
        what = f"the home region {home} is not among the regions"
        yield Mistake(
            (*_PATH, "regions"),
            what,
            f"add {home}, or change {keys.REGION}",
            about,
            kind=Kind.HOME_REGION,
        )
    elif regions[0] != home:
        what = f"the home region {home} is not the first region"
        fix = f"move it to the front, or change {keys.REGION}"
        yield Mistake((*_PATH, "regions"), what, fix, about, kind=Kind.HOME_REGION)


def _units(stack: Stack) -> Iterator[Mistake]:
    depth, length = stack.quota("unitDepth"), stack.quota("unitNameLength")
    siblings: dict[tuple[Path, str], str] = {}
    shown: set[tuple[Path, str]] = set()
    ids: dict[str, str] = {}
    count = 0
    for path, name, level, unit in _names(stack):
        count += 1
        if level > depth:
            what = f"the unit is {level} levels below the root"
            yield Mistake(
                path, what, f"AWS allows {depth}; move the unit up", kind=Kind.EXCEEDS_LIMIT
            )
        if unit.external and unit.id is None:
            what = "an external unit needs its id"
            yield Mistake(
                (*path, "external"), what, "add id: ou-…", (*path, "id"), kind=Kind.MISSING_SETTING
            )
        if unit.id is not None and unit.id in ids:
            yield Mistake(
                (*path, "id"),
                f"unit '{ids[unit.id]}' has the same id",
                "keep one of them",
                kind=Kind.NAME_TAKEN,
            )
        if unit.id is not None:
            ids.setdefault(unit.id, name)
        if unit.name is not None:
            if len(unit.name) > length:
                what = f"the unit's name has {len(unit.name)} characters"
                yield Mistake(
                    (*path, "name"), what, f"AWS allows {length}", kind=Kind.EXCEEDS_LIMIT
                )
            if (path[:-1], unit.name) in shown:
                what = "another unit of the same parent has the same name"
                yield Mistake((*path, "name"), what, "choose another name", kind=Kind.NAME_TAKEN)
        shown.add((path[:-1], unit.name or name))
        if not name.strip() or name != name.strip():
            yield Mistake(
                path,
                "the unit's name is empty or has outer spaces",
                "correct the name",
                kind=Kind.INVALID_VALUE,
            )
        if len(name) > length and unit.name is None:
            yield Mistake(
                path,
                f"the unit's name has {len(name)} characters",
                f"AWS allows {length}",
                kind=Kind.EXCEEDS_LIMIT,
            )
        if "/" in name:
            what = "the unit's name has a '/', which separates units in paths"
            yield Mistake(path, what, "remove the '/', or nest the units", kind=Kind.INVALID_VALUE)
        if level == 1 and name.lower() == ROOT.lower():
            what = f"'{ROOT}' is the name of the organization's root"
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        same = (path[:-1], name.lower())
        if same in siblings:
            what = f"unit '{siblings[same]}' of the same parent has the same name"
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        siblings.setdefault(same, name)
    if count > stack.quota("units"):
        yield Mistake(
            (*_PATH, "units"),
            f"there are {count} units",
            _quota(stack, "units"),
            kind=Kind.EXCEEDS_LIMIT,
        )


def _names(stack: Stack) -> Iterator[tuple[Path, str, int, Unit]]:
    """Yield path, key, level and unit. Does not use `walk`: a '/' in a name breaks its paths."""
    waiting: list[tuple[Path, str, int, Unit]] = [
        ((*_PATH, "units", name), name, 1, unit) for name, unit in stack.organization.units.items()
    ]
    while waiting:
        path, name, level, unit = waiting.pop(0)
        yield path, name, level, unit
        waiting += [((*path, "units", n), n, level + 1, u) for n, u in unit.units.items()]


def _quota(stack: Stack, name: str) -> str:
    return f"AWS allows {stack.quota(name)}; after an increase, set {keys.QUOTAS}.{name}"


def _documents(stack: Stack) -> Iterator[Mistake]:
    ids: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for key, guardrail in documents(stack):
        path: Path = (keys.GUARDRAILS, key)
        if quota := SIZES.get(guardrail.type):
            size, limit = len(guardrail.content), stack.quota(quota)
            if size > limit:
                what = f"the document has {size} characters without whitespace"
                yield Mistake(
                    (*path, "document"),
                    what,
                    f"AWS allows {limit}; split it into two",
                    kind=Kind.EXCEEDS_LIMIT,
                )
        if guardrail.id is not None and guardrail.id in ids:
            yield Mistake(
                (*path, "id"),
                f"'{ids[guardrail.id]}' has the same id",
                "keep one of them",
                kind=Kind.NAME_TAKEN,
            )
        if guardrail.id is not None:
            ids.setdefault(guardrail.id, key)
        named = (guardrail.type, guardrail.name or key)
        if named in names:
            what = f"'{names[named]}' is a policy with the same name"
            yield Mistake((*path, "name"), what, "choose another name", kind=Kind.NAME_TAKEN)
        names.setdefault(named, key)


def _attached(stack: Stack) -> Iterator[Mistake]:
    known = [*CATALOGUE, *stack.guardrails]
    enabled = stack.organization.policy_types
    for target, path, names in targets(stack):
        unknown = [name for name in names if name not in known]
        bare = [name for name in names if catalogue.needed(name)]
        for index, name in enumerate(names):
            if name in unknown:
                about = (keys.GUARDRAILS, name)
                what = f"there is no guardrail '{name}'"
                yield Mistake(
                    (*path, index),
                    what,
                    suggestion(name, known),
                    about,
                    kind=Kind.UNKNOWN_GUARDRAIL,
                )
            elif name in bare:
                lacking = ", ".join(f"'{each.name}'" for each in catalogue.needed(name))
                what = f"guardrail '{name}' needs {lacking}"
                fix = f"add an entry to {keys.GUARDRAILS}, with catalogue: {name}"
                yield Mistake(
                    (*path, index),
                    what,
                    f"{fix}, and list its name here",
                    kind=Kind.MISSING_SETTING,
                )
            elif enabled is not None and (kind := type_of(stack, name)) not in enabled:
                what = f"guardrail '{name}' is a {kind}, which is not enabled"
                yield Mistake(
                    (*path, index),
                    what,
                    f"add it to {keys.ORGANIZATION}.policyTypes",
                    kind=Kind.MISSING_SETTING,
                )
        if not unknown and not bare and _whole(stack, names):
            yield from _slots(stack, target, path, names)
            try:
                target_policies(stack, target, names)
            except ProblemsError as error:
                for problem in error.problems:
                    yield Mistake(path, problem.what, problem.fix, kind=Kind.EXCEEDS_LIMIT)


def _whole(stack: Stack, names: tuple[str, ...]) -> bool:
    """Return whether each guardrail exists and has its required parameters."""
    for name in names:
        own = stack.guardrails.get(name)
        if own is not None and own.catalogue is not None:
            lacking = {parameter.name for parameter in catalogue.needed(own.catalogue)}
            if own.catalogue not in CATALOGUE or lacking - set(own.parameters):
                return False
    return True


def targets(stack: Stack) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """Yield each guardrail target with the path and the names of its guardrails.

    Accounts are among them if they have guardrails, or no FullAWSAccess.
    """
    for target, names in stack.organization.attached():
        place = _PATH if target == ROOT else references.unit_path(target)
        yield target, (*place, "guardrails"), names
    for key, account in stack.accounts.items():
        if account.guardrails or not account.full_access:
            yield account_target(key), (keys.ACCOUNTS, key, "guardrails"), account.guardrails


def _slots(stack: Stack, target: str, path: Path, names: tuple[str, ...]) -> Iterator[Mistake]:
    whole, foreign = dict(documents(stack)), others(stack, target)
    for kind, quota in SLOTS.items():
        count = sum(name in whole and whole[name].type == kind for name in names)
        there = foreign.get(kind, 0)
        if count + there > stack.quota(quota):
            beside = f", and {there} that the stack does not manage" if there else ""
            what = f"{count} documents of type {kind} are attached here{beside}"
            yield Mistake(
                path,
                what,
                f"AWS allows {stack.quota(quota)}; combine some of them",
                kind=Kind.EXCEEDS_LIMIT,
            )


def _quotas(stack: Stack) -> Iterator[Mistake]:
    for name in stack.quotas:
        if name not in QUOTAS:
            what = f"there is no quota '{name}'"
            yield Mistake(
                (keys.QUOTAS, name), what, suggestion(name, QUOTAS), kind=Kind.UNKNOWN_REFERENCE
            )
