from __future__ import annotations

from typing import Any

import pytest

from landfall.iam.effective_access import Hold, Identity
from landfall.iam.escalation import escalations
from tests.iam.cases import FULL, HOME, USER, allow, deny, document

ROLES = "arn:aws:iam::*:role/*"
PASS = allow("iam:PassRole", ROLES)
CREATE = allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def holds(*statements: Any, **rest: Any) -> dict[str, Hold]:
    identity = Identity((("own", document(*statements)),), **rest)
    return {one.path: one.hold for one in escalations(identity)}


def test_the_proof_names_statement_and_policy_of_each_action() -> None:
    identity = Identity(
        (
            ("pass.json", document(allow("s3:*"), PASS | {"Sid": "Pass"})),
            ("lambda.json", document(allow("lambda:*", Sid="Functions"))),
        )
    )
    found = next(one for one in escalations(identity) if one.path == "lambda-001")
    assert found.proof == (
        f"iam:PassRole on {ROLES}: Pass of pass.json",
        "lambda:CreateFunction on *: Functions of lambda.json",
        "lambda:InvokeFunction on *: Functions of lambda.json",
    )
    assert found.kind == "pass-role"


def test_policies_are_judged_merged() -> None:
    assert "lambda-001" not in holds(PASS)
    assert "lambda-001" not in holds(CREATE)
    assert holds(PASS, CREATE)["lambda-001"] is Hold.YES


@pytest.mark.parametrize(
    "limit",
    [
        {"boundaries": (("edge", document(allow(["lambda:*", "s3:*"]))),)},
        {"service_control": ((("full", FULL), ("no", document(deny("iam:PassRole")))),)},
        {"service_control": ((("full", FULL),), (("some", document(allow("lambda:*"))),))},
        {"service_control": ((("full", FULL),), ())},
    ],
)
def test_boundaries_and_guardrails_silence(limit: dict[str, Any]) -> None:
    assert "lambda-001" not in holds(PASS, CREATE, **limit)


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        (deny("iam:PassRole"), None),
        (deny("iam:*", ROLES), None),
        (deny("iam:Pass*", "arn:aws:iam::*"), None),
        ({"Effect": "Deny", "NotAction": "lambda:*", "Resource": "*"}, None),
        ({"Effect": "Deny", "Action": "iam:*", "NotResource": "arn:aws:iam::*:role/web"}, None),
        (deny("lambda:InvokeFunction"), None),
        (deny("iam:PassRole", f"arn:aws:iam::{HOME}:role/protected"), Hold.YES),
        (deny("iam:PassRole", "arn:aws:iam::*:user/*"), Hold.YES),
        (deny("iam:PassRole", "arn:aws:s3:::*"), Hold.YES),
        (deny("lambda:*", "arn:aws:lambda:eu-west-1:*:function:*"), Hold.YES),
        (
            deny("iam:PassRole", Condition={"Bool": {"aws:SecureTransport": "false"}}),
            Hold.YES,
        ),
        (
            deny("lambda:*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}),
            Hold.YES,
        ),
        (
            deny("iam:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
            Hold.CONDITIONAL,
        ),
        (
            deny("iam:*", Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
            Hold.YES,
        ),
    ],
)
def test_only_a_deny_that_cancels_silences(denied: Any, expected: Hold | None) -> None:
    assert holds(PASS, CREATE, denied).get("lambda-001") is expected


def test_actions_on_one_resource_have_to_meet() -> None:
    create = allow("lambda:CreateFunction", "arn:aws:lambda:*:*:function:build-*")
    same = allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:*-build-1")
    other = allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:web-*")
    assert holds(PASS, create, same)["lambda-001"] is Hold.YES
    assert "lambda-001" not in holds(PASS, create, other)


def test_ones_own_credentials_are_no_path() -> None:
    own = "arn:aws:iam::*:user/${aws:username}"
    assert holds(allow(["iam:CreateAccessKey", "iam:*LoginProfile"], own)) == {}
    assert holds(allow("iam:CreateAccessKey", "arn:aws:iam::*:user/*")) == {"iam-002": Hold.YES}
    denied = deny("iam:*", "arn:aws:iam::*:user/break-glass")
    assert "iam-002" in holds(allow("iam:CreateAccessKey"), denied)


def test_ones_own_rights_are_a_path() -> None:
    own = "arn:aws:iam::*:user/team/${aws:username}"
    assert holds(allow("iam:PutUserPolicy", own))["iam-007"] is Hold.YES
    assert holds(allow("iam:PutUserPolicy", USER), principal=USER)["iam-007"] is Hold.YES
    other = f"arn:aws:iam::{HOME}:user/other"
    assert holds(allow("iam:PutUserPolicy", other))["iam-007"] is Hold.CONDITIONAL
    role = f"arn:aws:iam::{HOME}:role/other"
    both = allow(["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"], role)
    assert holds(both)["iam-021"] is Hold.YES


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"ArnEquals": {"iam:PolicyARN": ADMINISTRATOR}}, Hold.YES),
        ({"ArnLike": {"iam:PolicyARN": "arn:aws:iam::*:policy/*"}}, Hold.YES),
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}, None),
        ({"ArnNotEquals": {"iam:PolicyARN": ADMINISTRATOR}}, Hold.YES),
        ({"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{HOME}:policy/edge"}}, None),
        ({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, None),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, Hold.CONDITIONAL),
    ],
)
def test_conditions_on_what_is_attached_count(condition: Any, expected: Hold | None) -> None:
    attach = allow("iam:AttachRolePolicy", ROLES, Condition=condition)
    assert holds(attach).get("iam-009") is expected


