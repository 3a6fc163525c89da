"""Check that no guardrail locks the platform out of an account."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import iam_arn
from landfall.guardrails.lockout import Lockout, lockouts
from landfall.settings import keys, naming
from landfall.settings.organization_tree import ROOT, account_target
from landfall.settings.source import Path, dotted
from landfall.settings.stack import Stack
from landfall.validation import catalogue, references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_SHOWN = 3


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield a mistake for each statement that denies permissions the platform needs."""
    wrong = {str(mistake.path[1]) for mistake in catalogue.mistakes(stack)}
    for lockout in lockouts(stack, wrong=wrong):
        said = f"statement '{lockout.sid}'" if lockout.sid else f"statement {lockout.index + 1}"
        path = _path(stack, lockout)
        what = (
            f"{said} of '{lockout.guardrail}' denies {_some(lockout.actions)} "
            f"{_to(lockout)} in {_some(lockout.accounts)}"
        )
        fix = f"exempt it ({_exemption(stack, lockout)}), or deny fewer actions: {_needed(lockout)}"
        yield Mistake(path, what, fix, _place(stack, lockout), kind=Kind.GUARDRAIL_LOCKOUT)


def _needed(lockout: Lockout) -> str:
    """Return the needed permissions with their roles, accounts and settings."""
    actions: dict[tuple[str, str], dict[str, None]] = {}
    settings: dict[tuple[str, str], Path] = {}
    for need, action in lockout.denied:
        place = (need.role, need.account)
        actions.setdefault(place, {})[action] = None
        if need.setting:
            settings.setdefault(place, need.setting)
    accounts: dict[tuple[str, tuple[str, ...], Path], list[str]] = {}
    for (role, account), asked in actions.items():
        alike = (role, tuple(asked), settings.get((role, account), ()))
        accounts.setdefault(alike, []).append(account)
    parts = [
        f"{role} of {_some(tuple(named))} needs {_some(asked)}"
        + (f" for {dotted(setting)}" if setting else "")
        for (role, asked, setting), named in accounts.items()
    ]
    more = len(parts) - _SHOWN
    return "; ".join([*parts[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _to(lockout: Lockout) -> str:
    if lockout.enters:
        return f"on {lockout.roles[0]} to the management account, which applies the stack"
    word = "role" if len(lockout.roles) == 1 else "roles"
    return f"to the platform's {word} {_some(lockout.roles)}"


def _exemption(stack: Stack, lockout: Lockout) -> str:
    if lockout.enters:
        return "StringNotEquals on aws:PrincipalAccount: the management account's id"
    own = f"{naming.ROLE_PATH}*"
    names = dict.fromkeys(
        own if role.startswith(naming.ROLE_PATH) else role for role in lockout.roles
    )
    arns = " and ".join(iam_arn(stack.partition, "*", f"role/{name}") for name in names)
    return f"ArnNotLike on aws:PrincipalArn: {arns}"


def _path(stack: Stack, lockout: Lockout) -> Path:
    own = stack.guardrails.get(lockout.guardrail)
    if own is None:
        return _place(stack, lockout)
    part = ("document",) if own.document is not None else ("statements", lockout.index)
    return (keys.GUARDRAILS, lockout.guardrail, *part)


def _place(stack: Stack, lockout: Lockout) -> Path:
    """Return the path of the guardrail's attachment."""
    if lockout.target == ROOT:
        return (keys.ORGANIZATION, "guardrails")
    for key in stack.accounts:
        if lockout.target == account_target(key):
            return (keys.ACCOUNTS, key, "guardrails")
    return (*references.unit_path(lockout.target), "guardrails")


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
