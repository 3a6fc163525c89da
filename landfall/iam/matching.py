"""Find the statements of a document that match a request. Documents are prepared once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from landfall.iam import patterns, variables
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Document, Effect, Statement
from landfall.iam.principals import Grade, grade, is_exempt, names_canonical_user
from landfall.iam.requests import Request
from landfall.iam.truth import Truth, all_of, any_of, negation

_MOST_ACTIONS_KEPT: Final = 1024

# Returns whether a statement's Resource or NotResource matches the request's resource.
_ResourceTest = Callable[[Request], Truth]


class PreparedStatement:
    """A statement with its patterns and conditions ready.

    A document may have many thousand statements, of which a request concerns a few: only these are
    prepared, at the first request for their action.
    """

    __slots__ = ("_conditions", "_resource", "allows", "statement")

    def __init__(self, statement: Statement, *, has_variables: bool) -> None:
        self.statement = statement
        self.allows = statement.effect is Effect.ALLOW
        self._resource = _resource_test(statement, has_variables=has_variables)
        self._conditions = tuple(
            compile_condition(condition, has_variables=has_variables)
            for condition in statement.conditions
        )

    def matches(self, request: Request) -> Truth:
        """Return whether resource and conditions match; the caller has matched the action."""
        truth: Truth = self._resource(request)
        for test in self._conditions:
            if truth is False:
                return False
            truth = all_of((truth, test(request)))
        return truth

    def grade(self, request: Request, *, has_boundary: bool) -> tuple[Grade, Truth]:
        """Return how the statement names the caller, and whether that is certain.

        `has_boundary`: a Deny with NotPrincipal exempts no caller who has a permissions boundary,
        even a named one (AWS: 'AWS JSON policy elements: NotPrincipal').
        """
        statement, caller = self.statement, request.caller
        if statement.not_principals is not None:
            if self.allows:
                spared = grade(statement.not_principals, caller, request.user_id) > Grade.NONE
            else:
                named = is_exempt(statement.not_principals, caller, request.user_id)
                spared = named and not has_boundary
            return Grade.DIRECT, not spared
        if statement.principals is None:
            return Grade.DIRECT, True
        found = grade(statement.principals, caller, request.user_id)
        if found is Grade.NONE:
            return Grade.ACCOUNT, names_canonical_user(statement.principals, caller)
        return found, True


class PreparedDocument:
    """A prepared document; `label` is its name in answers (`identityPolicies[0]`)."""

    __slots__ = ("_by_action", "_document", "_prepared", "label")

    def __init__(self, document: Document, label: str) -> None:
        self.label = label
        self._document = document
        self._prepared: dict[int, PreparedStatement] = {}
        self._by_action: dict[str, tuple[PreparedStatement, ...]] = {}

    def about(self, action: str) -> tuple[PreparedStatement, ...]:
        """Return the statements that apply to an action, given in lower case."""
        found = self._by_action.get(action)
        if found is None:
            found = tuple(
                self._prepare(place, statement)
                for place, statement in enumerate(self._document.statements)
                if takes_action(statement, action)
            )
            if len(self._by_action) >= _MOST_ACTIONS_KEPT:
                self._by_action.clear()
            self._by_action[action] = found
        return found

    def _prepare(self, place: int, statement: Statement) -> PreparedStatement:
        found = self._prepared.get(place)
        if found is None:
            found = PreparedStatement(statement, has_variables=self._document.has_variables)
            self._prepared[place] = found
        return found


def takes_action(statement: Statement, action: str) -> bool:
    """Return whether a statement applies to an action, given in lower case."""
    if statement.actions:
        return _action_test(statement.actions)(action)
    return not _action_test(statement.not_actions)(action)


@lru_cache(maxsize=4096)
def _action_test(texts: tuple[str, ...]) -> Callable[[str], bool]:
    return _one_of([text.lower() for text in texts])


def _one_of(texts: Sequence[str]) -> Callable[[str], bool]:
    exact = frozenset(text for text in texts if not patterns.has_wildcard(text))
    tests = [patterns.matcher(text) for text in texts if patterns.has_wildcard(text)]
    if not tests:
        return exact.__contains__
    if len(tests) == 1 and not exact:
        return tests[0]
    return lambda value: value in exact or any(test(value) for test in tests)


def _resource_test(statement: Statement, *, has_variables: bool) -> _ResourceTest:
    texts = statement.not_resources or statement.resources
    if not texts:
        return _any_resource
    negated = bool(statement.not_resources)
    fixed: list[str] = []
    templates: list[variables.Template] = []
    for text in texts:
        if not has_variables or variables.OPENING not in text:
            fixed.append(text)
            continue
        template = variables.split(text)
        if any(isinstance(part, variables.Variable) for part in template):
            templates.append(template)
        else:
            fixed.append("".join(part for part in template if isinstance(part, str)))
    literal = [text for text in fixed if not _is_literal_wildcard(text)]
    test = _one_of(literal)
    others = [patterns.matcher(text) for text in fixed if _is_literal_wildcard(text)]

    has_star = "*" in fixed

    def matches(request: Request) -> Truth:
        if not request.resource_known:
            return (not negated) if has_star else None
        found: Truth = test(request.resource) or any(other(request.resource) for other in others)
        if not found and templates:
            found = any_of(_filled_match(template, request) for template in templates)
        return negation(found) if negated else found

    return matches


def _is_literal_wildcard(text: str) -> bool:
    return patterns.LITERAL_STAR in text or patterns.LITERAL_QUESTION in text


def _filled_match(template: variables.Template, request: Request) -> Truth:
    filled = variables.fill(template, request.look_up)
    if filled is None:
        return False
    matched = patterns.matches(filled.pattern, request.resource, case_sensitive=True)
    return matched if filled.known or not matched else None


def _any_resource(_: Request) -> Truth:
    return True


@lru_cache(maxsize=512)
def prepare(document: Document, label: str) -> PreparedDocument:
    """Prepare a document; cached."""
    return PreparedDocument(document, label)


def prepare_all(documents: Iterable[Document], label: str) -> tuple[PreparedDocument, ...]:
    """Prepare the documents of a list, each labelled with its index."""
    return tuple(prepare(document, f"{label}[{index}]") for index, document in enumerate(documents))
