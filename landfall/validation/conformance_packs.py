"""Checks of custom conformance packs: their rules, custom rules, remediations and accounts."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings import conformance, keys
from landfall.settings.config_rules import Config, OwnPack
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack, config: Config, path: Path) -> Iterator[Mistake]:
    """Yield the mistakes in the custom packs of AWS Config."""
    for name, pack in config.own_packs.items():
        here: Path = (*path, "ownPacks", name)
        if name in conformance.SHIPPED:
            what = "a conformance pack of Landfall has this name"
            yield Mistake(here, what, "choose another name", kind=Kind.NAME_TAKEN)
        yield from _sizes(stack, pack, here)
        for rule, parameters in pack.rules.items():
            yield from _rule((*here, "rules", rule), rule, list(parameters))
        yield from _custom_rules(pack, here)
        yield from _remediations(stack, pack, here)
        for index, unit in enumerate(pack.units):
            yield from references.unit(stack, (*here, "units", index), unit, root=False)
        for index, account in enumerate(pack.accounts):
            yield from references.account(stack, (*here, "accounts", index), account)


def _sizes(stack: Stack, pack: OwnPack, here: Path) -> Iterator[Mistake]:
    count, limit = len(pack.rules) + len(pack.custom_rules), stack.quota("rulesPerConformancePack")
    if count > limit:
        what = f"the pack has {count} rules"
        fix = f"AWS allows {limit}; split it into two"
        yield Mistake((*here, "rules"), what, fix, kind=Kind.EXCEEDS_LIMIT)
    size = len(conformance.template(pack, stack.partition))
    if size > (limit := stack.quota("conformancePackTemplateSize")):
        what = f"the pack's template has {size} characters"
        fix = f"AWS allows {limit}; split it into two"
        yield Mistake((*here, "rules"), what, fix, kind=Kind.EXCEEDS_LIMIT)


def _rule(path: Path, name: str, parameters: list[str]) -> Iterator[Mistake]:
    known = conformance.rules()
    if name not in known:
        # AWS's documents write rule names in lower case, with hyphens.
        found = name.upper().replace("-", "_")
        fix = f"did you mean '{found}'?" if found in known else suggestion(name, known)
        what = f"AWS Config has no managed rule '{name[:80]}'"
        yield Mistake(
            path, f"{what} (as of {conformance.read_on()})", fix, kind=Kind.UNKNOWN_REFERENCE
        )
        return
    rule = known[name]
    for parameter in parameters:
        if parameter not in rule.parameters:
            what = f"{name} has no parameter '{parameter[:80]}'"
            yield Mistake(
                (*path, parameter),
                what,
                suggestion(parameter, rule.parameters),
                kind=Kind.UNKNOWN_REFERENCE,
            )
    for parameter in sorted(rule.required - set(parameters)):
        yield Mistake(
            path,
            f"{name} needs the parameter '{parameter}'",
            "add it with a value",
            kind=Kind.MISSING_SETTING,
        )


def _custom_rules(pack: OwnPack, here: Path) -> Iterator[Mistake]:
    taken = {conformance.rule_name(rule) for rule in pack.rules}
    for name in pack.custom_rules:
        if (rule := conformance.rule_name(name)) in taken:
            what = f"the pack already has a rule '{rule}'"
            path = (*here, "customRules", name)
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        taken.add(rule)


def _remediations(stack: Stack, pack: OwnPack, here: Path) -> Iterator[Mistake]:
    rules = [*pack.rules, *pack.custom_rules]
    for rule, remediation in pack.remediations.items():
        path = (*here, "remediations", rule)
        if rule not in rules:
            what = f"the pack has no rule '{rule[:80]}'"
            yield Mistake(path, what, suggestion(rule, rules), kind=Kind.UNKNOWN_REFERENCE)
        if remediation.role is not None:
            yield from _role(stack, pack, (*path, "role"), remediation.role)


def _role(stack: Stack, pack: OwnPack, path: Path, name: str) -> Iterator[Mistake]:
    """Check that Systems Manager can assume the role in every account of the pack."""
    about: Path = (keys.ACCESS, "roles", name)
    role = stack.access.roles.get(name)
    if role is None:
        what = f"there is no role '{name[:80]}'"
        fix = suggestion(name, stack.access.roles)
        yield Mistake(path, what, fix, (keys.ACCESS, "roles"), kind=Kind.UNKNOWN_REFERENCE)
        return
    if "ssm" not in role.services:
        what = f"Systems Manager may not assume role '{name}'"
        yield Mistake(
            path, what, "add services: [ssm] to the role", about, kind=Kind.MISSING_SETTING
        )
    chosen = pack.units or pack.accounts
    covered = stack.chosen(pack.accounts, pack.units) if chosen else [*stack.accounts]
    held = {*stack.holders(role)}
    if lacking := [each for each in covered if each not in held and not stack.is_suspended(each)]:
        what = f"role '{name}' does not exist in account {', '.join(lacking)}"
        fix = "add the accounts to the role, or limit the pack to its accounts"
        yield Mistake(path, what, fix, about, kind=Kind.MISSING_SETTING)
