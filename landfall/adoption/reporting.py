"""Say what accounts use outside of AWS Organizations: what can be taken over, what stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from landfall.adoption import control_tower
from landfall.snapshots.found import InUse, Organization
from landfall.validation.messages import shown

_SHOWN: Final = 3
Line = tuple[str, str, str]
"""A kind of resource, what of it, and the reason or the setting."""


def account_names(organization: Organization) -> Mapping[str, str]:
    """Return how to name each account, by its id: the name, with the id where names repeat."""
    count = Counter(account.name.lower() for account in organization.accounts)
    return {
        account.id: shown(account.name)
        if account.name and count[account.name.lower()] == 1
        else f"{shown(account.name)} ({account.id})"
        for account in organization.accounts
    }


def to_take_over(organization: Organization) -> list[Line]:
    """Return what exists and has a setting, by kind, with its accounts."""
    return _lines(organization, (each for each in _own(organization) if each.setting))


def left(organization: Organization) -> list[Line]:
    """Return what stays as it is, with the reason, and what could not be read."""
    lines = _lines(organization, (each for each in _own(organization) if not each.setting))
    towers = [each for each in organization.in_use if control_tower.is_its_resource(each.name)]
    for kind in sorted({each.kind for each in towers}):
        names = sorted({shown(each.name) for each in towers if each.kind == kind})
        lines.append((kind, ", ".join(names), "managed by AWS Control Tower"))
    by_code: dict[tuple[str, str], list[str]] = {}
    for unread in organization.unread:
        by_code.setdefault((unread.kind, unread.code), []).append(unread.account)
    names_of = account_names(organization)
    for (kind, code), accounts in sorted(by_code.items()):
        lines.append((kind, f"in {_places(accounts, names_of)}", f"AWS answered {code}"))
    return lines


def counted(organization: Organization) -> list[tuple[str, str]]:
    """Return by kind how many resources there are, and where."""
    return [(kind, what) for kind, what, _ in _lines(organization, organization.in_use)]


def _own(organization: Organization) -> Iterator[InUse]:
    """Yield what Control Tower does not manage."""
    for each in organization.in_use:
        if not control_tower.is_its_resource(each.name):
            yield each


def _lines(organization: Organization, uses: Iterable[InUse]) -> list[Line]:
    by_kind: dict[tuple[str, str], list[InUse]] = {}
    for each in uses:
        by_kind.setdefault((each.kind, each.setting or each.why), []).append(each)
    names = account_names(organization)
    lines = []
    for (kind, reason), found in sorted(by_kind.items()):
        places = _places((each.account for each in found), names)
        regions = ", ".join(sorted({each.region for each in found if each.region}))
        where = f"{places}{f', {regions}' if regions else ''}"
        lines.append((kind, f"{len(found)} in {where}", reason))
    return lines


def _places(accounts: Iterable[str], names: Mapping[str, str]) -> str:
    """Return the accounts in words: the first names, and how many more there are."""
    found = sorted({names.get(account, account) for account in accounts})
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more accounts" if more > 0 else "")
