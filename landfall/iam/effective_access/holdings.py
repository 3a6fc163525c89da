"""What an identity holds in effect: what all its layers allow and none of them denies.

`Holdings` keeps the statements as they are and reads them for the action asked about. An answer
of NO is certain, and so is YES. CONDITIONAL is what depends on something that a request may bring,
and also the rare case that could not be decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landfall.iam.effective_access.classes import representatives
from landfall.iam.effective_access.deciding import NOT_HELD, Held, Hold, Sources, Work, decide
from landfall.iam.effective_access.identities import Identity
from landfall.iam.effective_access.index import index
from landfall.iam.effective_access.rules import Resources, Rule, read, without_denied
from landfall.iam.effective_access.universe import resources_of
from landfall.iam.requests import ContextValue


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one action: `context` is what the request for it would have to say.

    `is_other` leaves out what a policy variable stands for: the caller's own resources.
    """

    action: str
    context: tuple[tuple[str, ContextValue], ...] = ()
    is_other: bool = False


class Holdings:
    """What an identity is allowed in effect, asked action by action."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.layers = tuple(
            tuple(index(label, document) for label, document in layer) for layer in identity.layers
        )
        self.work = Work()
        self._readings: dict[Question, Reading] = {}

    def can(self, action: str, resource: str = "*") -> Hold:
        """Return whether the identity can do `action` on some resource that `resource` stands for.

        Both may hold wildcards, and then one action and one resource are enough. `*` stands for
        the resources that AWS checks the action on, those of the identity's partition. What a
        resource's own policy says does not count.
        """
        return self.held(action, resource).hold

    def held(self, action: str, resource: str = "*") -> Held:
        """Answer `can` with an example, the statements that allow it, and its conditions."""
        best = NOT_HELD
        for name in representatives(action, self.layers):
            among = Resources((resource,))
            if resource == "*":
                among = resources_of(name, self.identity)
            found = self.ask((Question(name),), among)
            if found.hold is Hold.YES:
                return found
            if found.hold is Hold.CONDITIONAL and best.hold is Hold.NO:
                best = found
        return best

    def ask(self, questions: Sequence[Question], among: Resources) -> Held:
        """Return whether one resource exists on which all the questions hold at once.

        It is one of the patterns in `within` of `among`, and none of those in `outside`.
        """
        readings = [self.reading(question) for question in questions]
        layers = [layer for reading in readings for layer in reading.layers]
        if not all(layers):
            return NOT_HELD
        denies = [deny for reading in readings for deny in reading.denies]
        sources = Sources([reading.layers[0] for reading in readings])
        return decide(layers, denies, among, sources, self.work)

    def reading_of(self, action: str) -> Reading:
        """Return the rules about an action of which nothing more is known."""
        return self.reading(Question(action))

    def reading(self, question: Question) -> Reading:
        """Return the rules about what is asked, read once."""
        found = self._readings.get(question)
        if found is None:
            found = Reading(self, question)
            self._readings[question] = found
        return found


class Reading:
    """The rules of an identity for one action: the ways each layer allows it, and the denies."""

    def __init__(self, holdings: Holdings, question: Question) -> None:
        request = holdings.identity.request(question.action, dict(question.context))
        rules = [read(layer, request) for layer in holdings.layers]
        self.rules = [rule for layer in rules for rule in layer]
        self.denies = [rule for rule in self.rules if not rule.allows]
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
