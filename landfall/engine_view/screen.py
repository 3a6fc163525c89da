"""The live part of the view on a terminal: counts of running concerns, and slow steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.engine_view import report, words
from landfall.engine_view.concerns import STACK
from landfall.engine_view.course import Course

_MOST_SLOW: Final = 3
_MARK: Final = 24


def lines(course: Course, elapsed: float, now: float, most: int) -> Iterator[str]:
    """Yield at most `most` lines: a head with the counts, running concerns, slow steps.

    Lines are not folded: a narrow terminal cuts them.
    """
    yield f"{words.clock(elapsed):>6}  {report.progress(course)}"
    slow = [f"  slow: {each}, {each.seconds} s" for each in course.slow(now)]
    slow = slow[: min(_MOST_SLOW, max(most - 2, 0))]
    body = list(_concerns(course))
    room = max(most - 1 - len(slow), 1)
    yield from body[: room if len(body) <= room else room - 1]
    if len(body) > room:
        yield f"  and {len(body) - room + 1} more in progress"
    yield from slow


def _concerns(course: Course) -> Iterator[str]:
    at_work: dict[str, str] = {}
    for step in course.at_work:
        concern = course.concern(step.urn)
        if step.changes and concern != STACK:
            at_work.setdefault(concern, f"{words.DOING.get(step.operation, '')} {step.kind}")
    for concern, doing in at_work.items():
        done, planned = course.of_concern(concern)
        count = f"{done} of {planned}" if planned else f"{done} done"
        if course.is_preview:
            count, doing = f"{done} to change", ""
        yield f"  {concern:<{_MARK}} {count:<11} {doing}"
