from __future__ import annotations

import time
from typing import Any

import pytest

from landfall.iam import documents
from landfall.iam.effective_access import AccessSet, Hold, Identity, effective
from tests.iam.cases import FULL, HOME, OTHER, USER, allow, deny, document

ROLES = "arn:aws:iam::*:role/*"
NO_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
UNTAGGED = {"Null": {"aws:PrincipalTag/team": "true"}}
TAGGED = {"Null": {"aws:PrincipalTag/team": "false"}}
OLD = {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
PAST = {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}


def holding(*statements: Any, **rest: Any) -> AccessSet:
    return effective(Identity((("own", document(*statements)),), **rest))


def full_but(*statements: Any) -> tuple[tuple[str, documents.Document], ...]:
    return ("full", FULL), ("guardrail", document(*statements))


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (holding(allow()), Hold.YES),
        (holding(allow("iam:PassRole", ROLES)), Hold.YES),
        (holding(allow("iam:P?ssRole", f"arn:aws:iam::{HOME}:role/one")), Hold.YES),
        (holding({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), Hold.YES),
        (holding({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), Hold.NO),
        (holding({"Effect": "Allow", "Action": "*", "NotResource": ROLES}), Hold.NO),
        (holding(allow("iam:PassRole", "arn:aws:s3:::bucket")), Hold.NO),
        (holding(allow(), deny("iam:PassRole")), Hold.NO),
        (holding(allow(), deny("iam:*", ROLES)), Hold.NO),
        (holding(allow(), deny("iam:*", "arn:aws:iam::*:role/one")), Hold.YES),
        (holding(allow(), deny("iam:*", "arn:aws:iam::*:user/*")), Hold.YES),
        (holding(allow(), deny("iam:*", Condition=NO_MFA)), Hold.CONDITIONAL),
        (holding(allow(Condition=NO_MFA), deny("iam:*", Condition=NO_MFA)), Hold.NO),
        (holding(allow(Condition=NO_MFA)), Hold.CONDITIONAL),
        (holding(allow(Condition=UNTAGGED), deny("iam:*", Condition=UNTAGGED)), Hold.NO),
        (holding(allow(Condition=TAGGED), deny("iam:*", Condition=UNTAGGED)), Hold.CONDITIONAL),
        (holding(allow(Condition=OLD)), Hold.YES),
        (holding(allow(Condition=PAST)), Hold.NO),
        (holding(allow(), deny(Condition=OLD)), Hold.NO),
        (holding(allow(), deny(Condition=PAST)), Hold.YES),
        (holding(allow(), boundaries=(("edge", document(allow("s3:*"))),)), Hold.NO),
        (holding(allow(), boundaries=(("edge", document(allow("iam:*"))),)), Hold.YES),
        (holding(allow(), service_control=((("full", FULL),), ())), Hold.NO),
        (holding(allow(), service_control=(full_but(deny("iam:*")),)), Hold.NO),
        (holding(allow(), service_control=(full_but(deny("s3:*")),)), Hold.YES),
    ],
)
def test_passing_a_role(access: AccessSet, expected: Hold) -> None:
    assert access.can("iam:PassRole") is expected
    assert access.can("IAM:passrole") is expected
    assert access.can("iam:PassRol*", ROLES) is expected


def test_two_denies_cancel_together() -> None:
    half = allow(), deny("iam:*", "arn:aws:iam::*:role/a*")
    rest = deny("iam:*", "arn:aws:iam::*:role/*")
    assert holding(*half).can("iam:PassRole", "arn:aws:iam::*:role/a*") is Hold.NO
    assert holding(*half, rest).can("iam:PassRole") is Hold.NO
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    without = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    both = holding(allow(), deny(Condition=mfa), deny(Condition=without))
    assert both.can("s3:GetObject") is Hold.NO


def test_a_deny_by_a_key_that_the_identity_has_is_decided() -> None:
    guardrail = deny(
        "iam:*", Condition={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:user/team/*"}}
    )
    unknown = holding(allow(), service_control=(full_but(guardrail),))
    inside = holding(allow(), service_control=(full_but(guardrail),), principal=USER)
    outside = holding(
        allow(),
        service_control=(full_but(guardrail),),
        principal=f"arn:aws:iam::{HOME}:role/other",
    )
    assert unknown.can("iam:PassRole") is Hold.CONDITIONAL
    assert inside.can("iam:PassRole") is Hold.YES
    assert outside.can("iam:PassRole") is Hold.NO


def test_variables_stand_for_the_caller() -> None:
    own = allow("iam:CreateAccessKey", "arn:aws:iam::*:user/team/${aws:username}")
    assert holding(own).can("iam:CreateAccessKey") is Hold.CONDITIONAL
    assert holding(own, principal=USER).can("iam:CreateAccessKey", USER) is Hold.YES
    bob = f"arn:aws:iam::{HOME}:user/team/bob"
    assert holding(own, principal=USER).can("iam:CreateAccessKey", bob) is Hold.NO
    denied = deny("iam:*", "arn:aws:iam::*:user/*${aws:username}")
    assert holding(own, denied).can("iam:CreateAccessKey") is Hold.NO


def test_variables_in_not_resource_spare_the_caller_only() -> None:
    own = "arn:aws:iam::*:user/team/${aws:username}"
    bob = f"arn:aws:iam::{HOME}:user/team/bob"
    key = "iam:CreateAccessKey"
    denied = allow(key), {"Effect": "Deny", "Action": "iam:*", "NotResource": own}
    allowed = [{"Effect": "Allow", "Action": key, "NotResource": own}]
    assert holding(*denied).can(key, bob) is Hold.CONDITIONAL
    assert holding(*denied, principal=USER).can(key, bob) is Hold.NO
    assert holding(*denied, principal=USER).can(key, USER) is Hold.YES
    assert holding(*allowed).can(key, bob) is Hold.CONDITIONAL
    assert holding(*allowed, principal=USER).can(key, bob) is Hold.YES
    assert holding(*allowed, principal=USER).can(key, USER) is Hold.NO


def test_the_partition_is_that_of_the_documents() -> None:
    china = holding(allow(), deny("iam:*", "arn:aws-cn:iam::*:role/*"))
    assert china.can("iam:PassRole") is Hold.NO
    other = f"arn:aws:iam::{OTHER}:role/x"
    both = holding(allow(), deny("iam:*", "arn:aws-cn:iam::*:role/*"), deny("iam:*", other))
    assert both.can("iam:PassRole") is Hold.YES


def test_the_answer_names_its_statement_and_an_example() -> None:
    access = holding(
        allow("s3:*", Sid="Storage"),
        allow("iam:PassRole", f"arn:aws:iam::{HOME}:role/web-*", Sid="Pass"),
    )
    held = access.held("iam:PassRole")
    assert [source.statement.sid for source in held.sources] == ["Pass"]
    assert held.resource.startswith(f"arn:aws:iam::{HOME}:role/web-")


def test_containing() -> None:
    wide = holding(allow(["s3:Get*", "s3:List*"]))
    narrow = holding(allow("s3:GetObject", "arn:aws:s3:::reports/*"))
    assert wide.contains(narrow)
    assert not narrow.contains(wide)
    denied = holding(allow("s3:Get*"), deny("s3:*", "arn:aws:s3:::reports/secret/*"))
    assert not denied.contains(narrow)
    assert wide.contains(denied)
    lambda_only = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    any_service = {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}
    one = holding(allow("iam:PassRole", Condition=lambda_only))
    other = holding(allow("iam:PassRole", Condition=any_service))
    assert other.contains(one, action="iam:*")
    assert not one.contains(other, action="iam:*")


def test_a_difference_reads_as_patterns() -> None:
    before = holding(allow(["s3:Get*", "s3:List*"], "arn:aws:s3:::reports/*"))
    after = holding(
        allow(["s3:Get*", "s3:List*"], "arn:aws:s3:::reports/*"),
        allow("s3:Delete*", "arn:aws:s3:::reports/*", Condition=NO_MFA),
        allow("s3:PutObject", "arn:aws:s3:::*"),
        deny("s3:PutObject", "arn:aws:s3:::audit/*"),
    )
    gained = {grant.actions: grant for grant in after.difference(before)}
    put = gained[("s3:PutObject",)]
    assert put.resources == ("arn:aws:s3:::*",)
    assert put.outside == ("arn:aws:s3:::audit/*",)
    assert put.certain
    removed = gained[("s3:Delete*",)]
    assert removed.resources == ("arn:aws:s3:::reports/*",)
    assert "aws:multifactorauthpresent" in removed.conditions[0]
    assert not removed.certain
    assert len(gained) == 2
    assert before.difference(after) == ()


def test_narrowing_to_all_of_a_services_resources_takes_nothing_away() -> None:
    anywhere = holding(allow("iam:PassRole"))
    roles = holding(allow("iam:PassRole", ROLES))
    assert roles.contains(anywhere, action="iam:PassRole")


def test_pattern_includes_actions_that_aws_adds_later() -> None:
    pattern = holding(allow("sqs:*"))
    listed = holding(allow(sorted(_documented("sqs:*"))))
    assert pattern.contains(listed)
    assert not listed.contains(pattern)


def _documented(pattern: str) -> frozenset[str]:
    from landfall.iam import actions

    return actions.expand(pattern)


@pytest.mark.parametrize(
    "statements",
    [
        [allow("iam:*", Condition={"StringEquals": {f"k:{n}": "x"}}) for n in range(150)],
        [allow(), *(deny("iam:*", Condition={"Bool": {f"k:{n}": "true"}}) for n in range(150))],
        [allow("iam:*", [f"*{n}*a?*" for n in range(400)]), deny("iam:*", ["*?b*", "*c?*d*"])],
        [allow([f"iam:{'*a' * 9}{n}*" for n in range(400)])],
    ],
    ids=["conditions", "denies", "resources", "actions"],
)
def test_hostile_policies_are_answered_within_the_limit(statements: list[Any]) -> None:
    start = time.process_time()
    access = holding(*statements)
    assert access.can("iam:PassRole") in Hold
    assert access.can("iam:*") in Hold
    assert access.contains(access, action="iam:*") in (True, False)
    assert time.process_time() - start < 20


def test_simple_questions_are_answered_after_hard_ones() -> None:
    hard = (deny("iam:*", Condition={"Bool": {f"k:{n}": "true"}}) for n in range(150))
    access = holding(allow(), *hard)
    for _ in range(40):
        assert access.can("iam:PassRole") is Hold.CONDITIONAL
    assert access.can("s3:GetObject") is Hold.YES
    assert holding(allow(), deny("iam:*")).can("iam:PassRole") is Hold.NO
