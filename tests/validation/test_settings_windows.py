"""Alarms behind a window: CodePipeline evaluates each rule of a condition once."""

from __future__ import annotations

import pytest

from landfall.settings.readiness import notes
from tests.settings.stacks import changed, stack

WINDOW = "window: {days: MON-THU, hours: 9-15}"


@pytest.mark.parametrize(
    ("rollback", "noted"),
    [
        (f"alarms: [a], {WINDOW}", True),
        (f"alarms: [a], {WINDOW}, bakeMinutes: 10", False),
        ("alarms: [a]", False),
    ],
)
def test_note_says_that_alarms_are_checked_before_the_window_opens(
    rollback: str, *, noted: bool
) -> None:
    text = changed(
        ("deploy: {lambda: orders}", "deploy: {s3: example-site}"),
        ("dev: {account: orders-dev}", f"dev: {{account: orders-dev, rollback: {{{rollback}}}}}"),
    )
    found = [note for note in notes(stack(text)) if "reaches the window" in note.what]
    assert bool(found) is noted
