"""What an identity holds in effect: what all its layers allow and none of them denies.

`AccessSet` keeps the statements as they are and reads them for the action asked about. An answer
of NO is certain, and so is YES. CONDITIONAL is what depends on something that a request may bring,
and also the rare case that could not be decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice, product
from typing import Final

from landfall.iam.access import literals as logic
from landfall.iam.access.globs import Patterns, witness
from landfall.iam.access.identities import Identity
from landfall.iam.access.index import index
from landfall.iam.access.literals import Literal
from landfall.iam.access.rules import ALL, Resources, Rule, read, without_denied
from landfall.iam.access.universe import resources_of
from landfall.iam.layers import Source
from landfall.iam.requests import ContextValue

_MOST_COMBINATIONS: Final = 2_000
_MOST_CASES: Final = 200


class Hold(Enum):
    """Whether an identity can do something: always, under conditions, or never."""

    NO = "no"
    CONDITIONAL = "conditional"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Held:
    """An answer with its reasons.

    `resource` is an example on which it holds; `sources` are the identity's own statements that
    give it, in the order of the actions asked about; `conditions` is what has to hold.
    """

    hold: Hold
    resource: str = ""
    sources: tuple[Source, ...] = ()
    conditions: frozenset[Literal] = frozenset()


NOT_HELD: Final = Held(Hold.NO)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one action: `context` is what the request for it would have to say.

    `is_other` leaves out what a policy variable stands for: the caller's own resources.
    """

    action: str
    context: tuple[tuple[str, ContextValue], ...] = ()
    is_other: bool = False


class AccessSet:
    """All that an identity is allowed in effect; made by `effective`."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.layers = tuple(
            tuple(index(label, document) for label, document in layer) for layer in identity.layers
        )
        self._readings: dict[Question, _Reading] = {}

    def can(self, action: str, resource: str = "*") -> Hold:
        """Tell whether the identity can do `action` on some resource that `resource` stands for.

        Both may hold wildcards, and then one action and one resource are enough. `*` stands for
        the resources that AWS checks the action on, those of the identity's partition. What a
        resource's own policy says does not count.
        """
        return self.held(action, resource).hold

    def held(self, action: str, resource: str = "*") -> Held:
        """Answer `can` with an example, the statements that allow it, and its conditions."""
        best = NOT_HELD
        for name in self._names(action):
            among = resources_of(name, self.identity) if resource == "*" else (resource,)
            found = self.ask((Question(name),), among)
            if found.hold is Hold.YES:
                return found
            if found.hold is Hold.CONDITIONAL and best.hold is Hold.NO:
                best = found
        return best

    def _names(self, action: str) -> Sequence[str]:
        from landfall.iam.access.classes import representatives

        return representatives(action, (self.identity,))

    def ask(
        self, questions: Sequence[Question], among: Patterns, *, outside: Patterns = ()
    ) -> Held:
        """Tell whether one resource exists on which all the questions hold at once.

        It is one of `among` and none of `outside`, both patterns.
        """
        readings = [self._reading(question) for question in questions]
        layers = [layer for reading in readings for layer in reading.layers]
        if not all(layers):
            return NOT_HELD
        denies = [deny for reading in readings for deny in reading.denies]
        sources = _Sources([reading.layers[0] for reading in readings])
        return decide(layers, denies, Resources(among, outside), sources)

    def _reading(self, question: Question) -> _Reading:
        found = self._readings.get(question)
        if found is None:
            found = _Reading(self, question)
            self._readings[question] = found
        return found


class _Reading:
    """The rules of an identity for one action: the ways each layer allows it, and the denies."""

    def __init__(self, access: AccessSet, question: Question) -> None:
        request = access.identity.request(question.action, dict(question.context))
        rules = [read(layer, request) for layer in access.layers]
        self.denies = [rule for layer in rules for rule in layer if not rule.allows]
        allows = [[rule for rule in layer if rule.allows] for layer in rules]
        if not all(allows):
            self.layers: list[list[Rule]] = [[] for _ in allows]
            return
        self.layers = [
            _simplified(without_denied(rule, self.denies) for rule in layer) for layer in allows
        ]
        if question.is_other:
            self.layers = [
                [rule for rule in map(_of_others, layer) if rule.most.within != ()]
                for layer in self.layers
            ]


def _of_others(rule: Rule) -> Rule:
    return Rule(rule.source, True, rule.least, rule.least, rule.literals) if rule.own else rule


def _simplified(rules: Iterable[Rule]) -> list[Rule]:
    """Leave out what a rule without condition on every resource takes in already."""
    listed = [rule for rule in rules if rule.most.within != ()]
    for rule in listed:
        if rule.most.is_all and not rule.literals:
            return [rule]
    return listed


class _Sources:
    """Finds which statements of the identity give what was found."""

    def __init__(self, rules: Sequence[Sequence[Rule]]) -> None:
        self._rules = rules

    def of(self, resource: str, conditions: frozenset[Literal]) -> tuple[Source, ...]:
        """Return one statement for each action, the least conditional that takes the resource."""
        found = []
        for rules in self._rules:
            fitting = [
                rule
                for rule in rules
                if rule.literals <= conditions and _takes(rule.most, resource)
            ]
            if fitting:
                found.append(min(fitting, key=lambda rule: len(rule.literals)).source)
        return tuple(found)


def _takes(resources: Resources, resource: str) -> bool:
    from landfall.iam import patterns

    among = resources.outside if resources.within is None else resources.within
    found = any(patterns.matches(one, resource, case_sensitive=True) for one in among)
    return found == (resources.within is not None)


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a layer allows: the rules with the same conditions, put together."""

    literals: frozenset[Literal]
    most: Resources
    least: Resources


