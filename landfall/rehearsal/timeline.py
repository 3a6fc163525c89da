"""The text of a rehearsal: a line for each action, a timeline, and what is live. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from landfall.printable import colourless, escaped
from landfall.rehearsal.course import RUNNING, Course, Entry

_WIDTH: Final = 32
_WHEN: Final = {"beforeEntry": "entry conditions", "onSuccess": "success conditions"}
_MARKS: Final = {"Succeeded": "ok", "Failed": "FAILED", RUNNING: "..."}


def line(entry: Entry) -> str:
    """Return the line of an action: what it is, its result, how long it took, and a few words."""
    took = f"{entry.ended - entry.began:6.1f} s" if entry.status != RUNNING else " " * 8
    mark = _MARKS.get(entry.status, entry.status)
    if entry.code == "NotRehearsed":
        mark = "not run"
    said = entry.note or entry.summary or _first(entry.message)
    return f"{_name(entry):<{_WIDTH}} {mark:<8}{took}  {escaped(said)}".rstrip()


def failure(entry: Entry, accounts: Mapping[str, str]) -> Iterator[str]:
    """Yield why an action failed, and how to see more, in which of `accounts`, names by id."""
    code = f" ({entry.code})" if entry.code else ""
    first, *rest = entry.message.splitlines() or [""]
    yield f"{entry.pipeline} {entry.stage}/{entry.action} failed{code}: {escaped(first)}"
    yield from (f"    {colourless(each)}" for each in rest)
    if entry.more:
        yield f"    more, {where(entry, accounts)}: {entry.more}"


def where(entry: Entry, accounts: Mapping[str, str]) -> str:
    """Return in which account an action acted."""
    return f"in account {accounts.get(entry.account, entry.account)}"


def board(course: Course, pipeline: Mapping[str, Any], now: float) -> Iterator[str]:
    """Yield the actions of a pipeline by stage, those too that have not begun."""
    found = {
        (each.stage, each.action): each
        for each in course.entries
        if each.pipeline == pipeline["name"] and not each.is_condition
    }
    yield f"{pipeline['name']}  {now:.0f} s"
    for stage in pipeline["stages"]:
        yield f"  {stage['name']}"
        for action in stage["actions"]:
            entry = found.get((stage["name"], action["name"]))
            shown = "waits" if entry is None else _state(entry, now)
            yield f"    {action['name']:<{_WIDTH - 6}} {shown}".rstrip()


def _state(entry: Entry, now: float) -> str:
    if entry.status != RUNNING:
        return line(entry)[_WIDTH + 1 :]
    back = "rollback " if entry.is_rollback else ""
    return f"{_MARKS[RUNNING]:<8}{now - entry.began:6.1f} s  {back}{escaped(entry.note)}".rstrip()


def heading(entry: Entry) -> str:
    """Return the line before the actions of an execution."""
    back = ", a rollback" if entry.is_rollback else ""
    return f"Pipeline {entry.pipeline}, execution {entry.execution[:13]}{back}"


def summary(course: Course, accounts: Mapping[str, str]) -> Iterator[str]:
    """Yield the timeline, how each execution ended, what is live, and the time that it took.

    `accounts` are the names of accounts by id.
    """
    total = max((each.ended for each in course.entries), default=0.0)
    yield f"{'Timeline':<{2 * _WIDTH + 6}} {'from':>5} {'until':>5}"
    before = ""
    for each in course.entries:
        if each.execution != before:
            yield f"  {heading(each)}"
            before = each.execution
        if not is_instant(each):
            yield f"    {_bar(each, total)}"
    for each in course.entries:
        if each.status == "Failed":
            yield ""
            yield from failure(each, accounts)
    yield ""
    for end in course.ends:
        back = f", rolled back to {end.back_to[:13]}" if end.back_to else ""
        why = f": {escaped(end.why)}" if end.why else ""
        yield f"{end.pipeline} {end.execution[:13]} {end.status}{back}{why}"
    yield from (f"Live in {accounts.get(id_, id_)}: {what}" for id_, what in live(course))
    total = course.now
    yield f"Took {total:.1f} s, of which {total - busy(course):.1f} s outside of actions."


def live(course: Course) -> Iterator[tuple[str, str]]:
    """Yield what is live now: the id of an account, and what was deployed there."""
    # A later deployment of the same thing replaces the earlier one.
    last = {
        (each.account, each.live.partition(",")[0]): each.live
        for each in course.entries
        if each.live
    }
    yield from ((account, what) for (account, _), what in last.items())


def as_json(course: Course, starts: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return a course as JSON; `starts` are the decisions about a change of the sources."""
    return {
        "succeeded": course.has_succeeded,
        "starts": list(starts),
        "seconds": round(course.now, 2),
        "executions": [
            {
                "pipeline": each.pipeline,
                "id": each.execution,
                "status": each.status,
                "why": each.why,
                "rolledBackTo": each.back_to or None,
            }
            for each in course.ends
        ],
        "actions": [
            {
                "pipeline": each.pipeline,
                "execution": each.execution,
                "stage": each.stage,
                "action": each.action,
                "status": each.status,
                "began": round(each.began, 2),
                "seconds": round(each.ended - each.began, 2),
                "summary": each.summary,
                "error": {"code": each.code, "message": each.message} if each.message else None,
                "account": each.account or None,
                "live": each.live or None,
                "isRollback": each.is_rollback,
                "isCondition": each.is_condition,
            }
            for each in course.entries
        ],
    }


def _name(entry: Entry) -> str:
    return f"{entry.stage}{' ' if entry.is_condition else '/'}{action_name(entry)}"


def action_name(entry: Entry) -> str:
    """Return the name of an action, or what a condition is."""
    return _WHEN.get(entry.action, entry.action) if entry.is_condition else entry.action


def _bar(entry: Entry, total: float) -> str:
    scale = _WIDTH / total if total else 0
    begin = int(entry.began * scale)
    length = max(int((entry.ended - entry.began) * scale), 1)
    bar = " " * begin + ("=" if entry.status == "Succeeded" else "x") * length
    return f"{_name(entry):<{_WIDTH}} {bar:<{_WIDTH + 1}} {entry.began:5.1f} {entry.ended:5.1f} s"


def is_instant(entry: Entry) -> bool:
    """Return whether an entry is a condition that passed at once: views omit it."""
    return entry.is_condition and entry.status == "Succeeded" and entry.ended - entry.began < 1


def busy(course: Course) -> float:
    """Return the seconds in which at least one action ran."""
    busy, until = 0.0, 0.0
    for each in sorted(course.entries, key=lambda each: each.began):
        begin = max(each.began, until)
        busy += max(each.ended - begin, 0.0)
        until = max(until, each.ended)
    return busy


def _first(text: str) -> str:
    return text.splitlines()[0] if text else ""
