"""Cron expressions of EventBridge Scheduler.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
)
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class _Field(NamedTuple):
    word: str
    least: int
    most: int
    names: Sequence[str] = ()
    special: str = ""


_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, special=r"\?|L|LW|\d{1,2}W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, special=r"\?|L|[1-7]L|[1-7]#[1-5]"),
    _Field("year", 1970, 2199),
)


def problem(cron: str) -> str | None:
    """Return why Scheduler refuses a cron expression, without `cron(…)`; None if it does not."""
    parts = cron.split(" ")
    if len(parts) != len(_FIELDS):
        return f"it has {len(parts)} fields, not {len(_FIELDS)}"
    for field, part in zip(_FIELDS, parts, strict=True):
        if not all(_fits(field, each) for each in part.split(",")):
            return f"'{part}' is no {field.word}"
    if (parts[2] == "?") == (parts[4] == "?"):
        return "exactly one of day of month and day of week is '?'"
    return None


def _fits(field: _Field, part: str) -> bool:
    if field.special and re.fullmatch(field.special, part):
        return True
    base, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    if base == "*":
        return True
    first, dash, last = base.partition("-")
    values = [_value(field, each) for each in ([first, last] if dash else [first])]
    return all(each is not None and field.least <= each <= field.most for each in values)


def _value(field: _Field, text: str) -> int | None:
    if text in field.names:
        return field.least + field.names.index(text)
    return int(text) if text.isdecimal() and len(text) < 5 else None
