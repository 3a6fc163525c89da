"""The report section about changes of access."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from landfall.checking.access.changes import ALARMING, Change, Policy, of_holders, of_policies
from landfall.checking.access.holders import holders
from landfall.checking.preview import Planned
from landfall.reports import Entry, Section
from landfall.reports.finding import short

_MOST_ACCOUNTS: Final = 4
# A permission set is assigned to users and groups, not assumed.
_BY: Final = {"permission set": ("assigned to", "no longer assigned to")}
_LEFT_OUT: Final = "SCPs and RCPs are not taken into account."


def of_stack(
    stack: str, after: Sequence[Planned], before: Sequence[Planned] | None, against: str = ""
) -> Section:
    """Return the section of one stack.

    `before` is the preview at the base, and `against` names the base. If there is no base, `before`
    is None, everything counts as new, and `against` says why.
    """
    found = of_holders(before or (), after)
    policies = of_policies(before or (), after)
    if before is None:
        entries = [*_first(found), *_counted(policies)]
    else:
        entries = [*map(_entry, found), *map(_policy, policies)]
    return Section(
        f"access-{stack}",
        f"Access in stack {stack}",
        _summary(found, policies, len(holders(after)), before is None, against),
        tuple(entries),
        {"stack": stack, "against": against, "changes": [_data(change) for change in found]},
    )


def _summary(
    found: Sequence[Change], policies: Sequence[Policy], total: int, is_first: bool, against: str
) -> str:
    if is_first:
        why = against or "No base to compare with."
        return f"{why} All access is listed as new. {_LEFT_OUT}"
    if not found and not policies:
        return f"No change of access compared with {against} ({total} roles and users)."
    counts = Counter(change.verb for change in found)
    parts = [f"{counts[verb]} {verb}" for verb in ("new", "changed", "removed") if counts[verb]]
    summed = f"roles and users: {', '.join(parts)}" if parts else "no role or user changes"
    if policies:
        summed += f"; resource and organization policies: {len(policies)}"
    return f"Compared with {against}, {summed}. {_LEFT_OUT}"


def _first(found: Sequence[Change]) -> Iterator[Entry]:
    """Yield an entry for each high risk, and one entry with a line for each of the others."""
    rest = [change for change in found if change.risk > ALARMING]
    yield from (_entry(change) for change in found if change.risk <= ALARMING)
    if rest:
        lines = tuple(
            f"{change.kind} {change.name}{_where(change.accounts)}: {_summed(change)}"
            for change in rest
        )
        yield Entry(f"{len(rest)} roles and users that cannot change permissions", lines, True)


def _summed(change: Change) -> str:
    trust = [line for verb, line in change.trust if verb == "gains"]
    return "; ".join([f"for {' or '.join(trust)}" if trust else "for nobody", change.summary])


def _entry(change: Change) -> Entry:
    verb = {"new": "is new", "changed": "changes", "removed": "is removed"}[change.verb]
    alarm = f": {'; '.join(change.alarms)}" if change.alarms else ""
    title = f"{change.kind} {change.name}{_where(change.accounts)} {verb}{alarm}"
    return Entry(title, tuple(_lines(change)), is_folded=change.risk > ALARMING)


def _where(accounts: Sequence[str]) -> str:
    if not accounts:
        return ""
    if len(accounts) > _MOST_ACCOUNTS:
        shown = ", ".join(accounts[: _MOST_ACCOUNTS - 1])
        return f" in {len(accounts)} accounts ({shown} and others)"
    return f" in {', '.join(accounts)}"


def _lines(change: Change) -> Iterator[str]:
    gained, lost = _BY.get(change.kind, ("can be assumed by", "no longer by"))
    for verb, line in change.trust:
        yield f"{gained if verb == 'gains' else lost} {line}"
    yield from change.gains
    if change.verb == "removed":
        yield f"no longer: {change.summary}"
    else:
        yield from (f"no longer: {line}" for line in change.loses)
    if change.unread:
        yield f"unknown before the update: {', '.join(change.unread)}"


def _policy(policy: Policy) -> Entry:
    verb = {"new": "is new", "changed": "changes", "removed": "is removed"}[policy.verb]
    lines = tuple(
        f"{'now' if verb == 'gains' else 'no longer'}: {line}" for verb, line in policy.lines
    )
    weaker = any(each == "loses" and " denies " in line for each, line in policy.lines)
    title = f"policy of {short(policy.urn)} {verb}{': removes a deny' if weaker else ''}"
    return Entry(title, lines, is_folded=not weaker)


def _counted(policies: Sequence[Policy]) -> Iterator[Entry]:
    kinds = Counter(
        "of the organization" if "aws:organizations/" in policy.urn else "of resources"
        for policy in policies
    )
    if kinds:
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield Entry(f"other policies: {listed}")


def _data(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "name": change.name,
        "accounts": list(change.accounts),
        "change": change.verb,
        "alarms": list(change.alarms),
        "trust": {
            verb: [line for each, line in change.trust if each == verb]
            for verb in ("gains", "loses")
        },
        "gains": list(change.gains),
        "loses": list(change.loses),
        "unread": list(change.unread),
    }
