"""Documents of guardrails that AWS would refuse, with their lines."""

from __future__ import annotations

import pytest

from landfall.validation.kinds import Kind
from tests.settings.stacks import changed, problems

GUARDRAILS = "  landfall:accounts:\n"


def found(document: str, kind: str) -> list[tuple[int, str, str]]:
    own = (
        "  landfall:guardrails:\n    mine:\n"
        f"      type: {kind}\n      document:\n{document}{GUARDRAILS}"
    )
    text = changed((GUARDRAILS, own))
    return [
        (each.location.line - line_of(text), each.path.partition("document")[2], each.id)
        for each in problems(text)
        if each.location is not None
    ]


def line_of(text: str) -> int:
    return text[: text.index("      document:\n")].count("\n") + 1


def test_mistake_in_a_document_has_its_line_and_its_path_inside() -> None:
    document = (
        "        tags:\n"
        "          Team:\n"
        "            tag_key: {'@@assign': Team}\n"
        "            tag_vale: {'@@assign': [a]}\n"
        "          Owner: {tag_key: {'@@assign': Holder}}\n"
    )
    assert found(document, "TAG_POLICY") == [
        (4, ".tags.Team.tag_vale", Kind.UNKNOWN_KEY),
        (5, ".tags.Owner.tag_key.@@assign", Kind.INVALID_VALUE),
    ]


def test_mistakes_of_a_control_policy_are_at_their_statements() -> None:
    document = (
        "        Version: '2012-10-17'\n"
        "        Statement:\n"
        "          - {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}\n"
        "          - Effect: Deny\n"
        "            Action: ['s3:*', ec2]\n"
        "            Resource: '*'\n"
    )
    assert found(document, "SERVICE_CONTROL_POLICY") == [
        (3, ".Statement[0].Principal", Kind.UNSUPPORTED),
        (5, ".Statement[1].Action[1]", Kind.INVALID_VALUE),
    ]


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("DECLARATIVE_POLICY_EC2", "        ec2_attributes: null\n"),
        ("DECLARATIVE_POLICY_EC2", "        ec2_attributes: [1]\n"),
        ("SERVICE_CONTROL_POLICY", "        Statement: null\n"),
        ("BACKUP_POLICY", "        plans: {p: null}\n"),
        ("GUARDDUTY_POLICY", "        guardduty: {}\n"),
    ],
)
def test_document_of_any_form_is_a_mistake_and_no_crash(kind: str, document: str) -> None:
    assert found(document, kind)


def test_region_of_a_document_must_exist_in_the_partition() -> None:
    document = "        plans: {p: {regions: {'@@assign': [eu-west-1, cn-north-1]}}}\n"
    assert found(document, "BACKUP_POLICY") == [
        (1, ".plans.p.regions.@@assign[1]", Kind.UNKNOWN_CHOICE)
    ]
