"""Builds of the stack's own delivery have memory and time for its accounts."""

from __future__ import annotations

import pytest

from landfall.blueprint.provisioning import machines


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        (0, "BUILD_GENERAL1_MEDIUM"),
        (12, "BUILD_GENERAL1_MEDIUM"),
        (13, "BUILD_GENERAL1_LARGE"),
        (31, "BUILD_GENERAL1_LARGE"),
        (32, "BUILD_GENERAL1_XLARGE"),
        (161, "BUILD_GENERAL1_XLARGE"),
        (162, "BUILD_GENERAL1_2XLARGE"),
        (machines.MOST_ACCOUNTS, "BUILD_GENERAL1_2XLARGE"),
        (2_000, "BUILD_GENERAL1_2XLARGE"),
    ],
)
def test_compute_type_has_memory_for_every_provider(accounts: int, expected: str) -> None:
    assert machines.compute_type(accounts) == expected


def test_most_accounts_is_what_the_page_says() -> None:
    assert machines.MOST_ACCOUNTS == 329


@pytest.mark.parametrize(("accounts", "expected"), [(5, 120), (12, 120), (50, 310), (500, 480)])
def test_time_limit_grows_with_the_accounts(accounts: int, expected: int) -> None:
    assert machines.timeout_minutes(accounts) == expected
