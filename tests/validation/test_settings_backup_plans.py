"""Backup policies make whole plans with vaults and roles that accounts have, or are reported."""

from __future__ import annotations

import json
from typing import Any

from landfall.validation.kinds import Kind
from tests.organization_policies.documents import assign
from tests.settings.stacks import problems

RULE = {
    "schedule_expression": assign("cron(0 3 ? * * *)"),
    "target_backup_vault_name": assign("landfall-backups"),
}
TAGGED = {
    "iam_role_arn": assign("arn:aws:iam::$account:role/landfall/backup"),
    "tag_key": assign("backup"),
    "tag_value": assign(["true"]),
}
WHOLE = {
    "regions": assign(["eu-west-1"]),
    "rules": {"nightly": RULE},
    "selections": {"tags": {"marked": TAGGED}},
}


ARN = "arn:aws:backup:eu-central-1:$account:backup-vault:landfall-backups"


def config(root: dict[str, Any], unit: dict[str, Any], **organization: Any) -> dict[str, Any]:
    return {
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


def found(root: dict[str, Any], unit: dict[str, Any], **organization: Any) -> list[tuple[str, str]]:
    told = problems(json.dumps({"config": config(root, unit, **organization)}))
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


def refused(plan: dict[str, Any], **other: Any) -> list[tuple[str, str, str]]:
    """Return path, message and fix of what is wrong with one plan of unit Apps."""
    guardrail, organization = other.pop("guardrail", {}), other.pop("organization", {})
    found = config(plan, plan, **organization) | other
    found["landfall:organization"]["guardrails"] = []
    del found["landfall:guardrails"]["above"]
    found["landfall:guardrails"]["below"] |= guardrail
    told = problems(json.dumps({"config": found}))
    return [(each.path.partition("plans.p.")[2], each.what, each.fix) for each in told]


def with_rule(**changes: Any) -> dict[str, Any]:
    return {**WHOLE, "rules": {"nightly": {**RULE, **changes}}}


CENTRAL = with_rule(target_backup_vault_name=assign("central"))
OTHER_ROLE = {
    **WHOLE,
    "selections": {
        "tags": {"marked": {**TAGGED, "iam_role_arn": assign("arn:aws:iam::$account:role/b")}}
    },
}


def test_vault_that_the_account_lacks_is_refused_with_the_vault_that_it_has() -> None:
    ((path, what, fix),) = refused(CENTRAL)
    assert path == "rules.nightly.target_backup_vault_name"
    assert what == "account 'orders' has no backup vault 'central' in eu-west-1"
    assert "write landfall-backups" in fix
    assert "backups.existingVaults" in fix


def test_role_that_the_account_lacks_is_refused_with_the_role_that_it_has() -> None:
    ((path, what, fix),) = refused(OTHER_ROLE)
    assert path == "selections.tags.marked.iam_role_arn"
    assert what == "account 'orders' has no role 'b' for its backups"
    assert "write role/landfall/backup" in fix


def test_vaults_and_roles_that_accounts_have_already_are_accepted() -> None:
    baseline = {"landfall:baseline": {"backups": {"existingVaults": "central"}}}
    assert refused(CENTRAL, **baseline) == []
    baseline = {"landfall:baseline": {"backups": {"existingRoles": ["b", "c/d"]}}}
    assert refused(OTHER_ROLE, **baseline) == []


def test_vault_in_a_region_that_the_organization_does_not_use_is_refused() -> None:
    plan = {**WHOLE, "regions": assign(["eu-west-1", "us-east-1"])}
    ((_, what, fix),) = refused(plan)
    assert what == "account 'orders' has no backup vault 'landfall-backups' in us-east-1"
    assert fix.startswith("add us-east-1 to landfall:organization.regions")
    copies = {"copy": {"target_backup_vault_arn": assign(ARN)}}
    ((path, what, _),) = refused(with_rule(copy_actions=copies))
    assert path == "rules.nightly.copy_actions.copy.target_backup_vault_arn"
    assert what == "account 'orders' has no backup vault 'landfall-backups' in eu-central-1"


def test_copy_to_a_vault_of_another_account_is_not_judged() -> None:
    copies = {"copy": {"target_backup_vault_arn": assign(ARN.replace("$account", "1" * 12))}}
    assert refused(with_rule(copy_actions=copies)) == []


def test_own_vault_without_a_baseline_is_refused() -> None:
    ((_, what, fix), (_, role, _)) = refused(WHOLE, **{"landfall:baseline": {"enabled": False}})
    assert what == "account 'orders' has no backup vault 'landfall-backups' in eu-west-1"
    assert fix == "write enabled: true in the baseline of account 'orders', and in backups there"
    assert role == "account 'orders' has no role 'landfall/backup' for its backups"


def test_adopted_policy_is_not_judged() -> None:
    adopted = {"mode": "adopt", "id": "o-a1b2c3d4e5", "policyTypes": ["BACKUP_POLICY"]}
    assert refused(CENTRAL, guardrail={"id": "p-examplebackup1"}, organization=adopted) == []


def test_daily_backups_without_a_vault_are_refused_where_they_are_attached() -> None:
    daily = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Apps": {"guardrails": ["daily-backups"]}}},
        "landfall:accounts": {
            "orders": {
                "email": "aws+o@example.com",
                "unit": "Apps",
                "baseline": {"backups": {"enabled": False}},
            }
        },
    }
    (told,) = problems(json.dumps({"config": daily}))
    assert told.id == Kind.MISSING_SETTING
    assert told.path == "landfall:organization.units.Apps.guardrails"
    assert told.what == "'daily-backups' backs up nothing in account 'orders', which has no vault"
