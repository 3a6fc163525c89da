"""The effective access of an identity: what all its layers allow and none denies.

`Holdings` keeps the statements and evaluates them for each action. The answers NO and YES are
certain. CONDITIONAL depends on the request, or could not be decided, which is rare.
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
    """A question about one action; `context` is the context that the request must have.

    `is_other` excludes resources that match a policy variable: the caller's own.
    """

    action: str
    context: tuple[tuple[str, ContextValue], ...] = ()
    is_other: bool = False


class Holdings:
    """The effective access of an identity, queried by action."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.layers = tuple(
            tuple(index(label, document) for label, document in layer) for layer in identity.layers
        )
        self.work = Work()
        self._readings: dict[Question, Reading] = {}

    def can(self, action: str, resource: str = "*") -> Hold:
        """Return whether the identity can do `action` on some resource that matches `resource`.

        Both can have wildcards: one matching action and resource are enough. `*` matches the
        resources that AWS checks the action on, in the identity's partition. Resource policies do
        not count.
        """
        return self.held(action, resource).hold

    def held(self, action: str, resource: str = "*") -> Held:
        """Return the answer of `can` with an example, its statements and its conditions."""
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
        """Return whether a resource exists for which all questions are true.

        It matches `within` of `among`, and nothing in its `outside`.
        """
        readings = [self.reading(question) for question in questions]
        layers = [layer for reading in readings for layer in reading.layers]
        if not all(layers):
            return NOT_HELD
        denies = [deny for reading in readings for deny in reading.denies]
        sources = Sources([reading.layers[0] for reading in readings])
        return decide(layers, denies, among, sources, self.work)

    def reading_of(self, action: str) -> Reading:
        """Return the rules of an action without further context."""
        return self.reading(Question(action))

    def reading(self, question: Question) -> Reading:
        """Return the rules of a question; cached."""
        found = self._readings.get(question)
        if found is None:
            found = Reading(self, question)
            self._readings[question] = found
        return found


class Reading:
    """The rules of an identity for one action: the ways each layer allows, and the denies."""

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
    """Return the rules without those that an unconditional rule on every resource covers."""
    listed = [rule for rule in rules if rule.most.within != ()]
    for rule in listed:
        if rule.most.is_all and not rule.literals:
            return [rule]
    return listed
