"""Which classes of callers a policy allows: its Allows less all of its Denies.

A caller is allowed if all conditions of an Allow are true and, for each Deny of the same action and
resource, at least one condition is false. The chosen conditions must not contradict each other. If
that takes too much work to decide, the caller counts as allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from landfall.iam import actions, patterns
from landfall.iam.documents import Condition, Effect, Principal, Statement
from landfall.iam.effective_access.literals import Literal, fits, literal
from landfall.iam.outsiders.classes import CallerClass
from landfall.iam.outsiders.narrowing import outcomes

# Realistic policies take a few dozen steps.
_MOST_STEPS: Final = 2_000
_MOST_UNITS: Final = 4_000


class Judged(Protocol):
    """A statement with what is known of its conditions."""

    @property
    def statement(self) -> Statement:
        """The statement."""

    def fixed(self, condition: Condition) -> bool | None:
        """Return the result of a condition for every caller; None if it depends."""


@dataclass(frozen=True, slots=True)
class _Deny:
    statement: Statement
    # Conditions that are not true for every caller.
    open: tuple[Condition, ...]


class Judge:
    """The Denies of a policy, for checking its Allows."""

    def __init__(self, statements: Iterable[Judged]) -> None:
        self._denies: list[_Deny] = []
        for one in statements:
            statement = one.statement
            if statement.effect is not Effect.DENY:
                continue
            known = [(each, one.fixed(each)) for each in statement.conditions]
            if all(truth is not False for _, truth in known):
                open_ = tuple(each for each, truth in known if truth is None)
                self._denies.append(_Deny(statement, open_))

    @property
    def size(self) -> int:
        """The number of comparisons for one Allow."""
        return 1 + sum(
            len(one.statement.actions) + len(one.statement.resources) for one in self._denies
        )

    def lets(
        self, allow: Judged, classes: Iterable[CallerClass], *, principal: Principal | None = None
    ) -> tuple[CallerClass, ...]:
        """Return the classes with members that an Allow effectively allows.

        `principal` is the one that the Allow names; None means everybody.
        """
        conditions = []
        for one in allow.statement.conditions:
            truth = allow.fixed(one)
            if truth is False:
                return ()
            if truth is None:
                conditions.append(one)
        units = list(self._units(allow.statement, principal))
        return tuple(
            caller
            for caller in classes
            if all(True in outcomes(caller, one) for one in conditions)
            and any(self._gets_through(caller, conditions, denies) for denies in units)
        )

    def _gets_through(
        self, caller: CallerClass, conditions: Sequence[Condition], denies: Sequence[_Deny]
    ) -> bool:
        chosen: list[Literal] = []
        for one in map(literal, conditions):
            if not fits(chosen, one):
                return False
            chosen.append(one)
        return _Escape(caller).past(denies, chosen)

    def _units(self, allow: Statement, principal: Principal | None) -> Iterator[tuple[_Deny, ...]]:
        """Yield the Denies of each part of an Allow, without repetition."""
        about = [one for one in self._denies if _names(one.statement, principal)]
        if not about:
            yield ()
            return
        seen: set[tuple[int, ...]] = set()
        resources = allow.resources or ("*",)
        for action in _parts(allow, [one.statement for one in about]):
            acting = [one for one in about if _takes_action(one.statement, action)]
            for resource in resources:
                found = tuple(one for one in acting if _takes_resource(one.statement, resource))
                key = tuple(map(id, found))
                if key not in seen:
                    seen.add(key)
                    yield found


class _Escape:
    """Searches a way to avoid all Denies: one false condition of each."""

    def __init__(self, caller: CallerClass) -> None:
        self._caller = caller
        self._steps = 0

    def past(self, denies: Sequence[_Deny], chosen: list[Literal]) -> bool:
        """Return whether members of the class can avoid all of some Denies."""
        if not denies:
            return True
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return True
        first, rest = denies[0], denies[1:]
        for condition in first.open:
            if False not in outcomes(self._caller, condition):
                continue
            escape = literal(condition).negated()
            if fits(chosen, escape) and self.past(rest, [*chosen, escape]):
                return True
        return False


def is_everybody(principals: tuple[Principal, ...] | None) -> bool:
    """Return whether a Principal element names everybody."""
    return any(one.kind in ("*", "AWS") and one.value == "*" for one in principals or ())


def _names(deny: Statement, principal: Principal | None) -> bool:
    """Return whether a Deny applies to a principal, or to everybody if None."""
    if deny.not_principals is not None:
        return principal not in deny.not_principals and not is_everybody(deny.not_principals)
    if deny.principals is None:
        # An identity policy has no principal: it applies to its identity.
        return True
    return is_everybody(deny.principals) or principal in deny.principals


def _parts(allow: Statement, denies: Sequence[Statement]) -> Iterator[str]:
    """Yield the actions of an Allow; a pattern that a Deny covers partly is divided."""
    for text in allow.actions or ("*",):
        if not patterns.has_wildcard(text) or all(_is_whole(one, text) for one in denies):
            yield text
            continue
        wide = _within_service(text, allow.resources)
        names = sorted(actions.expand(wide)) if not wide.startswith("*") else []
        yield from names[:_MOST_UNITS] or [text]


def _within_service(text: str, resources: tuple[str, ...]) -> str:
    """Return an action pattern limited to the service that all resources belong to."""
    if text.partition(":")[0].strip("*"):
        return text
    services = {one.split(":")[2] if one.count(":") > 2 else "" for one in resources}
    service = services.pop() if len(services) == 1 else ""
    if not service or patterns.has_wildcard(service):
        return "*"
    return f"{service}:{text.partition(':')[2] or '*'}"


def _is_whole(deny: Statement, text: str) -> bool:
    """Return whether a Deny covers all of an action pattern, or nothing of it."""
    if _takes_action(deny, text):
        return True
    if deny.not_actions:
        return any(patterns.covers(one, text, case_sensitive=False) for one in deny.not_actions)
    return not any(patterns.intersects(one, text, case_sensitive=False) for one in deny.actions)


def _takes_action(deny: Statement, text: str) -> bool:
    if deny.not_actions:
        return not any(
            patterns.intersects(one, text, case_sensitive=False) for one in deny.not_actions
        )
    return any(patterns.covers(one, text, case_sensitive=False) for one in deny.actions)


def _takes_resource(deny: Statement, resource: str) -> bool:
    if deny.not_resources:
        return not any(
            patterns.intersects(one, resource, case_sensitive=True) for one in deny.not_resources
        )
    return not deny.resources or any(
        patterns.covers(one, resource, case_sensitive=True) for one in deny.resources
    )
