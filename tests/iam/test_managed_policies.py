"""The reviewed list of AWS managed policies with high findings is complete.

`python -m tests.iam.test_managed_policies` prints the rows as they are now, without verdicts.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from landfall.iam import documents
from landfall.iam.policy_checks import Report, Subject, check

PAGE = Path(__file__).parents[2] / "docs" / "iam-managed-policies.md"
BEGIN, END = "<!-- policies -->", "<!-- end of policies -->"
MOST_FALSE = 0.05


@lru_cache(maxsize=1)
def reports() -> dict[str, tuple[str, Report]]:
    """Check every policy; return path and report by name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    found = {}
    for name, policy in json.loads(aws_managed_policies_data).items():
        document = documents.parse(policy["Document"], kind="identity")
        found[name] = (policy["Path"], check(Subject(identity=((name, document),))))
    return found


def grave() -> list[tuple[str, str, str]]:
    """Return path, name and rules of the policies that raise a high finding."""
    return [
        (path, name, ", ".join(rules))
        for name, (path, report) in sorted(reports().items())
        if (rules := sorted({one.rule for one in report.findings if one.severity == "high"}))
    ]


def rows() -> list[tuple[str, str, str, str]]:
    """Return path, name, rules and verdict of the page's table."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    lines = rest.partition(END)[0].strip().splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(path.strip("`"), name, rules, verdict) for path, name, rules, verdict in cells]


def test_the_page_lists_every_policy_with_a_high_finding() -> None:
    assert [row[:3] for row in rows()] == grave()


@pytest.mark.parametrize("row", [pytest.param(row, id=row[1]) for row in rows()])
def test_every_policy_of_the_page_has_a_verdict(row: tuple[str, str, str, str]) -> None:
    verdict, colon, why = row[3].partition(":")
    assert verdict in ("true", "false")
    assert colon
    assert len(why.split()) >= 4
    # The only accepted reason: only AWS can use the policy.
    assert (verdict == "false") is (row[0] == "/aws-service-role/")


def test_few_job_functions_and_service_roles_raise_a_false_high_finding() -> None:
    judged = {
        name
        for name, (path, _) in reports().items()
        if path in ("/job-function/", "/service-role/")
    }
    false = [name for _, name, _, verdict in rows() if name in judged and "false" in verdict]
    listed = [name for _, name, _, _ in rows() if name in judged]
    assert len(false) / len(judged) < MOST_FALSE
    page = PAGE.read_text(encoding="utf-8")
    assert f"Of the {len(judged)} policies" in page
    assert f"{len(listed)} raise a `high` finding" in page
    assert f"{len(listed) / len(judged):.1%}".replace("%", " %") in page


def test_the_page_says_how_many_policies_there_are() -> None:
    assert f"the {len(reports()):,} that moto" in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    for path, name, rules in grave():
        print(f"| `{path}` | {name} | {rules} |  |")
