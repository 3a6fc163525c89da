"""Patterns of findings by severity, as EventBridge matches them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.security.finding_events import pattern
from tests.sandbox_gate.conftest import MANAGEMENT, Clients

HUB = "Security Hub Findings - Imported"


def event(source: str, kind: str, detail: dict[str, Any]) -> str:
    return json.dumps(
        {
            "id": "1",
            "account": MANAGEMENT,
            "source": source,
            "time": "2026-11-26T12:00:00Z",
            "region": "eu-west-1",
            "resources": [],
            "detail-type": kind,
            "detail": detail,
        }
    )


def hub(label: str) -> str:
    finding = {
        "ProductName": "Inspector",
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        "Severity": {"Label": label},
    }
    return event("aws.securityhub", HUB, {"findings": [finding]})


def guardduty(severity: float) -> str:
    detail = {"severity": severity, "type": "Recon:EC2/Portscan"}
    return event("aws.guardduty", "GuardDuty Finding", detail)


@pytest.mark.parametrize(
    ("lowest", "highest", "labels", "numbers"),
    [
        ("low", "critical", {"LOW", "MEDIUM", "HIGH", "CRITICAL"}, {2.0, 5.0, 8.9, 9.0}),
        ("medium", "high", {"MEDIUM", "HIGH"}, {5.0, 8.9}),
        ("critical", "critical", {"CRITICAL"}, {9.0}),
        ("low", "low", {"LOW"}, {2.0}),
    ],
)
def test_findings_of_the_severities_match(
    aws: Clients, lowest: str, highest: str, labels: set[str], numbers: set[float]
) -> None:
    events = aws("events")

    def matches(kind: str, given: str) -> bool:
        own = pattern(kind, lowest, guardduty_tells=True, highest=highest)
        return bool(events.test_event_pattern(EventPattern=own, Event=given)["Result"])

    every = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
    assert {label for label in every if matches("security-hub", hub(label))} == labels
    known = (2.0, 5.0, 8.9, 9.0)
    assert {number for number in known if matches("guardduty", guardduty(number))} == numbers
