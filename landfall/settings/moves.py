"""What was renamed since another state of a stack file, and what AWS does about it.

The other state is what the stack last applied, or the file of another commit: both as `names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from landfall.settings import delivery_moves, keys
from landfall.settings.renames import Renames
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion

Names = Mapping[str, Any]
"""What tells applications, deployments, accounts, units and groups apart: plain JSON values."""

_GROUPS: Final[Path] = (keys.ACCESS, "identityCenter", "groups")


class Move(NamedTuple):
    """What AWS does about one rename: `path` is its setting, `refused` whether AWS refuses it."""

    path: Path
    what: str
    fix: str
    refused: bool = False

    def __str__(self) -> str:
        """Render as two sentences."""
        return f"{self.what}. {self.fix[:1].upper()}{self.fix[1:]}"


def names(stack: Stack) -> dict[str, Any]:
    """Return the names of a stack's settings, to compare others with."""
    return {
        "accounts": sorted(stack.accounts),
        "units": sorted(path for path, _ in stack.organization.walk()),
        "groups": _groups(stack),
        "applications": delivery_moves.names(stack),
    }


def moves(stack: Stack, old: Names | None) -> Iterator[Move]:
    """Yield what AWS does about each rename; all of `formerly` where `old` is not known."""
    renames = Renames(stack)
    yield from _accounts(renames, old)
    yield from _units(renames, old)
    yield from _of_groups(stack, renames, old)
    for path, what, fix, refused in delivery_moves.moves(
        stack, renames.delivery, None if old is None else old.get("applications", {})
    ):
        yield Move(path, what, fix, refused)


def emails(stack: Stack) -> dict[str, str]:
    """Return the e-mail address of each account that the stack manages, by its key."""
    accounts = stack.accounts.items()
    return {key: account.email for key, account in accounts if not account.external}


def second_accounts(stack: Stack, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Move]:
    """Yield each account that has a new key without `formerly`.

    `old` and `new` are the e-mail addresses by key: AWS allows no second account with an address.
    """
    for key in sorted(new.keys() - old.keys()):
        for gone in sorted(old.keys() - new.keys()):
            same = new[key].lower() == old[gone].lower()
            if same and stack.accounts[key].formerly != gone:
                what = f"account {gone} is now {key}, with the same e-mail address. "
                what += "AWS would reject a second account"
                fix = f"add 'formerly: {gone}' to account {key}"
                yield Move((keys.ACCOUNTS, key), what, fix, refused=True)


def _is_carried(old: Names | None, kind: str, new: str, former: str) -> bool:
    """Return whether a rename is still to be applied."""
    return old is None or (former in old.get(kind, ()) and new not in old.get(kind, ()))


def _accounts(renames: Renames, old: Names | None) -> Iterator[Move]:
    for new, former in renames.accounts.items():
        if _is_carried(old, "accounts", new, former):
            what = f"account {former} becomes {new}, and AWS keeps it with all that is in it"
            fix = f"its budget keeps the name {former} while 'formerly' is set"
            yield Move((keys.ACCOUNTS, new, "formerly"), what, fix)


def _units(renames: Renames, old: Names | None) -> Iterator[Move]:
    for new, former in renames.units.items():
        parent, _, key = new.rpartition("/")
        if key != former.rpartition("/")[2] and _is_carried(old, "units", new, former):
            path: Path = (keys.ORGANIZATION,)
            for each in filter(None, [*parent.split("/"), key]):
                path = (*path, "units", each)
            what = f"unit {former} becomes {new}, and AWS renames it in place"
            yield Move((*path, "formerly"), what, "its accounts and policies stay where they are")


def _groups(stack: Stack) -> dict[str, Any]:
    center = stack.access.identity_center
    if center is None:
        return {}
    return {
        key: {
            "name": group.name or key,
            "assignments": sorted(
                f"{name} in {place}"
                for each in center.assignments
                if each.group == key
                for name in each.permission_sets
                for place in (*each.accounts, *(f"unit {unit}" for unit in each.units))
            ),
        }
        for key, group in center.groups.items()
        if group.id is None
    }


def _of_groups(stack: Stack, renames: Renames, old: Names | None) -> Iterator[Move]:
    now = _groups(stack)
    for new, former in renames.groups.items():
        if new in now and _is_carried(old, "groups", new, former):
            what = f"group {former} becomes {new}, and AWS renames it in place"
            yield Move((*_GROUPS, new, "formerly"), what, "its members and assignments stay")
    before = dict((old or {}).get("groups", {}))
    gone = {key: it for key, it in before.items() if key not in {*now, *renames.groups.values()}}
    for key in [key for key in now if old is not None and key not in before]:
        if key in renames.groups:
            if renames.groups[key] not in before:
                yield _unknown((*_GROUPS, key), "group", renames.groups[key], before)
            continue
        match = next((each for each in gone if _is_alike(gone[each], now[key])), None)
        if match is None:
            continue
        same = gone[match]["name"].lower() == now[key]["name"].lower()
        gone.pop(match)
        what = f"group {match} has become {key}"
        if same:
            what += (
                f". AWS would refuse a second group named {now[key]['name']} (ConflictException)"
            )
        else:
            what += ". AWS would delete it with its members, and make one that has none"
        yield Move((*_GROUPS, key), what, f"write 'formerly: {match}' in group {key}", same)


def _is_alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    same_name = old["name"].lower() == new["name"].lower()
    return bool(same_name or (old["assignments"] and old["assignments"] == new["assignments"]))


def _unknown(path: Path, what: str, former: str, known: Mapping[str, Any]) -> Move:
    told = f"there was no {what} '{former}', so this {what} is made new"
    return Move((*path, "formerly"), told, suggestion(former, known))
