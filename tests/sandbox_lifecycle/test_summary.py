"""The summary of a run, for stacks of any size."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from landfall.sandbox import summary


def shown(outputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the rows of the summary by their titles, on a screen of 80 columns."""
    screen = io.StringIO()
    summary.show(Console(file=screen, width=80), "dev", summary.Run({"same": 1}), outputs, 1.0)
    rows: dict[str, str] = {}
    for line in screen.getvalue().splitlines()[2:]:
        title, _, text = line.partition("  ")
        last = title or list(rows)[-1]
        rows[last] = f"{rows.get(last, '')} {text.strip()}".strip()
    return rows


def arn(account_id: int, role: str, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{account_id:012}:role/landfall/{role}"


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_role_of_many_accounts_is_listed_once_with_a_count(partition: str) -> None:
    accounts = {f"team-{number}": f"{number:012}" for number in range(12)}
    roles = {
        f"{name}-{role}": arn(int(account_id), role, partition)
        for name, account_id in accounts.items()
        for role in ("break-glass", "security-audit")
    }
    roles["team-3-developer"] = arn(3, "developer", partition)
    rows = shown({"accounts": accounts, "roles": roles})
    told = "break-glass in 12 accounts, security-audit in 12 accounts, developer in team-3"
    assert rows["Roles"] == f"25: {told}"


def test_a_long_list_is_cut() -> None:
    accounts = {f"a{number:03}": f"{number:012}" for number in range(100)}
    row = shown({"accounts": accounts})["Accounts"]
    assert row.startswith("100: a000, a001, ")
    assert row.endswith("a019 and 80 more")


def test_security_is_one_line_where_there_is_any() -> None:
    assert "Security" not in shown({"security": {}})
    topic = "arn:aws:sns:eu-west-1:000000000001:landfall-findings"
    rows = shown({"security": {"logBucket": "logs-1", "findingsTopic": topic}})
    assert rows["Security"] == "logs in logs-1, findings sent to topic landfall-findings"
    assert shown({"security": {"logBucket": "logs-1"}})["Security"] == "logs in logs-1"


def test_summary_prints_empty_sections_and_omits_missing_outputs() -> None:
    rows = shown({"roles": {}})
    assert rows["Roles"] == "none"
    assert "Accounts" not in rows


def test_time_of_a_run_names_its_steps() -> None:
    screen = io.StringIO()
    steps = {"sandbox": 3.24, "preview": 12.4, "update": 65.0}
    summary.show(Console(file=screen, width=80), "dev", summary.Run(), {}, 80.7, steps)
    assert "Time       1 min 21 s: sandbox 3.2 s, preview 12 s, update 1 min 5 s" in (
        screen.getvalue()
    )


def test_policies_with_severe_advice_are_not_reported_as_passed() -> None:
    found = summary.Findings(("landfall",), 0, 3, "1 high")
    told = summary.verdict(found)
    assert told == "to be reviewed (landfall: 0 mandatory, 3 advisory, including 1 high)"
