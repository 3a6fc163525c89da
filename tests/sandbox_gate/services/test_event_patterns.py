"""Event patterns of EventBridge, through TestEventPattern."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import Clients, error_of

EVENT = {
    "id": "1",
    "account": "111122223333",
    "source": "aws.securityhub",
    "time": "2026-11-26T12:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail-type": "Security Hub Findings - Imported",
    "detail": {
        "severity": 7.5,
        "count": 2,
        "findings": [{"ProductName": "Config", "Workflow": {"Status": "NEW"}, "Types": ["a", "b"]}],
    },
}


@pytest.mark.parametrize(
    ("detail", "result"),
    [
        ({"severity": [{"numeric": [">=", 7]}]}, True),
        ({"severity": [{"numeric": [">", 7, "<", 7.5]}]}, False),
        ({"findings": {"ProductName": ["Config"], "Workflow": {"Status": ["NEW"]}}}, True),
        ({"findings": {"ProductName": ["Config"], "Workflow": {"Status": ["SUPPRESSED"]}}}, False),
        ({"findings": {"ProductName": [{"anything-but": ["Config", "GuardDuty"]}]}}, False),
        ({"findings": {"ProductName": [{"anything-but": {"prefix": "Gu"}}]}}, True),
        ({"findings": {"Types": ["b"]}}, True),
        ({"findings": {"Absent": ["b"]}}, False),
        ({"findings": {"Absent": [{"exists": False}]}}, True),
        ({"findings": {"ProductName": [{"wildcard": "Con*g"}, {"suffix": "x"}]}}, True),
        ({"$or": [{"count": [3]}, {"severity": [7.5]}]}, True),
        ({"count": ["2"]}, False),
    ],
)
def test_event_pattern_with_valid_operators_matches_as_documented(
    aws: Clients, detail: dict[str, Any], result: bool
) -> None:
    pattern = json.dumps({"source": ["aws.securityhub"], "detail": detail})
    tried = aws("events").test_event_pattern(EventPattern=pattern, Event=json.dumps(EVENT))
    assert tried["Result"] is result


@pytest.mark.parametrize(
    "pattern",
    ['{"source": "aws.ec2"}', '{"source": []}', '{"source": [{"near": "x"}]}', "{}", "no"],
)
def test_malformed_event_pattern_is_refused(aws: Clients, pattern: str) -> None:
    code, _ = error_of(
        aws("events").test_event_pattern, EventPattern=pattern, Event=json.dumps(EVENT)
    )
    assert code == "InvalidEventPatternException"


def test_an_event_has_its_fields(aws: Clients) -> None:
    client, pattern = aws("events"), '{"source": ["aws.ec2"]}'
    event = json.dumps({key: value for key, value in EVENT.items() if key != "time"})
    code, _ = error_of(client.test_event_pattern, EventPattern=pattern, Event=event)
    assert code == "ValidationException"
