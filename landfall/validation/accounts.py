"""Checks of the member accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.settings import keys, naming
from landfall.settings.accounts import SINGLE_PURPOSES
from landfall.settings.organization_tree import ROOT
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_ID_LENGTH: Final = 12


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the accounts."""
    emails: dict[str, str] = {}
    names: dict[str, str] = {}
    quarantined = _quarantines(stack)
    ids: dict[str, str] = {}
    purposes: dict[str, str] = {}
    own = stack.organization.alias
    aliases: dict[str, str] = {} if own is None else {own: naming.MANAGEMENT}
    if own is not None:
        yield from _alias((keys.ORGANIZATION, "alias"), own)
    for key, account in stack.accounts.items():
        path: Path = (keys.ACCOUNTS, key)
        yield from references.unit(stack, (*path, "unit"), account.unit, root=True)
        if quarantined and account.unit == ROOT:
            what = f"the account is in the root, where '{quarantined}' denies its use"
            yield Mistake(
                (*path, "unit"),
                what,
                "write the path of its unit",
                (keys.ORGANIZATION, "guardrails"),
                kind=Kind.GUARDRAIL_LOCKOUT,
            )
        # AWS distinguishes addresses by the part after '+', but not by case.
        yield from _unique((*path, "email"), "e-mail", account.email.lower(), key, emails)
        # AWS allows duplicate names, so existing accounts keep theirs.
        shown = (account.name or key).lower()
        if account.id is None:
            yield from _unique((*path, "name"), "name", shown, key, names)
        names.setdefault(shown, key)
        if account.external and account.id is None:
            what = "an external account needs its id"
            yield Mistake(
                (*path, "external"), what, 'add id: "…"', (*path, "id"), kind=Kind.MISSING_SETTING
            )
        if account.close_on_deletion and stack.partition == "aws-us-gov":
            # https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
            what = "an AWS GovCloud account is closed through its standard account"
            yield Mistake(
                (*path, "closeOnDeletion"), what, "remove it", (keys.REGION,), kind=Kind.UNSUPPORTED
            )
        if account.alias is not None:
            yield from _unique((*path, "alias"), "alias", account.alias, key, aliases)
            yield from _alias((*path, "alias"), account.alias)
        if account.id:
            yield from _unique((*path, "id"), "id", account.id, key, ids)
        if account.purpose in SINGLE_PURPOSES:
            yield from _unique((*path, "purpose"), "purpose", account.purpose, key, purposes)
            if stack.is_suspended(key):
                what = f"the {account.purpose} account is in a suspended unit"
                yield Mistake(
                    (*path, "unit"),
                    what,
                    "move it, or give its purpose to another",
                    kind=Kind.SUSPENDED_ACCOUNT,
                )
        if account.name is None:
            what = "account name"
            yield from references.length(stack, path, what, key, "accountNameLength")
    # The management account counts towards the quota.
    count, quota = len(stack.accounts) + 1, stack.quota("accounts")
    if count > quota:
        yield Mistake(
            (keys.ACCOUNTS,),
            f"with the management account there are {count} accounts",
            f"AWS allows {quota} by default; after an increase, set {keys.QUOTAS}.accounts",
            kind=Kind.EXCEEDS_LIMIT,
        )


def _alias(path: Path, alias: str) -> Iterator[Mistake]:
    """Check that an alias is no account id, which AWS rejects."""
    if alias.isdecimal() and len(alias) == _ID_LENGTH:
        what = "an alias of 12 digits could be taken for an account's id"
        yield Mistake(path, what, "write letters, too", kind=Kind.INVALID_VALUE)


def _quarantines(stack: Stack) -> str | None:
    """Return the name of the root's guardrail that denies the use of accounts in no unit."""
    for name in stack.organization.guardrails:
        own = stack.guardrails.get(name)
        if (own.catalogue if own is not None else name) == "quarantine-new-accounts":
            return name
    return None


def _unique(path: Path, what: str, value: str, key: str, seen: dict[str, str]) -> Iterator[Mistake]:
    if value in seen:
        fix = f"give each account a unique {what}"
        yield Mistake(
            path, f"account '{seen[value]}' has the same {what}", fix, kind=Kind.NAME_TAKEN
        )
    seen.setdefault(value, key)
