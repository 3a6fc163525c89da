"""What a condition means for any caller: always true, never true, or it depends.

A condition that is always true protects nothing, and a statement with one that is never true does
nothing. `standing` knows what follows from time and from keys that every request has; here are
also the values that a key can never have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from landfall.iam import comparisons, keys, presence
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Condition, Document, Statement
from landfall.iam.effective_access.literals import is_consistent, literal
from landfall.iam.effective_access.standing import LONGEST, standing
from landfall.iam.keys import Kind
from landfall.iam.operators import NEGATED
from landfall.iam.outsiders.narrowing import without_key
from landfall.iam.policy_checks.condition_values import why_none_matches
from landfall.iam.policy_checks.findings import listed
from landfall.iam.requests import Request
from landfall.printable import shortened

_EVERYTHING: Final = frozenset({"StringLike", "ArnLike", "ArnEquals"})


class Meaning(Enum):
    """The result of a condition for any caller."""

    ALWAYS = "always"
    NEVER = "never"
    SOMETIMES = "sometimes"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A meaning and its reason, as the end of a sentence; empty for `SOMETIMES`."""

    meaning: Meaning
    why: str = ""


_DEPENDS: Final = Verdict(Meaning.SOMETIMES)
_AS_MEANING: Final = {True: Meaning.ALWAYS, False: Meaning.NEVER, None: Meaning.SOMETIMES}


def in_statement(condition: Condition, statement: Statement, *, signed: bool = True) -> Verdict:
    """Return what a condition means for the requests that its statement applies to."""
    if why := presence.why_absent(condition.key, statement):
        return Verdict(_AS_MEANING[without_key(condition)], why)
    if condition.key.lower() == "aws:requestedregion" and condition.operator != "Null":
        regions = presence.regions_of(statement.actions)
        found = {_of_region(condition, one) for one in regions}
        if len(found) == 1:
            why = f"the services of these actions are only in {listed(sorted(regions))}"
            return Verdict(_AS_MEANING[found.pop()], why)
    return meaning(condition, signed=signed)


def _of_region(condition: Condition, region: str) -> bool | None:
    test = compile_condition(condition, has_variables=False)
    return test(Request("anonymous", "iam:*", context={"aws:RequestedRegion": region}))


def meaning(condition: Condition, *, signed: bool = True) -> Verdict:
    """Return what a condition means; `signed`: every caller has an identity in AWS."""
    if own := _of_own_variable(condition):
        return own
    if not signed and _is_of_signed_requests(condition.key):
        if condition.operator == "Null" or (why := why_none_matches(condition)) is None:
            return _DEPENDS
        negated = condition.operator in NEGATED or condition.if_exists
        if negated or condition.qualifier == "ForAllValues":
            return _DEPENDS
        return Verdict(Meaning.NEVER, why)
    found = standing(condition)
    if found is not None:
        return Verdict(_AS_MEANING[found], _standing_reason(condition, found))
    if condition.operator == "Null":
        return _DEPENDS
    if not condition.values:
        return _verdict(_if_nothing_matches(condition), "it has no value to compare with")
    why = why_none_matches(condition)
    if why is not None:
        return _verdict(_if_nothing_matches(condition), why)
    why = _takes_everything(condition)
    return _verdict(_if_everything_matches(condition), why) if why else _DEPENDS


def of_statement(statement: Statement, *, signed: bool = True) -> Verdict:
    """Return what all conditions of a statement mean together."""
    return _together(statement, _verdicts(statement, signed=signed))


def _verdicts(statement: Statement, *, signed: bool) -> list[Verdict]:
    return [in_statement(one, statement, signed=signed) for one in statement.conditions]


def _together(statement: Statement, verdicts: list[Verdict]) -> Verdict:
    for condition, verdict in zip(statement.conditions, verdicts, strict=True):
        if verdict.meaning is Meaning.NEVER:
            return Verdict(Meaning.NEVER, f"{described(condition)}: {verdict.why}")
    if len(statement.conditions) > 1 and not is_consistent(map(literal, statement.conditions)):
        keys = list(dict.fromkeys(one.key for one in statement.conditions))
        return Verdict(Meaning.NEVER, f"its conditions on {listed(keys)} contradict each other")
    if all(verdict.meaning is Meaning.ALWAYS for verdict in verdicts):
        return Verdict(Meaning.ALWAYS, verdicts[0].why if verdicts else "it has no condition")
    return _DEPENDS


