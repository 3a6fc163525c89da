"""What is said twice: actions and statements that another one takes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from landfall.iam import patterns
from landfall.iam.analysis.findings import Finding, Severity, listed, rule
from landfall.iam.analysis.subject import Examined, Placed
from landfall.iam.documents import Statement

ACTIONS: Final = rule(
    "redundant-action",
    "redundancy",
    Severity.NOTE,
    "an action is listed that another entry takes in",
    "Remove the narrower entry; it hides how much the wider one allows.",
)
STATEMENTS: Final = rule(
    "redundant-statement",
    "redundancy",
    Severity.NOTE,
    "a statement says nothing that another one does not say",
    "Remove the narrower statement.",
)


def check(examined: Examined) -> Iterator[Finding]:
    """Compare the entries of each statement, and the statements of the identity."""
    own = examined.own
    for placed in own:
        actions = placed.statement.actions
        wide = [one.lower() for one in actions if patterns.has_wildcard(one)]
        if not wide or not examined.spend(ACTIONS.id, len(wide) * len(actions)):
            continue
        found = [one for one in actions if _is_taken_in(one.lower(), wide)]
        if found:
            yield ACTIONS.at(
                placed.policy,
                placed.statement,
                f"lists {listed(found)}, which another entry takes in",
                element="Action",
            )
    for place, placed in enumerate(own):
        other = _wider(examined, own, place)
        if other is not None:
            where = other.statement.label
            where += f" of {other.policy}" if other.policy != placed.policy else ""
            yield STATEMENTS.at(placed.policy, placed.statement, f"{where} says the same and more")


def _is_taken_in(action: str, wide: Sequence[str]) -> bool:
    return any(one != action and patterns.covers(one, action, case_sensitive=False) for one in wide)


def _wider(examined: Examined, own: Sequence[Placed], place: int) -> Placed | None:
    placed = own[place]
    for index, other in enumerate(own):
        if index == place or other.statement.effect != placed.statement.effect:
            continue
        much = len(other.statement.actions) + len(other.statement.resources)
        if not examined.spend(STATEMENTS.id, 1 + much):
            return None
        if _says(other.statement, placed.statement):
            # Of two that say the same, the later one is too many.
            if _says(placed.statement, other.statement) and index > place:
                continue
            return other
    return None


def _says(wide: Statement, narrow: Statement) -> bool:
    return (
        set(wide.conditions) <= set(narrow.conditions)
        and not wide.not_actions
        and not narrow.not_actions
        and not wide.not_resources
        and not narrow.not_resources
        and _covers(wide.resources, narrow.resources, case_sensitive=True)
        and _covers(wide.actions, narrow.actions, case_sensitive=False)
    )


def _covers(wide: Sequence[str], narrow: Sequence[str], *, case_sensitive: bool) -> bool:
    if len(wide) * len(narrow) > 10_000:
        return False
    return all(
        any(patterns.covers(one, each, case_sensitive=case_sensitive) for one in wide)
        for each in narrow
    )
