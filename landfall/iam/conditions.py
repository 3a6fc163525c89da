"""One condition of a statement against one request: true, false, or unknown.

A key that the request does not have makes a condition false; a negated one, one with IfExists, and
ForAllValues true. Several values in a policy are alternatives; for a negated operator none may
match (AWS: 'IAM JSON policy elements: Condition operators', 'Conditions with multiple context keys
or values'). Which types an operator can match is in `landfall.iam.keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from landfall.iam import comparisons, keys, patterns, variables
from landfall.iam.documents import Condition
from landfall.iam.operators import NEGATED
from landfall.iam.requests import Request, Unknown
from landfall.iam.truth import Truth, all_of, any_of, negation

# Evaluates a condition for a request.
Test = Callable[[Request], Truth]
# Returns whether a value of the request matches a value of the policy, before negation.
Match = Callable[[str, Request], Truth]

_WITH_VARIABLES: Final = ("String", "Arn", "Bool")


def compile_condition(condition: Condition, *, has_variables: bool) -> Test:
    """Prepare a condition; `has_variables` says whether its document's version has variables."""
    key = condition.key.lower()
    if condition.operator == "Null":
        return _null(key, condition.values)
    match = _match(condition.operator, _of_type(condition), has_variables=has_variables)
    if not condition.qualifier:
        return _plain(key, match, condition)
    return _qualified(key, match, condition)


def _of_type(condition: Condition) -> Sequence[str]:
    """Return the values that can match the type of the key."""
    if condition.operator.startswith("String"):
        # Values of every type are compared as text.
        return condition.values
    known = keys.find(condition.key)
    base = condition.operator.replace("Not", "")
    return [value for value in condition.values if known.matches(base, value)]


def _null(key: str, values: Sequence[str]) -> Test:
    wanted = {comparisons.boolean(value) for value in values} - {None}

    def test(request: Request) -> Truth:
        found = request.look_up(key)
        return None if isinstance(found, Unknown) else (found is None) in wanted

    return test


def _plain(key: str, match: Match, condition: Condition) -> Test:
    """Test without a set qualifier: any value of the request may match; negated: none may."""
    negated = condition.operator in NEGATED
    when_absent = negated or condition.if_exists
    among = len(condition.values)

    def test(request: Request) -> Truth:
        found = request.look_up(key)
        if found is None:
            return when_absent
        if isinstance(found, Unknown):
            return None
        if len(found) == 1 and isinstance(found[0], str):
            truth = match(found[0], request)
        else:
            truth = any_of(_each(found, match, request, among))
        return negation(truth) if negated else truth

    return test


def _qualified(key: str, match: Match, condition: Condition) -> Test:
    """Test with ForAllValues or ForAnyValue: each value of the request on its own."""
    negated = condition.operator in NEGATED
    for_all = condition.qualifier == "ForAllValues"
    when_absent = for_all or condition.if_exists
    combine = all_of if for_all else any_of
    among = len(condition.values)

    def test(request: Request) -> Truth:
        found = request.look_up(key)
        if found is None or found == ("",):
            # An empty string is a null data set to the set operators.
            return when_absent if found is None else for_all
        if isinstance(found, Unknown):
            return None
        truths = _each(found, match, request, among)
        return combine(negation(truth) if negated else truth for truth in truths)

    return test


def _each(
    found: tuple[str | Unknown, ...], match: Match, request: Request, among: int
) -> Iterator[Truth]:
    request.budget.spend(len(found) * among)
    for value in found:
        yield match(value, request) if isinstance(value, str) else None


def _match(operator: str, values: Sequence[str], *, has_variables: bool) -> Match:
    """Prepare the comparison of one value with all of the policy's."""
    fixed = list(values)
    templates: list[variables.Template] = []
    if has_variables and operator.startswith(_WITH_VARIABLES):
        fixed, templates = _divide(values)
    base = operator.replace("Not", "")
    matches = _fixed(base, fixed)
    if not templates:
        return lambda value, _: matches(value)

    def match(value: str, request: Request) -> Truth:
        found: Truth = matches(value)
        for template in () if found else templates:
            filled = variables.fill(template, request.look_up)
            if filled is None:
                continue
            if filled.known:
                found = any_of((found, _fixed(base, [filled.pattern])(value)))
            elif patterns.matches(filled.pattern, value, case_sensitive=False):
                found = any_of((found, None))
        return found

    return match


def _divide(values: Sequence[str]) -> tuple[list[str], list[variables.Template]]:
    """Return values without variables, `${*}` resolved, and those that need the request."""
    fixed: list[str] = []
    templates: list[variables.Template] = []
    for value in values:
        if variables.OPENING not in value:
            fixed.append(value)
            continue
        template = variables.split(value)
        if any(isinstance(part, variables.Variable) for part in template):
            templates.append(template)
        else:
            fixed.append("".join(part for part in template if isinstance(part, str)))
    return fixed, templates


def _fixed(operator: str, values: Sequence[str]) -> Callable[[str], bool]:
    """Prepare the comparison of a base operator (no Not) with values without variables."""
    if operator == "StringEquals":
        return frozenset(map(variables.plain, values)).__contains__
    if operator == "StringEqualsIgnoreCase":
        lower = frozenset(variables.plain(value).lower() for value in values)
        return lambda value: value.lower() in lower
    if operator == "StringLike":
        return _any([patterns.matcher(value) for value in values])
    if operator.startswith("Arn"):
        return lambda value: any(patterns.matches_arn(pattern, value) for pattern in values)
    if operator == "Bool":
        booleans = {comparisons.boolean(variables.plain(value)) for value in values} - {None}
        return lambda value: comparisons.boolean(value) in booleans
    if operator == "BinaryEquals":
        contents = {comparisons.binary(value) for value in values} - {None}
        return lambda value: comparisons.binary(value) in contents
    if operator == "IpAddress":
        return _in_networks(values)
    if operator.startswith("Numeric"):
        return _ordered(operator.removeprefix("Numeric"), values, comparisons.number)
    return _ordered(operator.removeprefix("Date"), values, comparisons.date)


def _any(tests: Sequence[Callable[[str], bool]]) -> Callable[[str], bool]:
    if len(tests) == 1:
        return tests[0]
    return lambda value: any(test(value) for test in tests)


def _in_networks(values: Sequence[str]) -> Callable[[str], bool]:
    networks = [found for value in values if (found := comparisons.network(value))]

    def test(value: str) -> bool:
        address = comparisons.address(value)
        return address is not None and any(address in network for network in networks)

    return test


def _ordered(
    order: str, values: Sequence[str], read: Callable[[str], Decimal | None]
) -> Callable[[str], bool]:
    holds = comparisons.ORDERS[order]
    wanted = [found for value in values if (found := read(value)) is not None]

    def test(value: str) -> bool:
        had = read(value)
        return had is not None and any(holds(had, want) for want in wanted)

    return test
