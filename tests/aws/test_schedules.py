"""Cron expressions as EventBridge Scheduler takes them."""

from __future__ import annotations

import pytest

from landfall.aws.schedules import problem


@pytest.mark.parametrize(
    "cron",
    [
        "0 6 ? * MON-FRI *",
        "0/15 8-17 ? * 2,4 2026-2030",
        "30 23 L * ? *",
        "0 9 LW 1,7 ? *",
        "0 9 ? * 6#1 *",
        "*/5 * * * ? *",
    ],
)
def test_schedule_of_the_user_guide_is_taken(cron: str) -> None:
    assert problem(cron) is None


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("0 6 * * *", "it has 5 fields, not 6"),
        ("60 6 ? * MON *", "'60' is no minutes"),
        ("0 24 ? * MON *", "'24' is no hours"),
        ("0 6 0 * ? *", "'0' is no day of month"),
        ("0 6 ? 13 MON *", "'13' is no month"),
        ("0 6 ? * 8 *", "'8' is no day of week"),
        ("0 6 ? * MON 1900", "'1900' is no year"),
        ("0 6 ? * ? *", "exactly one of day of month and day of week is '?'"),
        ("0 6 1 * MON *", "exactly one of day of month and day of week is '?'"),
        ("0/0 6 ? * MON *", "'0/0' is no minutes"),
    ],
)
def test_other_schedule_is_refused_with_its_field(cron: str, why: str) -> None:
    assert problem(cron) == why
