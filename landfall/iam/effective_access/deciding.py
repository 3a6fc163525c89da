"""Decide whether layers that must all allow, less denies, allow something.

Each layer allows in several ways: a set of resources under conditions. The search is for a resource
and a request that match one way of every layer and no deny. It separates the cases in which a
condition is true and false, so that it can tell an avoidable deny from others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice, product
from typing import Final

from landfall.iam import patterns
from landfall.iam.effective_access import literals as logic
from landfall.iam.effective_access.globs import Patterns, witness
from landfall.iam.effective_access.literals import Literal
from landfall.iam.effective_access.rules import Resources, Rule
from landfall.iam.layers import Source

_MOST_COMBINATIONS: Final = 2_000
_MOST_WORK: Final = 400_000
_MOST_WORK_AT_ONCE: Final = 20_000
_LITTLE_WORK: Final = 500


class Hold(Enum):
    """Whether an identity can do something: always, under conditions, or never."""

    NO = "no"
    CONDITIONAL = "conditional"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Held:
    """An answer with its reasons.

    `resource` is an example; `sources` are the identity's own statements that allow it, in the
    order of the actions; `conditions` must be true.
    """

    hold: Hold
    resource: str = ""
    sources: tuple[Source, ...] = ()
    conditions: frozenset[Literal] = frozenset()


NOT_HELD: Final = Held(Hold.NO)


class Sources:
    """Finds the statements of the identity that allow what was found."""

    def __init__(self, rules: Sequence[Sequence[Rule]]) -> None:
        self._rules = rules

    def of(self, resource: str, conditions: frozenset[Literal]) -> tuple[Source, ...]:
        """Return for each action the matching statement with the fewest conditions."""
        found = []
        for rules in self._rules:
            fitting = [
                rule
                for rule in rules
                if rule.literals <= conditions and _takes(rule.most, resource)
            ]
            found.append(min(fitting or rules, key=lambda rule: len(rule.literals)).source)
        return tuple(found)


def _takes(resources: Resources, resource: str) -> bool:
    among = resources.outside if resources.within is None else resources.within
    found = any(patterns.matches(one, resource, case_sensitive=True) for one in among)
    return found == (resources.within is not None)


class Work:
    """The work that is left, counted in rules and conditions.

    The number of cases is exponential in conditions. Realistic policies stay far below the limits;
    for others the answer, in bounded time, is that nothing was excluded. Work beyond a small
    allowance per question is taken from `left`, so that only hard questions use it up.
    """

    __slots__ = ("at_once", "left")

    def __init__(self, left: int = _MOST_WORK) -> None:
        self.left = left
        self.at_once = 0

    def begin(self) -> None:
        """Begin one question."""
        self.at_once = _MOST_WORK_AT_ONCE if self.left > 0 else _LITTLE_WORK

    def spend(self, much: int) -> bool:
        """Take from what is left; False where it is not enough."""
        self.at_once -= much
        if self.at_once < _MOST_WORK_AT_ONCE - _LITTLE_WORK:
            self.left -= much
        return self.at_once >= 0


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a layer allows: all rules with the same conditions."""

    literals: frozenset[Literal]
    most: Resources
    least: Resources


def ways(rules: Iterable[Rule]) -> list[Way]:
    """Merge rules that differ only in resources, those without conditions first."""
    most: dict[frozenset[Literal], list[str]] = {}
    least: dict[frozenset[Literal], list[str]] = {}
    found: list[Way] = []
    for rule in rules:
        if rule.most.within is None:
            found.append(Way(rule.literals, rule.most, rule.least))
            continue
        most.setdefault(rule.literals, []).extend(rule.most.within)
        least.setdefault(rule.literals, []).extend(rule.least.within or ())
    for literals, texts in most.items():
        found.append(Way(literals, Resources(tuple(texts)), Resources(tuple(least[literals]))))
    return sorted(found, key=lambda way: len(way.literals))


