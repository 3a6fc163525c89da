"""Policy documents inside properties, statement by statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.values import Resource, UndecidedError, is_unknown

Statement = Mapping[str, Any]


def statements(resource: Resource, path: str) -> Iterator[tuple[int, Statement]]:
    """Yield the statements of the document at `path`, with their positions."""
    value = resource.get(path)
    if value is None:
        return
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if not isinstance(value, Mapping):
        return
    for index, statement in enumerate(listed(value.get("Statement"))):
        if is_unknown(statement):
            raise UndecidedError(f"{path}.Statement[{index}]")
        if isinstance(statement, Mapping):
            yield index, statement


def listed(value: Any) -> list[Any]:
    """Return a list; IAM takes one value for a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def texts(statement: Statement, key: str) -> list[str]:
    """Return the texts under a key, such as `Action`."""
    return [str(value) for value in listed(statement.get(key))]


def principals(statement: Statement, kind: str) -> list[str]:
    """Return the principals of one kind; a bare `"*"` counts as an AWS principal."""
    value = statement.get("Principal")
    if isinstance(value, Mapping):
        return [str(item) for item in listed(value.get(kind))]
    return [str(item) for item in listed(value)] if kind == "AWS" else []


def conditions(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (operator, key, values), operators and keys in lower case."""
    for operator, block in (statement.get("Condition") or {}).items():
        if isinstance(block, Mapping):
            for key, values in block.items():
                yield str(operator).lower(), str(key).lower(), [str(v) for v in listed(values)]
