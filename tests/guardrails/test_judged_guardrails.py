"""Requests and lockouts that guardrails once got wrong, with the answer of AWS's documentation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.statements import Context
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import Request
from tests.guardrails.contexts import context
from tests.settings.stacks import SMALL, problems

PROJECT = Path(__file__).parents[2]
JUDGED = Path(__file__).parent / "judged"
REQUESTS = json.loads((JUDGED / "guardrail-requests.json").read_text())
LOCKOUTS = json.loads((JUDGED / "lockout-statements.json").read_text())
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ANYTHING = parse({"Version": "2012-10-17", "Statement": [ALLOW]}, "identity")
HOME = "111122223333"


def _is_denied(case: dict[str, Any], written_for: Context) -> bool:
    guardrail = CATALOGUE[case["guardrail"]]
    assert guardrail.statements is not None
    text = {"Version": "2012-10-17", "Statement": [ALLOW, *guardrail.statements(written_for)]}
    request = Request(
        f"arn:aws:iam::{HOME}:role/developer",
        case["action"],
        resource_account=HOME,
        context={"aws:RequestedRegion": case.get("region", "eu-west-1"), **case.get("context", {})},
    )
    policies = Policies(identity=(ANYTHING,), service_control=((parse(text, "scp"),),))
    return evaluate(request, policies).outcome is Outcome.EXPLICIT_DENY


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["action"])
def test_guardrail_request_gets_documented_answer(case: dict[str, Any]) -> None:
    given = {key: tuple(values) for key, values in case.get("parameters", {}).items()}
    written_for = replace(context(), given=given)
    assert _is_denied(case, written_for) is (case["expected"] == "denied")


@pytest.mark.parametrize("case", LOCKOUTS, ids=lambda case: case["name"])
def test_guardrail_that_locks_out_or_aws_refuses_is_a_mistake(case: dict[str, Any]) -> None:
    text = SMALL.replace("Prod: {}", "Prod: {guardrails: [mine]}")
    text += f"  landfall:guardrails:\n    mine: {json.dumps(case['guardrail'])}\n"
    assert any(".mine" in problem.path for problem in problems(text))


@pytest.mark.parametrize(
    ("conditions", "is_refused"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"DateGreaterThan": {"aws:EpochTime": "1577836800"}}, True),
        ({"NumericGreaterThan": {"aws:EpochTime": "1577836800"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2090-01-01T00:00:00Z"}}, False),
        ({"Null": {"aws:TokenIssueTime": "true"}}, False),
        ({"Null": {"aws:CalledVia": "true"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}}, False),
        ({"StringEquals": {"aws:PrincipleArn": "x"}}, False),
        ({"StringNotEquals": {"s3:prefix": "home/"}}, True),
    ],
)
def test_lockout_depends_on_what_the_platform_s_requests_say(
    conditions: dict[str, Any], is_refused: bool
) -> None:
    statement = {"sid": "X", "actions": ["iam:*"], "conditions": conditions}
    text = SMALL.replace("Prod: {}", "Prod: {guardrails: [mine]}")
    text += f"  landfall:guardrails:\n    mine: {json.dumps({'statements': [statement]})}\n"
    found = [one.path for one in problems(text) if ".mine" in one.path]
    assert bool(found) is is_refused, found


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stack_has_no_lockout(name: str) -> None:
    assert stack_files.load(name, PROJECT)
