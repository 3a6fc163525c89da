"""Pack a target's guardrails into the fewest policies that AWS's quotas allow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from landfall.guardrails.statements import RCP, SCP, Statement
from landfall.problems import Problem, ProblemsError

_EMPTY = len('{"Version":"2012-10-17","Statement":[]}')
# The most placements to try; the best one so far is within the quotas.
_TRIES = 20_000


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """One document: AWS's policy type, the minified JSON, and the guardrails in it."""

    type: str
    content: str
    guardrails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Size in characters and number per target, by policy type.

    AWS attaches its own policy (`FullAWSAccess`) to every target, which uses one attachment.
    """

    size: Mapping[str, int]
    per_target: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """A guardrail's statements for packing."""

    name: str
    type: str
    statements: tuple[Statement, ...]


def compile_target(
    target: str, guardrails: Iterable[Named], limits: Limits
) -> tuple[PolicyDocument, ...]:
    """Return the documents for `target`, in an order that depends only on that of `guardrails`.

    A guardrail stays in one document, unless splitting it saves one. Raises `ProblemsError` if
    they do not fit.
    """
    named = _distinct(guardrails)
    documents: list[PolicyDocument] = []
    for policy_type in (SCP, RCP):
        chosen = [guardrail for guardrail in named if guardrail.type == policy_type]
        if chosen:
            documents += _packed(target, policy_type, chosen, limits)
    return tuple(documents)


def _packed(
    target: str, policy_type: str, guardrails: Sequence[Named], limits: Limits
) -> list[PolicyDocument]:
    size, places = limits.size[policy_type], limits.per_target[policy_type] - 1
    whole = [(guardrail.name, guardrail.statements) for guardrail in guardrails]
    single = [(name, (statement,)) for name, statements in whole for statement in statements]
    found = _fewest([_length(statements) for _, statements in whole], size, places)
    items: Sequence[tuple[str, tuple[Statement, ...]]] = whole
    if found is None or len(found) > 1:
        split = _fewest([_length(statements) for _, statements in single], size, places)
        if split is not None and (found is None or len(split) < len(found)):
            found, items = split, single
    if found is None:
        raise ProblemsError([_too_much(target, policy_type, guardrails, size, places)])
    documents = []
    for members in found:
        names = tuple(dict.fromkeys(items[index][0] for index in members))
        statements = [s for index in members for s in items[index][1]]
        documents.append(PolicyDocument(policy_type, _document(statements), names))
    return documents


def _fewest(lengths: Sequence[int], size: int, places: int) -> list[list[int]] | None:
    """Return the fewest groups of indices that fit `size` each; None if `places` are too few.

    Tries the first group with room first, so that among equally few groups, the earlier
    documents do not change when a guardrail is added at the end.
    """
    if any(_EMPTY + length - 1 > size for length in lengths):
        return None
    room = size - _EMPTY + 1
    for count in range(max(1, -(-sum(lengths) // room)), places + 1):
        groups: list[list[int]] = [[] for _ in range(count)]
        if _place(0, lengths, [room] * count, groups, [_TRIES]):
            return [group for group in groups if group]
    return None


def _place(
    index: int, lengths: Sequence[int], left: list[int], groups: list[list[int]], tries: list[int]
) -> bool:
    if index == len(lengths):
        return True
    for number, group in enumerate(groups):
        if left[number] < lengths[index]:
            continue
        tries[0] -= 1
        if tries[0] < 0:
            return False
        group.append(index)
        left[number] -= lengths[index]
        if _place(index + 1, lengths, left, groups, tries):
            return True
        group.pop()
        left[number] += lengths[index]
        if not group:
            break  # the following groups are also empty
    return False


def _length(statements: Iterable[Statement]) -> int:
    """Return the size of statements in a document, each with its comma."""
    return sum(len(_minified(statement)) + 1 for statement in statements)


def _too_much(
    target: str, policy_type: str, guardrails: Sequence[Named], size: int, places: int
) -> Problem:
    lengths = {guardrail.name: _length(guardrail.statements) for guardrail in guardrails}
    largest = sorted(lengths.items(), key=lambda item: (-item[1], item[0]))[:3]
    total = _EMPTY + sum(lengths.values()) - 1
    return Problem(
        f"the guardrails of '{target}' have {total} characters of type {policy_type}, but AWS "
        f"allows {places} policies of {size} there, in addition to its own",
        "move some to another level of the tree; the largest are "
        + ", ".join(f"{name} ({length})" for name, length in largest),
    )


def _document(statements: Sequence[Statement]) -> str:
    return _minified({"Version": "2012-10-17", "Statement": list(statements)})


def _distinct(guardrails: Iterable[Named]) -> list[Named]:
    """Return the guardrails with a number appended to each repeated Sid.

    AWS rejects a document with a repeated Sid.
    """
    seen: set[str] = set()
    result = []
    for guardrail in guardrails:
        statements = []
        for statement in guardrail.statements:
            sid = number = statement.get("Sid")
            count = 1
            while number in seen:
                count += 1
                number = f"{sid}{count}"
            if number is not None:
                seen.add(number)
                statement = {**statement, "Sid": number}
            statements.append(statement)
        result.append(Named(guardrail.name, guardrail.type, tuple(statements)))
    return result


def _minified(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
