"""Parse untrusted JSON: bounded, with duplicate keys detected and numbers kept as written.

A number keeps its text (`Number`): to a string operator 10.0 differs from 10, and a number may have
too many digits for arithmetic.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final, TypeGuard

from landfall.problems import Problem

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PROBLEMS: Final = 100


class JsonTextError(ValueError):
    """The text is not JSON, or is too large. `fix` says what to do."""

    def __init__(self, what: str, fix: str = "") -> None:
        self.fix = fix
        super().__init__(what)


class Number(str):
    """The text of a JSON number."""

    __slots__ = ()


class RepeatedKeys(dict[str, object]):
    """An object with repeated keys; the last value counts, as in Python."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counted = Counter(key for key, _ in pairs)
    repeated = RepeatedKeys(found)
    repeated.repeated = tuple(key for key, count in counted.items() if count > 1)
    return repeated


def _no_number(text: str) -> object:
    raise JsonTextError(f"{text} is not JSON", "write a number or a string")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_no_number
)


def read(source: str | bytes) -> object:
    """Parse JSON text; bytes are UTF-8. Raises only `JsonTextError`."""
    if len(source) > MOST_BYTES:
        raise JsonTextError(
            f"the text is longer than {MOST_BYTES:,} bytes", "AWS's largest policy has 32,768"
        )
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        found: object = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise JsonTextError(f"the text is not UTF-8: byte {error.start}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise JsonTextError(f"the text is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise JsonTextError(
            "the text is nested deeper than any policy", "a policy has five levels"
        ) from None
    return found


def duplicates(value: object) -> tuple[str, ...]:
    """Return the repeated keys of an object that `read` returned."""
    return value.repeated if isinstance(value, RepeatedKeys) else ()


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value was written as a string, not as a number."""
    return isinstance(value, str) and not isinstance(value, Number)


def scalar(value: object) -> str | None:
    """Return the text of a string, number or boolean as conditions compare it; None for others."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        try:
            return json.dumps(value, allow_nan=False)
        except ValueError:
            return None
    return None


def type_name(value: object) -> str:
    """Return the name of a value's JSON type for a message: `a number`, `null`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, Number | int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a Python {type(value).__name__}"


def bounded(problems: list[Problem]) -> list[Problem]:
    """Return the first problems, and one that counts the rest."""
    if len(problems) <= MOST_PROBLEMS:
        return problems
    more = Problem(f"there are more than {MOST_PROBLEMS} problems; only the first are shown")
    return [*problems[:MOST_PROBLEMS], more]