def decide(
    layers: Sequence[Sequence[Rule]],
    denies: Sequence[Rule],
    asked: Resources,
    sources: Sources,
    work: Work,
) -> Held:
    """Find a resource in `asked` that every layer allows and nothing denies.

    `asked` are the resources in its `within` that are not in its `outside`.
    """
    best = NOT_HELD
    work.begin()
    choices = product(*(ways(layer) for layer in layers))
    for way in islice(choices, _MOST_COMBINATIONS):
        conditions = frozenset().union(*(one.literals for one in way))
        if not work.spend(len(conditions) + 1):
            return best if best.hold is not Hold.NO else Held(Hold.CONDITIONAL)
        if not logic.is_consistent(conditions):
            continue
        if not conditions and (found := _always(way, denies, asked)):
            return Held(Hold.YES, found, sources.of(found, conditions))
        if best.hold is Hold.NO:
            case = Case(conditions, *together(asked, [one.most for one in way]))
            possible = possibly(case, denies, work)
            if possible is not None:
                best = Held(
                    Hold.CONDITIONAL,
                    possible[0],
                    sources.of(possible[0], conditions),
                    possible[1],
                )
    if best.hold is Hold.NO and next(choices, None) is not None:
        return Held(Hold.CONDITIONAL)
    return best


def together(asked: Resources, parts: Iterable[Resources]) -> tuple[tuple[Patterns, ...], Patterns]:
    """Return the sets that must all contain the resource, and those that must not."""
    within, outside = [] if asked.within is None else [asked.within], [*asked.outside]
    for one in parts:
        outside.extend(one.outside)
        if one.within is not None:
            within.append(one.within)
    return tuple(within), tuple(outside)


def _always(way: Sequence[Way], denies: Sequence[Rule], asked: Resources) -> str | None:
    """Return a resource that is allowed for any request."""
    allowed, excluded = together(asked, [one.least for one in way])
    within, outside = [*allowed], [*excluded]
    for deny in denies:
        if deny.most.within is None:
            within.append(deny.most.outside)
        else:
            outside.extend(deny.most.within)
    truth, text = witness(within, tuple(outside))
    return text if truth else None


@dataclass(frozen=True, slots=True)
class Case:
    """A subset of requests: the conditions that are true in them, and their resources."""

    literals: frozenset[Literal]
    within: tuple[Patterns, ...]
    outside: Patterns

    def but(self, denied: Resources) -> Case | None:
        """Return the case without what is denied; None if nothing is left."""
        if denied.within is None:
            if not denied.outside:
                return None
            return Case(self.literals, (*self.within, denied.outside), self.outside)
        return Case(self.literals, self.within, (*self.outside, *denied.within))


def possibly(
    case: Case, denies: Sequence[Rule], work: Work
) -> tuple[str, frozenset[Literal]] | None:
    """Return a resource that some request is allowed on, and the conditions of such a request.

    None if there is none. If it cannot be decided, the resource is the empty string.
    """
    asked = sum(len(deny.literals) for deny in denies)
    if not work.spend(len(denies) + len(case.literals) + asked + 1):
        return "", case.literals
    known = logic.by_key(case.literals)
    open_: list[Rule] = []
    cut = case
    for deny in denies:
        # Most denies ask for keys of which the case knows nothing.
        related = [one for one in deny.literals if one.key in known]
        if any(logic.entails(known[one.key], one.negated()) for one in related):
            continue
        if len(related) == len(deny.literals) and all(
            logic.entails(known[one.key], one) for one in related
        ):
            left = cut.but(deny.least)
            if left is None:
                return None
            cut = left
        else:
            open_.append(deny)
    if cut is not case or not open_:
        truth, text = witness(cut.within, cut.outside)
        if truth is False:
            return None
        if not open_:
            return text, case.literals
    first, rest = open_[0], open_[1:]
    for one in sorted(first.literals, key=str):
        opposite = one.negated()
        same = known.get(one.key, ())
        if logic.entails(same, one) or not logic.fits(same, opposite):
            continue
        holding = Case(case.literals | {opposite}, cut.within, cut.outside)
        if (found := possibly(holding, rest, work)) is not None:
            return found
    left = cut.but(first.least)
    return possibly(left, rest, work) if left is not None else None
