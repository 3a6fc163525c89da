"""The lines that a run prints one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.engine.events import Said, Step
from landfall.engine_view import failures, words
from landfall.engine_view.changes import Place
from landfall.engine_view.course import Course, Slow, Tally
from landfall.engine_view.failures import Failure
from landfall.printable import one_line

_LOADING = "loading the program and the policies"
_MOST_FAILURES = 10
_MOST_AT_WORK = 5


def completed(concern: str, tally: Tally, elapsed: float) -> str:
    """Return the line for a concern whose changes are done."""
    parts = [words.counted(tally.done), f"{len(tally.failed)} failed" if tally.failed else ""]
    return f"{words.clock(elapsed):>6}  {concern:<24} {', '.join(filter(None, parts))}"


def heartbeat(course: Course, elapsed: float, slow: list[Slow]) -> str:
    """Return a progress line for a log without output for a while."""
    line = f"{words.clock(elapsed):>6}  {progress(course)}"
    if course.done.total() == course.total > 0:
        return f"{line}; all changes are done, the engine is closing"
    if slow:
        line += f"; {slow[0]}, {slow[0].seconds} s so far"
        line += "; the others wait for it" if len(course.at_work) == 1 else ""
    return line


def progress(course: Course) -> str:
    """Return the number of finished changes: `212 of 565`, or `212 done`.

    For a preview, return the number of checked resources.
    """
    if not course.resources:
        return _LOADING
    if course.is_preview:
        return f"{len(course.resources):,} resources checked"
    done = course.done.total()
    return f"{done:,} of {course.total:,}" if course.total else f"{done:,} done"


def failed_now(step: Step, said: list[Said], elapsed: float) -> str:
    """Return the line to print when a failure happens."""
    own = [each.message for each in said if each.urn == step.urn and each.severity == "error"]
    why = one_line(failures.unwrapped(own[-1])) if own else "failed"
    return f"{words.clock(elapsed):>6}  failed: {step.kind} {step.name}: {_cut(why, 160)}"


def warnings(said: list[Said], known: set[str]) -> Iterator[str]:
    """Yield new warnings of the program and the engine, and add them to `known`."""
    for each in said:
        if each.severity == "warning" and each.message not in known:
            known.add(each.message)
            about = f"{_subject(each.urn)}: " if "$" in each.urn else ""
            yield f"warning: {about}{one_line(each.message)}"


def failing(course: Course, place: Place) -> Iterator[str]:
    """Yield the failures, each with the line of its setting and the fix."""
    found = failures.causes(course.said)
    for failure in found[:_MOST_FAILURES]:
        yield from _failure(course, failure, place)
    if len(found) > _MOST_FAILURES:
        yield f"and {len(found) - _MOST_FAILURES} more failures; to see all: --verbose"


def _failure(course: Course, failure: Failure, place: Place) -> Iterator[str]:
    first, *rest = failure.message.split("\n")
    if not failure.urns:
        yield f"error: {one_line(first)}"
    else:
        # The same format as compilers and policy findings.
        places = [at for at in dict.fromkeys(place(urn, "") for urn in failure.urns) if at]
        where = f"{places[0]}: " if places else ""
        yield f"{where}error: {words.some(_subject(urn) for urn in failure.urns)}"
        yield f"    {one_line(first)}"
    yield from (f"    {one_line(line)}" for line in rest)
    if failure.fix:
        yield f"    {failure.fix}"


def cut_short(course: Course, now: float) -> Iterator[str]:
    """Yield the operations that an interrupt cut short; AWS may still complete them."""
    at_work = [step for step in course.at_work if step.changes and (step.new or {}).get("custom")]
    left = [*at_work, *(course.resources[urn] for urn in course.failed if urn in course.resources)]
    if left:
        names = words.some((f"{step.kind} {step.name}" for step in left), _MOST_AT_WORK)
        yield f"Interrupted while in progress: {names}"


def counts(course: Course) -> str:
    """Return the result of a failed run: `120 created, 2 failed, 443 not done`."""
    failed = len(course.failed)
    left = course.total - course.done.total() - failed
    parts = [
        words.counted(course.done) or "nothing was changed",
        f"{failed:,} failed" if failed else "",
        f"{left:,} not done" if course.total and left > 0 else "",
    ]
    return ", ".join(filter(None, parts))


def _subject(urn: str) -> str:
    """Return a resource's kind and name."""
    parts = urn.split("::", 3)
    if len(parts) < 4:
        return urn
    step = Step("", urn, parts[2].rpartition("$")[2])
    return f"{step.kind} {step.name}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
