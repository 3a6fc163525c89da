"""Notes on services without prerequisites, quotas to request, and recurring charges."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.cli import charges_summary
from landfall.settings import Stack
from landfall.settings.prerequisites import notes
from landfall.validation import parse


def stack(security: dict[str, Any] | None = None, **settings: Any) -> Stack:
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"regions": ["eu-west-1", "us-east-1"]},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
        },
        **({"landfall:security": security} if security is not None else {}),
        **{f"landfall:{key}": value for key, value in settings.items()},
    }
    return parse(config)


@pytest.mark.parametrize(
    ("security", "regions"),
    [
        ({}, None),
        ({"config": {"regions": ["eu-west-1"]}}, "us-east-1"),
        ({"config": {"enabled": False}}, "eu-west-1, us-east-1"),
        ({"config": {"enabled": False}, "securityHub": {"enabled": False}}, None),
        (
            {
                "config": {"regions": ["eu-west-1"]},
                "securityHub": {"disabledControls": ["Config.1"]},
            },
            None,
        ),
    ],
)
def test_security_hub_where_config_does_not_record_is_noted(
    security: dict[str, Any], regions: str | None
) -> None:
    found = [note.what for note in notes(stack(security)) if "Config.1" in note.what]
    assert len(found) == (regions is not None)
    assert all(f"enabled in {regions}, where" in what for what in found)


def test_runtime_monitoring_needs_an_agent() -> None:
    security = {"guardDuty": {"features": ["runtime-monitoring"]}}
    (note,) = notes(stack(security))
    assert "without its agent" in note.what
    assert note.path == ("landfall:security", "guardDuty", "features")


def test_only_raised_quotas_are_to_be_requested() -> None:
    quotas = {"accounts": 60, "unitDepth": 5}
    (note,) = notes(stack(quotas=quotas))
    assert note.what == "the stack counts on 60 for the quota accounts; AWS's default is 10"
    assert "Service Quotas" in note.fix


def test_charges_name_fixed_amounts_and_services_by_use() -> None:
    trail = {"dataEvents": ["AWS::S3::Object"]}
    lines = list(charges_summary.lines(stack({"trail": trail})))
    assert lines[1] == "  about 1.00 USD a month for 1 KMS key"
    assert [line.partition(": ")[2].partition(",")[0] for line in lines[2:]] == [
        "AWS Config",
        "Security Hub",
        "GuardDuty",
        "CloudTrail",
    ]
    assert lines[2].endswith("(3 accounts, 2 regions)")


def test_stack_without_charges_has_no_section() -> None:
    assert list(charges_summary.lines(stack())) == []
