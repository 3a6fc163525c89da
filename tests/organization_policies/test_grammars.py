"""What the grammar of each policy type accepts and refuses, and where it says that it is wrong."""

from __future__ import annotations

import typing
from typing import Any

import pytest

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.of_stack import SIZES, SLOTS
from landfall.guardrails.statements import RCP, SCP, Context
from landfall.organization_policies import GRAMMARS, Fault, mistakes
from landfall.settings.organization_tree import PolicyType
from landfall.settings.regions import REGIONS
from tests.organization_policies.documents import ACCEPTED, assign, regions

CASES = [(kind, document) for kind, documents in ACCEPTED.items() for document in documents]
ALL_REGIONS = REGIONS["aws"]


@pytest.mark.parametrize(("kind", "document"), CASES)
def test_document_that_aws_accepts_is_accepted(kind: str, document: dict[str, Any]) -> None:
    assert list(mistakes(kind, document, ALL_REGIONS)) == []


def test_every_type_of_the_settings_has_a_grammar_and_quotas() -> None:
    types = set(typing.get_args(PolicyType))
    assert types - {SCP, RCP} <= set(GRAMMARS) == set(ACCEPTED)
    assert types == set(SIZES) == set(SLOTS)


@pytest.mark.parametrize("name", [n for n, g in CATALOGUE.items() if g.document is not None])
def test_document_of_the_catalogue_is_accepted(name: str) -> None:
    known = CATALOGUE[name]
    assert known.document is not None
    given = {each.name: (each.looks_like.strip("'"),) for each in known.parameters}
    context = Context("aws", ("eu-west-1", "us-east-1"), ("OrganizationAccountAccessRole",), given)
    assert list(mistakes(known.type, known.document(context), ALL_REGIONS)) == []


def tag(**rule: Any) -> dict[str, Any]:
    return {"tags": {"Team": rule}}


def plan(**settings: Any) -> dict[str, Any]:
    return {"plans": {"p": settings}}


def rule(**settings: Any) -> dict[str, Any]:
    return plan(rules={"r": settings})


def ec2(**attributes: Any) -> dict[str, Any]:
    return {"ec2_attributes": attributes}


def slack(**settings: Any) -> dict[str, Any]:
    return {"chatbot": {"platforms": {"slack": settings}}}


