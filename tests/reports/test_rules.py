"""The registry of rules, and the order of severities."""

from __future__ import annotations

import json

import pytest

from landfall.rules import Registry, Rule, Severity

PUBLIC = Rule("LF-X-001", "nothing is public", Severity.HIGH, "Close it.")


def test_registry_with_an_id_twice_refuses_the_second() -> None:
    registry = Registry[Rule]()
    assert registry.add(PUBLIC) is PUBLIC
    with pytest.raises(ValueError, match="LF-X-001 is there twice"):
        registry.add(Rule("LF-X-001", "another", Severity.LOW, ""))
    assert list(registry) == [PUBLIC]


def test_registry_with_an_unknown_id_finds_nothing() -> None:
    assert Registry[Rule]().find("LF-X-001") is None


def test_severity_of_each_rank_is_graver_than_the_next() -> None:
    assert [str(each) for each in sorted(Severity, key=lambda each: each.rank)] == [
        *("critical", "high", "medium", "low", "note")
    ]


def test_severity_in_json_is_its_name() -> None:
    assert json.dumps({"severity": Severity.LOW}) == '{"severity": "low"}'
