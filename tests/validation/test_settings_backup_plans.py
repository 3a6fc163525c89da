"""Backup policies of several levels make whole plans, or are reported."""

from __future__ import annotations

import json
from typing import Any

from landfall.validation.kinds import Kind
from tests.organization_policies.documents import assign
from tests.settings.stacks import problems

RULE = {
    "schedule_expression": assign("cron(0 3 ? * * *)"),
    "target_backup_vault_name": assign("central"),
}
TAGGED = {
    "iam_role_arn": assign("arn:aws:iam::$account:role/b"),
    "tag_key": assign("backup"),
    "tag_value": assign(["true"]),
}
WHOLE = {
    "regions": assign(["eu-west-1"]),
    "rules": {"nightly": RULE},
    "selections": {"tags": {"marked": TAGGED}},
}


def found(root: dict[str, Any], unit: dict[str, Any], **organization: Any) -> list[tuple[str, str]]:
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "guardrails": ["above"],
            "units": {"Apps": {"guardrails": ["below"]}},
            **organization,
        },
        "landfall:accounts": {"orders": {"email": "aws+o@example.com", "unit": "Apps"}},
        "landfall:guardrails": {
            name: {"type": "BACKUP_POLICY", "document": {"plans": {"p": plan}}}
            for name, plan in (("above", root), ("below", unit))
        },
    }
    told = problems(json.dumps({"config": config}))
    assert {each.id for each in told} <= {Kind.MISSING_KEY}
    return [(each.path.partition("guardrails.")[2], each.what.split("'")[3]) for each in told]


def without(part: str) -> dict[str, Any]:
    return {key: value for key, value in WHOLE.items() if key != part}


def test_plan_of_one_level_that_another_changes_is_whole() -> None:
    change = {"rules": {"nightly": {"lifecycle": {"delete_after_days": assign("40")}}}}
    assert found(WHOLE, change) == []


def test_plan_of_which_two_levels_have_the_parts_is_whole() -> None:
    assert found(without("selections"), {"selections": WHOLE["selections"]}) == []


def test_part_that_no_level_has_is_reported_at_the_lowest_policy_of_the_plan() -> None:
    assert found(without("regions"), {"rules": {"nightly": RULE}}) == [
        ("below.document.plans.p", "regions")
    ]


def test_rule_and_selection_without_a_required_setting_are_reported() -> None:
    broken = {
        **WHOLE,
        "rules": {"nightly": {"schedule_expression": RULE["schedule_expression"]}},
        "selections": {"tags": {"marked": {"tag_key": TAGGED["tag_key"]}}},
    }
    assert found(broken, broken) == [
        ("below.document.plans.p.rules.nightly", "target_backup_vault_name"),
        ("below.document.plans.p.selections.tags.marked", "iam_role_arn"),
        ("below.document.plans.p.selections.tags.marked", "tag_value"),
    ]


def test_plan_below_a_policy_of_others_is_not_judged() -> None:
    change = {"rules": {"nightly": {"lifecycle": {"delete_after_days": assign("40")}}}}
    assert found(change, change, otherPolicies={"BACKUP_POLICY": 1}) == []
