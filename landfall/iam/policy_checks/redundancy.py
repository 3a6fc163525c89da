"""Rules of redundancy: actions and statements that others cover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.documents import Condition, Effect, Statement
from landfall.iam.policy_checks.covers import cover, cover_of_actions
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.rules import Severity

ACTIONS: Final = rule(
    "redundant-action",
    "redundancy",
    Severity.NOTE,
    "a listed action is covered by another entry",
    "Remove the narrower entry; it hides how much the wider one allows.",
)
STATEMENTS: Final = rule(
    "redundant-statement",
    "redundancy",
    Severity.NOTE,
    "a statement is covered by another one",
    "Remove the narrower statement.",
)
_MOST_GROUPS: Final = 1_000


def check(examined: Examined) -> Iterator[Finding]:
    """Compare the entries of each statement, and the statements of the identity."""
    for placed in examined.own:
        statement = placed.statement
        among = cover_of_actions(statement.actions)
        if not among.is_wide or not examined.spend(ACTIONS.id, len(statement.actions)):
            continue
        found = [one for one in statement.actions if among.takes(one.lower(), beside_itself=True)]
        if found:
            message = f"lists {listed(found)}, which another entry covers"
            yield ACTIONS.at(placed.policy, statement, message, element="Action")
    for placed, other in _narrower(examined):
        where = other.statement.label
        where += f" of {other.policy}" if other.policy != placed.policy else ""
        yield STATEMENTS.at(placed.policy, placed.statement, f"{where} covers it")


def _narrower(examined: Examined) -> Iterator[tuple[Placed, Placed]]:
    """Yield statements that list what they are about, each with one that says as much."""
    own = [
        one
        for one in examined.own
        if not one.statement.not_actions and not one.statement.not_resources
    ]
    groups: dict[tuple[Effect, frozenset[Condition]], list[Placed]] = {}
    for placed in own:
        key = (placed.statement.effect, frozenset(placed.statement.conditions))
        groups.setdefault(key, []).append(placed)
    if len(groups) > _MOST_GROUPS:
        examined.spend(STATEMENTS.id, len(own) * len(groups))
    for (effect, conditions), narrow in groups.items():
        for (of_effect, fewer), wide in groups.items():
            if effect is of_effect and fewer <= conditions:
                yield from _among(examined, narrow, wide)


def _among(
    examined: Examined, narrow: list[Placed], wide: list[Placed]
) -> Iterator[tuple[Placed, Placed]]:
    for place, placed in enumerate(narrow):
        for index, other in enumerate(wide):
            if not examined.spend(STATEMENTS.id, 1):
                return
            if placed is other or not _says(examined, other.statement, placed.statement):
                continue
            # Of two that say the same, the later one is too many.
            same = wide is narrow and index > place
            if not same or not _says(examined, placed.statement, other.statement):
                yield placed, other
                break


def _says(examined: Examined, wide: Statement, narrow: Statement) -> bool:
    """Return whether one statement covers another, apart from conditions."""
    actions, resources = cover_of_actions(wide.actions), cover(wide.resources)
    if not actions.takes(narrow.actions[0].lower()):
        return False
    if not narrow.resources or not resources.takes(narrow.resources[0]):
        return not wide.resources and not narrow.resources
    much = len(narrow.actions) + len(narrow.resources)
    return (
        examined.spend(STATEMENTS.id, much)
        and resources.takes_all(narrow.resources)
        and all(actions.takes(one.lower()) for one in narrow.actions)
    )
