"""Former ids of Security Hub's controls, and the alarms that its controls want."""

from __future__ import annotations

from typing import get_args

import pytest

from landfall.aws.security_controls import FORMER, consolidated, is_former
from landfall.aws.trail_alarms import TRAIL_ALARMS
from landfall.settings.trail import AlarmKind


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("CIS.1.1", ("CloudWatch.1", "IAM.20")),
        ("CIS.1.14", ("IAM.6",)),
        ("CIS.3.10", ("CloudWatch.10",)),
        ("cis-1.4/1.14", ("IAM.3",)),
        ("PCI.IAM.1", ("IAM.4",)),
        ("PCI.CW.1", ("CloudWatch.1",)),
        ("IAM.6", ("IAM.6",)),
    ],
)
def test_control_has_the_ids_of_today(former: str, today: tuple[str, ...]) -> None:
    assert consolidated(former) == today


def test_table_has_every_control_of_the_former_standards() -> None:
    counts = {prefix: sum(key.startswith(prefix) for key in FORMER) for prefix in _PREFIXES}
    # CIS v1.2.0 has 43 controls, of which the root user's is two today.
    assert counts == {"CIS.": 43, "cis-1.4/": 37, "PCI.": 45}
    assert all(is_former(key) for key in FORMER)
    assert not any(is_former(each) for ids in FORMER.values() for each in ids)


def test_settings_name_each_alarm() -> None:
    assert get_args(AlarmKind) == tuple(TRAIL_ALARMS)


def test_alarms_answer_each_control_and_fit_into_a_metric_filter() -> None:
    controls = [alarm.control for alarm in TRAIL_ALARMS.values()]
    assert controls == [*(f"CloudWatch.{number}" for number in range(1, 15)), "CIS 4.15"]
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    assert all(len(alarm.pattern) <= 1024 for alarm in TRAIL_ALARMS.values())


_PREFIXES = ("CIS.", "cis-1.4/", "PCI.")
