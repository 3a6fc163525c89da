"""Statements as rules: for one action, the resources of a statement and its conditions.

A policy variable with an unknown value makes a set uncertain: it has an upper and a lower bound.
Conditions that are decided already are left out, and so are statements that never apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from landfall.iam import patterns, variables
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Condition, Document, Effect, Statement
from landfall.iam.effective_access.globs import Patterns
from landfall.iam.effective_access.index import Index
from landfall.iam.effective_access.insiders import of_insider
from landfall.iam.effective_access.literals import Literal, literal
from landfall.iam.effective_access.standing import standing
from landfall.iam.layers import Source
from landfall.iam.requests import Request, Unknown
from landfall.iam.truth import Truth

_OPAQUE: Final = "\ufdd3"


@dataclass(frozen=True, slots=True)
class Resources:
    """A set of resources: those of `within`; if that is None, all except those of `outside`."""

    within: Patterns | None = None
    outside: Patterns = ()

    @property
    def is_all(self) -> bool:
        """Whether it is every resource."""
        return self.within is None and not self.outside


ALL: Final = Resources()
NONE: Final = Resources(())


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one statement for one action.

    The resources are between `least` and `most`. All `literals` must be true. `own` are patterns
    with unknown variables, each with a marker: the same marker in two rules is the same value in
    any one request.
    """

    source: Source
    allows: bool
    most: Resources
    least: Resources
    literals: frozenset[Literal]
    own: tuple[tuple[str, str], ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether its resources are known exactly."""
        return self.most == self.least


def read(documents: Iterable[Index], request: Request) -> tuple[Rule, ...]:
    """Return the rules of documents for a request."""
    rules = []
    for one in documents:
        for statement in one.about(request.action_key):
            rule = _rule(Source(statement, one.label), one.document, request)
            if rule is not None:
                rules.append(rule)
    return tuple(rules)


def _rule(source: Source, document: Document, request: Request) -> Rule | None:
    statement = source.statement
    literals = _literals(statement.conditions, document, request)
    if literals is None:
        return None
    most, least, own = _resources(statement, document, request)
    return Rule(source, statement.effect is Effect.ALLOW, most, least, literals, own)


def _literals(
    conditions: Sequence[Condition], document: Document, request: Request
) -> frozenset[Literal] | None:
    """Return the undecided conditions; None if they contradict each other."""
    found = set()
    for condition in conditions:
        truth: Truth = None
        if not isinstance(request.look_up(condition.key.lower()), Unknown):
            truth = compile_condition(condition, has_variables=document.has_variables)(request)
        if truth is None:
            truth = of_insider(condition, request.action_key)
        if truth is None:
            truth = standing(condition)
        if truth is False:
            return None
        if truth is None:
            found.add(literal(_plain(condition, document)))
    return frozenset(found)


def _plain(condition: Condition, document: Document) -> Condition:
    """Escape `${...}` in a document without variables, where it is plain text."""
    if document.has_variables or not any(variables.OPENING in one for one in condition.values):
        return condition
    values = tuple(one.replace(variables.OPENING, f"${_OPAQUE}{{") for one in condition.values)
    return replace(condition, values=values)


def _resources(
    statement: Statement, document: Document, request: Request
) -> tuple[Resources, Resources, tuple[tuple[str, str], ...]]:
    texts = statement.not_resources or statement.resources
    if not texts:
        return ALL, ALL, ()
    known: list[str] = []
    own: list[tuple[str, str]] = []
    for text in texts:
        if not document.has_variables or variables.OPENING not in text:
            known.append(text)
            continue
        template = variables.split(text)
        filled = variables.fill(template, request.look_up)
        if filled is None:
            continue
        if filled.known:
            known.append(filled.pattern)
        else:
            own.append((filled.pattern, _opaque(template)))
    if "*" in known:
        everything = NONE if statement.not_resources else ALL
        return everything, everything, ()
    sure = tuple(dict.fromkeys(known))
    perhaps = (*sure, *dict.fromkeys(pattern for pattern, _ in own))
    if statement.not_resources:
        return Resources(None, sure), Resources(None, perhaps), ()
    return Resources(perhaps), Resources(sure), tuple(own)


def _opaque(template: variables.Template) -> str:
    """Replace each variable by a marker that no wildcard but `*` matches."""
    return "".join(
        part
        if isinstance(part, str)
        else f"{_OPAQUE}{part.key.lower()}{_OPAQUE}{part.default or ''}{_OPAQUE}"
        for part in template
    )


def without_denied(rule: Rule, denies: Iterable[Rule]) -> Rule:
    """Return an allow without the variable patterns that a deny with the same variables cancels."""
    if not rule.own or rule.most.within is None:
        return rule
    denied = [text for deny in denies if not deny.literals for _, text in deny.own]
    gone = {
        pattern
        for pattern, text in rule.own
        if any(patterns.covers(other, text, case_sensitive=True) for other in denied)
    }
    if not gone:
        return rule
    kept = tuple(one for one in rule.own if one[0] not in gone)
    still = {pattern for pattern, _ in kept} | set(rule.least.within or ())
    within = tuple(one for one in rule.most.within if one in still)
    return replace(rule, most=Resources(within), own=kept)