def simplified(document: Document, *, signed: bool = True) -> Document:
    """Return the document without statements that never apply and conditions that always do."""
    if not any(statement.conditions for statement in document.statements):
        return document
    kept = []
    for statement in document.statements:
        if statement.conditions:
            verdicts = _verdicts(statement, signed=signed)
            if _together(statement, verdicts).meaning is Meaning.NEVER:
                continue
            conditions = tuple(
                one
                for one, verdict in zip(statement.conditions, verdicts, strict=True)
                if verdict.meaning is not Meaning.ALWAYS
            )
            if len(conditions) < len(statement.conditions):
                statement = replace(statement, conditions=conditions)
        kept.append(statement)
    return replace(document, statements=tuple(kept))


def described(condition: Condition) -> str:
    """Return the name of a condition for a message: operator and key."""
    return f"{condition.name} {shortened(condition.key)}"


def element(condition: Condition) -> str:
    """Return the path of a condition in its statement."""
    return f"Condition.{condition.name}.{shortened(condition.key)}"


def _of_own_variable(condition: Condition) -> Verdict | None:
    """A key that is there equals the variable of itself."""
    own = f"${{{condition.key.lower()}}}"
    if condition.qualifier or not any(one.lower() == own for one in condition.values):
        return None
    if not condition.operator.startswith(("String", "Arn")):
        return None
    found = _if_everything_matches(condition)
    return _verdict(found, "every value of the key equals its own variable")


def _verdict(found: Meaning, why: str) -> Verdict:
    return Verdict(found, why) if found is not Meaning.SOMETIMES else _DEPENDS


def _is_of_signed_requests(key: str) -> bool:
    """Return whether every signed request has a key; every request has the time."""
    known = keys.find(key)
    return known.always and known.kind is not Kind.DATE


def _if_nothing_matches(condition: Condition) -> Meaning:
    """Return what holds where no value of a request matches, whether it has the key or not."""
    return _whatever_is_there(condition, present=condition.operator in NEGATED)


def _if_everything_matches(condition: Condition) -> Meaning:
    return _whatever_is_there(condition, present=condition.operator not in NEGATED)


def _whatever_is_there(condition: Condition, *, present: bool) -> Meaning:
    """Put together what holds with the key, without it, and where its value is empty.

    To the set operators an empty string is no value (see `landfall.iam.conditions`).
    """
    known = keys.find(condition.key)
    for_all = condition.qualifier == "ForAllValues"
    outcomes = {present}
    if not known.always:
        negated = condition.operator in NEGATED and not condition.qualifier
        outcomes.add(condition.if_exists or for_all or negated)
    if condition.qualifier and known.is_free_text:
        outcomes.add(for_all)
    if len(outcomes) > 1:
        return Meaning.SOMETIMES
    return Meaning.ALWAYS if present else Meaning.NEVER


def _takes_everything(condition: Condition) -> str:
    operator = condition.operator.replace("Not", "")
    if operator in _EVERYTHING and "*" in condition.values:
        return "the value '*' matches every value"
    if operator == "Bool" and keys.find(condition.key).kind is Kind.BOOL:
        both = {True, False} <= {comparisons.boolean(one) for one in condition.values}
        return "both true and false match" if both else ""
    if operator == "IpAddress" and keys.find(condition.key).kind is Kind.IP_ADDRESS:
        networks = [found for one in condition.values if (found := comparisons.network(one))]
        if {one.version for one in networks if one.prefixlen == 0} == {4, 6}:
            return "0.0.0.0/0 and ::/0 are every address"
    return ""


def _standing_reason(condition: Condition, found: bool) -> str:
    if condition.operator == "Null":
        return "every request has that key" if len(set(condition.values)) == 1 else "both match"
    if condition.key.lower() in ("aws:currenttime", "aws:epochtime"):
        return "that time has passed"
    if condition.key.lower() in LONGEST:
        return "no session is that old"
    return "the value '*' matches every value" if found else "no value matches"