REFUSED: list[tuple[str, dict[str, Any], str, Fault]] = [
    ("TAG_POLICY", {"tgas": {}}, "tgas", Fault.UNKNOWN_KEY),
    ("TAG_POLICY", {"tags": []}, "tags", Fault.WRONG_TYPE),
    ("TAG_POLICY", tag(tag_key="Team"), "tags.Team.tag_key", Fault.WRONG_TYPE),
    ("TAG_POLICY", tag(tag_key={}), "tags.Team.tag_key", Fault.MISSING_KEY),
    ("TAG_POLICY", tag(tag_key=assign("Owner")), "tags.Team.tag_key.@@assign", Fault.INVALID_VALUE),
    ("TAG_POLICY", tag(tag_key={"@@append": ["x"]}), "tags.Team.tag_key.@@append",
     Fault.UNSUPPORTED),
    ("TAG_POLICY", tag(tag_value=assign("x")), "tags.Team.tag_value.@@assign", Fault.WRONG_TYPE),
    ("TAG_POLICY", tag(tag_value=assign(["*a*"])), "tags.Team.tag_value.@@assign.0",
     Fault.INVALID_VALUE),
    ("TAG_POLICY", tag(tag_value={"@@asign": []}), "tags.Team.tag_value.@@asign",
     Fault.UNKNOWN_KEY),
    ("TAG_POLICY", tag(enforced_for=assign(["*:*"])), "tags.Team.enforced_for.@@assign.0",
     Fault.INVALID_VALUE),
    ("TAG_POLICY", {"tags": {"Team": {"@@assign": {}}}}, "tags.Team.@@assign", Fault.UNSUPPORTED),
    ("BACKUP_POLICY", plan(nonsense=1), "plans.p.nonsense", Fault.UNKNOWN_KEY),
    ("BACKUP_POLICY", plan(regions=assign(["eu-wst-1"])), "plans.p.regions.@@assign.0",
     Fault.UNKNOWN_CHOICE),
    ("BACKUP_POLICY", rule(schedule_expression=assign("every day")),
     "plans.p.rules.r.schedule_expression.@@assign", Fault.INVALID_VALUE),
    ("BACKUP_POLICY", rule(start_backup_window_minutes=assign("30")),
     "plans.p.rules.r.start_backup_window_minutes.@@assign", Fault.INVALID_VALUE),
    ("BACKUP_POLICY", rule(enable_continuous_backup=assign("yes")),
     "plans.p.rules.r.enable_continuous_backup.@@assign", Fault.INVALID_VALUE),
    ("BACKUP_POLICY", rule(lifecycle={"move_to_cold_storage_after_days": assign("30"),
                                      "delete_after_days": assign("60")}),
     "plans.p.rules.r.lifecycle.delete_after_days.@@assign", Fault.INVALID_VALUE),
    ("BACKUP_POLICY", plan(selections={"tags": {}, "resources": {}}), "plans.p.selections",
     Fault.UNSUPPORTED),
    ("AISERVICES_OPT_OUT_POLICY", {"services": {"default": {}}}, "services.default",
     Fault.MISSING_KEY),
    ("AISERVICES_OPT_OUT_POLICY", {"services": {"lex": {"opt_out_policy": assign("optout")}}},
     "services.lex.opt_out_policy.@@assign", Fault.UNKNOWN_CHOICE),
    ("AISERVICES_OPT_OUT_POLICY",
     {"services": {"lex": {"opt_out_policy": {
         "@@operators_allowed_for_child_policies": ["@@append"], **assign("optOut")}}}},
     "services.lex.opt_out_policy.@@operators_allowed_for_child_policies.0", Fault.UNKNOWN_CHOICE),
    ("CHATBOT_POLICY", slack(client=assign("on")), "chatbot.platforms.slack.client.@@assign",
     Fault.UNKNOWN_CHOICE),
    ("CHATBOT_POLICY", slack(workspaces=assign(["T1"] * 256)),
     "chatbot.platforms.slack.workspaces.@@assign", Fault.TOO_MANY),
    ("DECLARATIVE_POLICY_EC2", ec2(nonsense={}), "ec2_attributes.nonsense", Fault.UNKNOWN_KEY),
    ("DECLARATIVE_POLICY_EC2", ec2(serial_console_access={"status": assign(True)}),
     "ec2_attributes.serial_console_access.status.@@assign", Fault.WRONG_TYPE),
    ("DECLARATIVE_POLICY_EC2",
     ec2(instance_metadata_defaults={"http_put_response_hop_limit": assign("65")}),
     "ec2_attributes.instance_metadata_defaults.http_put_response_hop_limit.@@assign",
     Fault.INVALID_VALUE),
    ("SECURITYHUB_POLICY", {"securityhub": {"enable_in_regions": assign(["eu-west-1"])}},
     "securityhub", Fault.MISSING_KEY),
    ("SECURITYHUB_POLICY", {"securityhub": {"enable_in_regions": ["eu-west-1"]}},
     "securityhub.enable_in_regions", Fault.WRONG_TYPE),
    ("INSPECTOR_POLICY", {"inspector": {"ec2_scanning": regions([], [])}},
     "inspector.ec2_scanning", Fault.UNKNOWN_KEY),
    ("INSPECTOR_POLICY",
     {"inspector": {"enablement": {"ec2_scanning": {"enable_in_regions": assign([])}}}},
     "inspector.enablement.ec2_scanning", Fault.MISSING_KEY),
    ("UPGRADE_ROLLOUT_POLICY",
     {"upgrade_rollout": {"default": {"upgrade_order": assign("first")}}},
     "upgrade_rollout.default.upgrade_order", Fault.UNKNOWN_KEY),
    ("BEDROCK_POLICY", {"bedrock": {"guardrail_inference": {"eu-west-1": {"c": {}}}}},
     "bedrock.guardrail_inference.eu-west-1.c", Fault.MISSING_KEY),
    ("BEDROCK_POLICY",
     {"bedrock": {"guardrail_inference": {"eu-west-1": {"c": {"identifier": assign(
         "arn:aws:bedrock:us-east-1:111122223333:guardrail/ab12:1")}}}}},
     "bedrock.guardrail_inference.eu-west-1.c.identifier.@@assign", Fault.INVALID_VALUE),
    ("BEDROCK_POLICY",
     {"bedrock": {"guardrail_inference": {"eu-west-1": {"c": {"identifier": assign(
         "arn:aws:bedrock:eu-west-1:111122223333:guardrail/ab12:DRAFT")}}}}},
     "bedrock.guardrail_inference.eu-west-1.c.identifier.@@assign", Fault.INVALID_VALUE),
    ("S3_POLICY", {"s3_attributes": {"public_access_block_configuration": assign("some")}},
     "s3_attributes.public_access_block_configuration.@@assign", Fault.UNKNOWN_CHOICE),
    ("GUARDDUTY_POLICY", {"guardduty": {"enablement": {}}}, "guardduty.enablement",
     Fault.MISSING_KEY),
    ("GUARDDUTY_POLICY",
     {"guardduty": {"enablement": {"default": {"s3_data_events": {"status": assign("enabled")}}}}},
     "guardduty.enablement.default", Fault.MISSING_KEY),
    ("GUARDDUTY_POLICY", {"guardduty": {"enablement": {"eu-wst-1": {}}}},
     "guardduty.enablement.eu-wst-1", Fault.UNKNOWN_CHOICE),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "path", "fault"), REFUSED)
def test_document_that_aws_refuses_is_reported_at_its_place(
    kind: str, document: dict[str, Any], path: str, fault: Fault
) -> None:
    found = {
        (".".join(map(str, each.path)), each.fault)
        for each in mistakes(kind, document, ALL_REGIONS)
    }
    assert (path, fault) in found


def test_mistakes_of_a_document_are_reported_together() -> None:
    document = {"tags": {"Team": {"tag_kye": assign("Team"), "tag_value": assign("x")}, "B": []}}
    found = [each.path for each in mistakes("TAG_POLICY", document)]
    assert found == [
        ("tags", "Team", "tag_kye"),
        ("tags", "Team", "tag_value", "@@assign"),
        ("tags", "B"),
    ]


def test_misspelled_key_gets_a_suggestion() -> None:
    (found,) = mistakes("TAG_POLICY", {"tags": {"Team": {"tag_vale": assign(["x"])}}})
    assert found.fix == "did you mean 'tag_value'?"


def test_mistakes_of_a_large_document_are_bounded() -> None:
    document = {"tags": {f"t{number}": [] for number in range(1000)}}
    assert len(list(mistakes("TAG_POLICY", document))) == 100


def test_type_without_a_grammar_is_not_checked() -> None:
    assert list(mistakes("SECURITYHUB_CSPM_POLICY", {"anything": 1})) == []
