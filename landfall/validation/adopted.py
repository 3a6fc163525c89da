"""Checks of imports without an id in the settings, and of delegated administrators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from landfall.guardrails.of_stack import documents
from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PATH = (keys.ADOPTED,)
_IN_REGION = re.compile(r"@([a-z]{2}(?:-[a-z]+)+-[0-9])$")
_DONE = "correct it; remove it after the import"


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in adopted resources and in delegated administrators."""
    yield from _delegated(stack)
    yield from _existing(stack)
    adopted = stack.adopted
    if not (adopted.attachments or adopted.delegated_administrators or adopted.roles):
        return
    if stack.organization.mode != "adopt":
        about = (keys.ORGANIZATION, "mode")
        what = f"{keys.ADOPTED} needs an existing organization"
        yield Mistake(
            _PATH, what, "write mode: adopt, or remove it", about, kind=Kind.MISSING_SETTING
        )
        return
    accounts = {account.id for account in stack.accounts.values() if account.id}
    yield from _attachments(stack, accounts)
    for service, ids in adopted.delegated_administrators.items():
        path: Path = (*_PATH, "delegatedAdministrators", service)
        if service not in stack.organization.delegated_administrators:
            what = f"{keys.ORGANIZATION} has no delegated administrator of '{service}'"
            yield Mistake(
                path,
                what,
                _DONE,
                (keys.ORGANIZATION, "delegatedAdministrators"),
                kind=Kind.UNKNOWN_REFERENCE,
            )
        yield from _ids(path, ids, accounts)
    for role, ids in adopted.roles.items():
        path = (*_PATH, "roles", role)
        if role not in stack.access.roles:
            fix = suggestion(role, stack.access.roles)
            yield Mistake(
                path,
                f"there is no role '{role}'",
                fix,
                (keys.ACCESS, "roles", role),
                kind=Kind.UNKNOWN_REFERENCE,
            )
        yield from _ids(path, ids, accounts)


def _delegated(stack: Stack) -> Iterator[Mistake]:
    for service, names in stack.organization.delegated_administrators.items():
        path: Path = (keys.ORGANIZATION, "delegatedAdministrators", service)
        for index, name in enumerate(names):
            yield from references.account(stack, (*path, index), name)


def _existing(stack: Stack) -> Iterator[Mistake]:
    """Check the regions at the end of import ids."""
    for kind, ids in stack.adopted.existing.items():
        for name, import_id in ids.items():
            found = _IN_REGION.search(import_id)
            if found is not None:
                path: Path = (*_PATH, "existing", kind, name)
                yield from references.region_in_use(stack, path, found[1])


def _attachments(stack: Stack, accounts: set[str]) -> Iterator[Mistake]:
    organization = stack.organization
    policies = {guardrail.id for _, guardrail in documents(stack) if guardrail.id}
    targets = {unit.id for _, unit in organization.walk() if unit.id} | accounts
    if organization.parent:
        targets.add(organization.parent)
    roots: set[str] = set()
    for policy, ids in stack.adopted.attachments.items():
        path: Path = (*_PATH, "attachments", policy)
        if policy not in policies:
            what = f"no guardrail has the id '{policy}'"
            yield Mistake(path, what, _DONE, (keys.GUARDRAILS,), kind=Kind.UNKNOWN_GUARDRAIL)
        roots.update(target for target in ids if target.startswith("r-"))
        others = [(i, t) for i, t in enumerate(ids) if not t.startswith("r-")]
        for index, target in others:
            if target not in targets:
                what = f"no unit or account has the id '{target}'"
                yield Mistake(
                    (*path, index),
                    what,
                    _DONE,
                    (keys.ORGANIZATION, "units"),
                    kind=Kind.UNKNOWN_ACCOUNT,
                )
    if len(roots) > 1:
        what = f"there are {len(roots)} roots: {', '.join(sorted(roots))}"
        yield Mistake(
            (*_PATH, "attachments"), what, "an organization has one", kind=Kind.EXCEEDS_LIMIT
        )


def _ids(path: Path, ids: Iterable[str], known: set[str]) -> Iterator[Mistake]:
    for index, given in enumerate(ids):
        if given not in known:
            about = (keys.ACCOUNTS,)
            yield Mistake(
                (*path, index),
                f"no account has the id '{given}'",
                _DONE,
                about,
                kind=Kind.UNKNOWN_ACCOUNT,
            )
