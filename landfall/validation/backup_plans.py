"""Check that the backup policies of all levels together make whole plans.

A policy may leave out what another level says, so that AWS accepts its document alone. But an
effective policy without a required part is invalid, and AWS Backup then backs up nothing.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.guardrails.of_stack import around, others
from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_BACKUP: Final = "BACKUP_POLICY"
_PARTS: Final = ("regions", "rules", "selections")
_OF_RULES: Final = ("schedule_expression", "target_backup_vault_name")
_OF_SELECTIONS: Final = {
    "tags": ("iam_role_arn", "tag_key", "tag_value"),
    "resources": ("iam_role_arn", "resource_types"),
}
_Merged = dict[str, Any]


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield a mistake for each required part of a plan that no level around an account has.

    Skips accounts below levels with backup policies that the stack does not manage.
    """
    if stack.organization.parent is not None:
        return
    told: set[tuple[Path, str]] = set()
    for account in stack.accounts:
        levels = list(around(stack, account))
        if any(others(stack, target).get(_BACKUP) for target, _ in levels):
            continue
        for mistake in _of_account(stack, account, [name for _, names in levels for name in names]):
            key = (mistake.path, mistake.fix)
            if key not in told:
                told.add(key)
                yield mistake


def _of_account(stack: Stack, account: str, names: list[str]) -> Iterator[Mistake]:
    merged: _Merged = {}
    last: dict[str, str] = {}
    for name in names:
        own = stack.guardrails.get(name)
        plans = own.document.get("plans") if own and own.type == _BACKUP and own.document else None
        for plan, settings in _groups(plans):
            _merge(merged.setdefault(plan, {}), settings)
            last[plan] = name
    for plan, name in last.items():
        for place, lacking in _lacking(merged[plan]):
            what = f"no level around account '{account}' has '{lacking}', which AWS requires"
            path = (keys.GUARDRAILS, name, "document", "plans", plan, *place)
            yield Mistake(path, what, f"add {lacking}:", kind=Kind.MISSING_KEY)


def _lacking(plan: _Merged) -> Iterator[tuple[Path, str]]:
    """Yield (path, key) of each required key that a merged plan lacks."""
    for part in _PARTS:
        if part not in plan:
            yield (), part
    for rule, settings in _groups(plan.get("rules")):
        yield from ((("rules", rule), key) for key in _OF_RULES if key not in settings)
    for kind, required in _OF_SELECTIONS.items():
        for name, settings in _groups(_group(plan.get("selections")).get(kind)):
            place = ("selections", kind, name)
            yield from ((place, key) for key in required if key not in settings)


def _merge(into: _Merged, settings: Mapping[str, Any]) -> None:
    for key, value in settings.items():
        known = into.get(key)
        if isinstance(value, Mapping) and isinstance(known, dict):
            _merge(known, value)
        else:
            into[key] = _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return value


def _group(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _groups(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects in an object; operators are none."""
    for key, each in _group(value).items():
        if isinstance(each, Mapping) and not key.startswith("@@"):
            yield key, each