def ways(rules: Iterable[Rule]) -> list[Way]:
    """Put together what differs in resources only, those without conditions first."""
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
    layers: Sequence[Sequence[Rule]], denies: Sequence[Rule], asked: Resources, sources: _Sources
) -> Held:
    """Look for a resource that is asked about, that every layer allows and nothing denies.

    `asked` is what is in its `within` and not in its `outside`.
    """
    best = NOT_HELD
    choices = product(*(ways(layer) for layer in layers))
    for way in islice(choices, _MOST_COMBINATIONS):
        conditions = frozenset().union(*(one.literals for one in way))
        if not logic.is_consistent(conditions):
            continue
        if not conditions and (found := _always(way, denies, asked)):
            return Held(Hold.YES, found, sources.of(found, conditions))
        if best.hold is Hold.NO:
            case = _Case(conditions, *_together(asked, [one.most for one in way]))
            possible = possibly(case, list(denies))
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


def _together(
    asked: Resources, parts: Iterable[Resources]
) -> tuple[tuple[Patterns, ...], Patterns]:
    """Return what a resource has to be in, each of them, and what it has to be out of."""
    within, outside = [] if asked.within is None else [asked.within], [*asked.outside]
    for one in parts:
        outside.extend(one.outside)
        if one.within is not None:
            within.append(one.within)
    return tuple(within), tuple(outside)


def _always(way: Sequence[Way], denies: Sequence[Rule], asked: Resources) -> str | None:
    """Return a resource that is allowed whatever a request says."""
    allowed, excluded = _together(asked, [one.least for one in way])
    within, outside = [*allowed], [*excluded]
    for deny in denies:
        if deny.most.within is None:
            if not deny.most.outside:
                return None
            within.append(deny.most.outside)
        else:
            outside.extend(deny.most.within)
    truth, text = witness(within, tuple(outside))
    return text if truth else None


@dataclass(frozen=True, slots=True)
class _Case:
    """A part of the requests: what holds in them, and which resources they are for."""

    literals: frozenset[Literal]
    within: tuple[Patterns, ...]
    outside: Patterns

    def but(self, denied: Resources) -> _Case | None:
        """Leave out what is denied; None where nothing is left."""
        if denied.within is None:
            if not denied.outside:
                return None
            return _Case(self.literals, (*self.within, denied.outside), self.outside)
        return _Case(self.literals, self.within, (*self.outside, *denied.within))


def possibly(case: _Case, denies: list[Rule]) -> tuple[str, frozenset[Literal]] | None:
    """Return a resource that some request is allowed on, and what such a request has to say.

    None means that there is none. Where it cannot be decided the resource is the empty string.
    """
    return _Search().possibly(case, denies)


class _Search:
    def __init__(self) -> None:
        self._left = _MOST_CASES

    def possibly(self, case: _Case, denies: list[Rule]) -> tuple[str, frozenset[Literal]] | None:
        self._left -= 1
        if self._left < 0:
            return "", case.literals
        open_: list[Rule] = []
        for deny in denies:
            if any(logic.entails(case.literals, one.negated()) for one in deny.literals):
                continue
            if all(logic.entails(case.literals, one) for one in deny.literals):
                left = case.but(deny.least)
                if left is None:
                    return None
                case = left
            else:
                open_.append(deny)
        truth, text = witness(case.within, case.outside)
        if truth is False:
            return None
        if not open_:
            return text, case.literals
        first, *rest = open_
        for one in sorted(first.literals, key=str):
            opposite = one.negated()
            if logic.entails(case.literals, one):
                continue
            holding = case.literals | {opposite}
            if not logic.is_consistent(holding):
                continue
            found = self.possibly(_Case(holding, case.within, case.outside), rest)
            if found is not None:
                return found
        left = case.but(first.least)
        return self.possibly(left, rest) if left is not None else None


def effective(identity: Identity) -> AccessSet:
    """Return what an identity holds after boundary, SCPs and explicit denies."""
    return AccessSet(identity)


__all__ = ["ALL", "AccessSet", "Held", "Hold", "Question", "effective"]
