"""The view of recorded runs of the dev stack: length and content of the output."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.engine_view import changes, report, screen
from landfall.engine_view.course import Course
from tests.engine_view import recording

MOST_OF_FIRST_UP = 80
MOST_OF_ONE_CHANGE = 30
BESIDE_THE_ENGINE = 25
"""Lines of the sandbox, the summary and the next steps."""


def _changes(course: Course, *, brief: bool = False) -> list[str]:
    steps = list(course.changes.values())
    return list(changes.lines(steps, course.concern, lambda urn, path: "", brief=brief))


def _warned(*courses: Course) -> Iterator[str]:
    known: set[str] = set()
    for course in courses:
        yield from report.warnings(course.said, known)


def _concerns(course: Course) -> list[str]:
    return [report.completed(*each, 1.0) for each in course.finished()]


def test_first_up_recorded_stays_under_80_lines() -> None:
    preview = recording.course("first-preview", is_preview=True)
    update = recording.course("first-up", preview.plan)
    concerns = _concerns(update)
    assert list(update.finished(at_end=True)) == []
    lines = [*_changes(preview, brief=True), *_warned(preview, update), *concerns]
    assert 12 < len(lines) + BESIDE_THE_ENGINE < MOST_OF_FIRST_UP


def test_first_up_recorded_names_every_account_and_concern_once() -> None:
    preview = recording.course("first-preview", is_preview=True)
    text = "\n".join(_concerns(recording.course("first-up", preview.plan)))
    for account in recording.ACCOUNTS:
        assert text.count(f"Account {account} ") == 1
    for application in recording.APPLICATIONS:
        assert text.count(f"Application {application} ") == 1
    for concern in ("Organization", "Management account", "Security services", "Identity Center"):
        assert text.count(f"{concern} ") == 1


def test_first_up_recorded_counts_as_the_engine_does() -> None:
    update = recording.course("first-up")
    assert update.ended is not None
    assert dict(update.done) == dict(update.ended.changes) == {"create": 565}
    assert update.failed == []


def test_first_preview_recorded_lists_additions_by_concern() -> None:
    lines = _changes(recording.course("first-preview", is_preview=True))
    assert len(lines) < MOST_OF_ONE_CHANGE
    assert any(line.startswith("+ create 29 in Account audit: ") for line in lines)


def test_one_change_recorded_shows_its_property_and_is_short() -> None:
    lines = _changes(recording.course("one-change", is_preview=True))
    assert lines == [
        "~ update 5 iam/role: audit-security-audit, delivery-security-audit,"
        " log-archive-security-audit, orders-dev-security-audit, orders-prod-security-audit",
        "    maxSessionDuration: 3600 -> 7200",
    ]


def test_changes_are_listed_alike_whatever_order_the_engine_tells_them_in() -> None:
    for name in ("first-preview", "one-change", "tags-change"):
        course = recording.course(name, is_preview=True)
        turned = list(course.changes.values())[::-1]
        listed = changes.lines(turned, course.concern, lambda urn, path: "")
        assert list(listed) == _changes(course)


def test_change_of_209_resources_recorded_stays_under_30_lines() -> None:
    course = recording.course("tags-change", is_preview=True)
    lines = _changes(course)
    assert len(course.changes) == 209
    assert len(lines) < MOST_OF_ONE_CHANGE
    assert "    tags.stack: dev -> rehearsal" in lines
    assert "    tagsAll: follows the default tags" in lines


def test_live_lines_in_the_middle_of_a_recorded_up_fit_any_height() -> None:
    plan = recording.course("first-preview", is_preview=True).plan
    begun = int(next(recording.raw("first-up"))["timestamp"])
    for events in (50, 400, 900):
        middle = recording.course("first-up", plan, most=events)
        for most in (3, 8, 40):
            lines = list(screen.lines(middle, 75.0, begun + 300, most))
            assert len(lines) <= most
            assert lines[0].endswith(f"1:15  {middle.done.total()} of 565")


def test_live_lines_name_what_is_slow_and_why() -> None:
    plan = recording.course("first-preview", is_preview=True).plan
    for events in range(20, 400, 20):
        middle = recording.course("first-up", plan, most=events)
        account = next((s for s in middle.at_work if s.kind == "organizations/account"), None)
        if account:
            lines = "\n".join(screen.lines(middle, 75.0, 2e9, 40))
            assert (
                f"creating organizations/account {account.name} (CreateAccount in progress),"
                in lines
            )
            return
    raise AssertionError("the recorded run makes no account")
