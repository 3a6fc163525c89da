"""Checks of the organization's resource policy, and of the policies that it delegates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies import delegation
from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.messages import shown
from landfall.validation.mistakes import Mistake

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_MOST: Final = 40_000
_DELEGATED: Final[Path] = (keys.ORGANIZATION, "delegatedPolicies")
_STATEMENTS: Final[Path] = (keys.ORGANIZATION, "resourcePolicy")
_KEYS: Final = ("Sid", "Effect", "Principal", "Action", "Resource", "Condition")
_EXAMPLES: Final = {
    "Effect": "Allow",
    "Principal": "{AWS: 'arn:aws:iam::111122223333:root'}",
    "Action": "organizations:DescribeOrganization",
    "Resource": "'*'",
}


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in delegated policies and in statements of the resource policy."""
    settings = stack.organization
    if settings.parent is not None:
        yield from _elsewhere(stack)
    for kind, names in settings.delegated_policies.items():
        for index, name in enumerate(names):
            yield from references.account(stack, (*_DELEGATED, kind, index), name)
        if settings.policy_types is not None and kind not in settings.policy_types:
            what = f"policies of type {kind} are delegated, but the type is not enabled"
            fix = f"add {kind} to policyTypes:"
            about = (keys.ORGANIZATION, "policyTypes")
            yield Mistake((*_DELEGATED, kind), what, fix, about, kind=Kind.MISSING_SETTING)
    sids: set[str] = set()
    for index, statement in enumerate(settings.resource_policy):
        yield from _statement((*_STATEMENTS, index), statement, sids)
    yield from _size(stack)


def _elsewhere(stack: Stack) -> Iterator[Mistake]:
    settings, about = stack.organization, (keys.ORGANIZATION, "parent")
    given = {_DELEGATED: settings.delegated_policies, _STATEMENTS: settings.resource_policy}
    for path, value in given.items():
        if value:
            what = "the resource policy is of the whole organization"
            fix = "remove it, or configure it in the stack of the organization"
            yield Mistake(path, what, fix, about, kind=Kind.CONFLICTING_SETTINGS)


def _statement(path: Path, statement: Mapping[str, Any], sids: set[str]) -> Iterator[Mistake]:
    for key in statement:
        if key not in _KEYS:
            what = f"{shown(key)} is not a known key here"
            fix = f"choose one of: {', '.join(_KEYS)}"
            yield Mistake((*path, key), what, fix, kind=Kind.UNKNOWN_KEY)
    for key, example in _EXAMPLES.items():
        if not statement.get(key):
            fix = f"add it, as in {key}: {example}"
            yield Mistake(path, f"{shown(key)} is missing", fix, kind=Kind.MISSING_KEY)
    effect, principal = statement.get("Effect"), statement.get("Principal")
    if effect and effect not in ("Allow", "Deny"):
        what = f"{shown(effect)} is no effect"
        yield Mistake((*path, "Effect"), what, "write Allow or Deny", kind=Kind.UNKNOWN_CHOICE)
    if principal and (not isinstance(principal, dict) or set(principal) != {"AWS"}):
        what, fix = "the principal is not of member accounts", f"write {_EXAMPLES['Principal']}"
        yield Mistake((*path, "Principal"), what, fix, kind=Kind.INVALID_VALUE)
    actions = statement.get("Action") or []
    for action in actions if isinstance(actions, list) else [actions]:
        if not isinstance(action, str) or not action.startswith("organizations:"):
            what = f"{shown(action)} is not an action of AWS Organizations"
            fix = f"write it as in {_EXAMPLES['Action']}"
            yield Mistake((*path, "Action"), what, fix, kind=Kind.INVALID_VALUE)
    sid = statement.get("Sid")
    if sid is not None and str(sid) in sids:
        what = f"another statement has the Sid {shown(sid)}"
        yield Mistake((*path, "Sid"), what, "rename one of them", kind=Kind.NAME_TAKEN)
    sids.add(str(sid))


def _size(stack: Stack) -> Iterator[Mistake]:
    settings = stack.organization
    accounts: dict[str, list[str]] = {
        kind: ["0" * 12] * len(names) for kind, names in settings.delegated_policies.items()
    }
    own = delegation.of_types(stack.partition, accounts, "0" * 12, "o-0123456789", "r-0123")
    found = len(delegation.document([*own, *settings.resource_policy]))
    if found > _MOST:
        path = _STATEMENTS if settings.resource_policy else _DELEGATED
        what = f"the resource policy has {found:,} characters; AWS allows {_MOST:,}"
        yield Mistake(path, what, "write fewer statements", kind=Kind.EXCEEDS_LIMIT)
