"""Write documents as minified, canonical JSON, and merge several into one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from landfall.iam import variables
from landfall.iam.elements import (
    VERSION_2008,
    VERSION_2012,
    Condition,
    Document,
    Principal,
    Statement,
)


def serialise(document: Document) -> str:
    """Return the shortest JSON that AWS accepts, the same for documents that differ only in order.

    `parse(serialise(d))` equals `canonical(d)`.
    """
    return json.dumps(as_json(document), separators=(",", ":"), ensure_ascii=False)


def as_json(document: Document) -> dict[str, object]:
    """Return the canonical document as the objects, lists and strings of its JSON."""
    document = canonical(document)
    written: dict[str, object] = {"Version": document.version}
    if document.id is not None:
        written["Id"] = document.id
    written["Statement"] = [_statement(statement) for statement in document.statements]
    return written


def _statement(statement: Statement) -> dict[str, object]:
    written: dict[str, object] = {}
    if statement.sid is not None:
        written["Sid"] = statement.sid
    written["Effect"] = str(statement.effect)
    if statement.principals is not None:
        written["Principal"] = _principals(statement.principals)
    if statement.not_principals is not None:
        written["NotPrincipal"] = _principals(statement.not_principals)
    for element, values in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        if values:
            written[element] = _short(values)
    if statement.conditions:
        operators: dict[str, dict[str, object]] = {}
        for condition in statement.conditions:
            operators.setdefault(condition.name, {})[condition.key] = _short(condition.values)
        written["Condition"] = operators
    return written


def _principals(principals: tuple[Principal, ...]) -> object:
    if principals == (Principal("*", "*"),):
        return "*"
    kinds: dict[str, list[str]] = {}
    for principal in principals:
        kinds.setdefault(principal.kind, []).append(principal.value)
    return {kind: _short(values) for kind, values in kinds.items()}


def _short(values: Sequence[str]) -> object:
    return values[0] if len(values) == 1 else list(values)


def canonical(document: Document) -> Document:
    """Sort everything except statements, and remove duplicates."""
    statements = (
        _canonical_statement(statement, index)
        for index, statement in enumerate(document.statements)
    )
    return replace(document, statements=tuple(statements))


def _canonical_statement(statement: Statement, index: int) -> Statement:
    conditions = (
        replace(condition, values=tuple(sorted(set(condition.values))))
        for condition in statement.conditions
    )
    return replace(
        statement,
        index=index,
        principals=_sorted_principals(statement.principals),
        not_principals=_sorted_principals(statement.not_principals),
        actions=tuple(sorted(set(statement.actions))),
        not_actions=tuple(sorted(set(statement.not_actions))),
        resources=tuple(sorted(set(statement.resources))),
        not_resources=tuple(sorted(set(statement.not_resources))),
        conditions=tuple(sorted(conditions, key=lambda one: (one.name, one.key.lower(), one.key))),
    )


def _sorted_principals(principals: tuple[Principal, ...] | None) -> tuple[Principal, ...] | None:
    if principals is None:
        return None
    return tuple(sorted(set(principals), key=lambda one: (one.kind, one.value)))


def merge(documents: Iterable[Document]) -> Document:
    """Merge documents into one with the same meaning; repeated statements are kept once.

    A Sid that is taken gets a number appended. If the versions differ, the result has the newer
    one, and what looks like a variable in an older document stays plain text.
    """
    given = list(documents)
    newer = any(document.version == VERSION_2012 for document in given)
    version = VERSION_2012 if newer or not given else VERSION_2008
    statements: list[Statement] = []
    seen: set[Statement] = set()
    sids: set[str] = set()
    for document in given:
        for original in document.statements:
            statement = original
            if newer and not document.has_variables:
                statement = _plain_text(statement)
            meaning = replace(_canonical_statement(statement, 0), sid=None)
            if meaning in seen:
                continue
            seen.add(meaning)
            sid = _free_sid(statement.sid, sids)
            statements.append(replace(statement, index=len(statements), sid=sid))
    only = given[0].id if len(given) == 1 else None
    return Document(version, only, tuple(statements))


def _free_sid(sid: str | None, taken: set[str]) -> str | None:
    if sid is None:
        return None
    free, number = sid, 2
    while free in taken:
        free, number = f"{sid}{number}", number + 1
    taken.add(free)
    return free


def _plain_text(statement: Statement) -> Statement:
    """Write the text of a 2008 statement so that it says the same under 2012."""
    return replace(
        statement,
        resources=tuple(map(_escaped, statement.resources)),
        not_resources=tuple(map(_escaped, statement.not_resources)),
        conditions=tuple(
            Condition(
                one.operator,
                one.qualifier,
                one.if_exists,
                one.key,
                tuple(map(_escaped, one.values)),
            )
            for one in statement.conditions
        ),
    )


def _escaped(text: str) -> str:
    return text.replace(variables.OPENING, "${$}{")