def test_delegation_under_a_boundary_is_no_path() -> None:
    without = {"StringNotEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{HOME}:policy/edge"}}
    put = ["iam:PutRolePolicy", "iam:AttachRolePolicy"]
    assert holds(allow(put), deny(put, Condition=without)) == {}
    assert set(holds(allow(put))) == {"iam-005", "iam-009"}


def test_taking_away_ones_boundary_is_a_path_where_there_is_one() -> None:
    remove = allow("iam:DeleteRolePermissionsBoundary")
    assert holds(remove) == {}
    edge = (("edge", document(allow("iam:*"))),)
    assert holds(remove, boundaries=edge) == {"iam-delete-role-boundary": Hold.YES}


def test_service_linked_roles_cannot_be_changed() -> None:
    linked = "arn:aws:iam::*:role/aws-service-role/*"
    assert holds(allow(["iam:PutRolePolicy", "iam:AttachRolePolicy"], linked)) == {}


def test_a_command_needs_a_document_that_runs_one() -> None:
    instances = allow("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*")
    patching = allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/AWS-RunPatchBaseline")
    shell = allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/AWS-RunShellScript")
    assert holds(instances, patching) == {}
    assert holds(instances, shell) == {"ssm-002": Hold.YES}


@pytest.mark.parametrize(
    ("roles", "is_free"),
    [
        ("arn:aws:iam::*:role/*/*", True),
        ("arn:aws:iam::*:role/*Admin*", True),
        ("arn:aws:iam::*:role/OrganizationAccountAccessRole", True),
        ("arn:aws:iam::*:role/team-*", False),
        ("arn:aws:iam::*:role/service-role/*", False),
    ],
)
def test_a_role_to_assume_is_free_or_an_administrators(roles: str, is_free: bool) -> None:
    assert ("sts-001" in holds(allow("sts:AssumeRole", roles))) is is_free


def test_the_account_of_what_iam_changes_is_known() -> None:
    own = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    other = {"StringNotEquals": {"aws:ResourceAccount": HOME}}
    assert holds(allow("iam:CreateAccessKey", Condition=own), principal=USER) == {
        "iam-002": Hold.YES
    }
    assert holds(allow("iam:CreateAccessKey", Condition=other), principal=USER) == {}


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_every_partition_has_paths(partition: str) -> None:
    roles = allow("iam:PassRole", f"arn:{partition}:iam::*:role/*")
    assert holds(roles, CREATE)["lambda-001"] is Hold.YES
    wrong = {"ArnEquals": {"iam:PolicyARN": ADMINISTRATOR}}
    attach = allow("iam:AttachRolePolicy", f"arn:{partition}:iam::*:role/*", Condition=wrong)
    assert ("iam-009" in holds(attach)) is (partition == "aws")
