"""The meaning of conditions for any caller, and statements that never apply or are unguarded."""

from __future__ import annotations

import pytest

from landfall.iam.documents import Condition
from landfall.iam.policy_checks import Meaning, meaning
from landfall.iam.policy_checks.conditions import of_statement, simplified
from landfall.rules import Severity
from tests.iam.cases import HOME, allow, deny, document
from tests.iam.checks import identity, only, resource, rules

ALWAYS, NEVER, SOMETIMES = Meaning.ALWAYS, Meaning.NEVER, Meaning.SOMETIMES
PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


def condition(operator: str, key: str, *values: str) -> Condition:
    block = {operator: {key: list(values)}}
    return document(allow(Condition=block)).statements[0].conditions[0]


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("StringLike", "aws:PrincipalArn", ["*"], ALWAYS),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::1:role/a", "*"], ALWAYS),
        ("StringNotLike", "aws:PrincipalArn", ["*"], NEVER),
        ("StringLike", "aws:PrincipalTag/team", ["*"], SOMETIMES),
        ("StringLikeIfExists", "aws:PrincipalTag/team", ["*"], ALWAYS),
        ("ForAllValues:StringLike", "aws:TagKeys", ["*"], ALWAYS),
        ("ForAnyValue:StringLike", "aws:TagKeys", ["*"], SOMETIMES),
        ("Null", "aws:PrincipalArn", ["false"], ALWAYS),
        ("Null", "aws:PrincipalArn", ["true"], NEVER),
        ("Null", "aws:PrincipalTag/team", ["true"], SOMETIMES),
        ("Null", "aws:PrincipalTag/team", ["true", "false"], ALWAYS),
        ("DateGreaterThan", "aws:CurrentTime", [PAST], ALWAYS),
        ("DateLessThan", "aws:CurrentTime", [PAST], NEVER),
        ("DateLessThan", "aws:CurrentTime", [FUTURE], SOMETIMES),
        ("DateLessThan", "aws:TokenIssueTime", ["soon"], NEVER),
        ("Bool", "aws:SecureTransport", ["true", "false"], ALWAYS),
        ("Bool", "aws:SecureTransport", ["true"], SOMETIMES),
        ("Bool", "aws:SecureTransport", ["yes"], NEVER),
        ("Bool", "aws:MultiFactorAuthPresent", ["true", "false"], SOMETIMES),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", ["true", "false"], ALWAYS),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", ["yes"], SOMETIMES),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["0"], NEVER),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"], SOMETIMES),
        ("NumericLessThan", "s3:max-keys", ["many"], NEVER),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8"], NEVER),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], ALWAYS),
        ("IpAddress", "aws:VpcSourceIp", ["10.0.0.0/8"], SOMETIMES),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24"], SOMETIMES),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"], SOMETIMES),
        ("IpAddress", "aws:SourceIp", ["nowhere"], NEVER),
        ("IpAddressIfExists", "aws:SourceIp", ["0.0.0.0/0", "::/0"], ALWAYS),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"], SOMETIMES),
        ("StringEquals", "aws:PrincipalArn", ["arn:aws:iam::*:role/a"], NEVER),
        ("StringNotEquals", "aws:PrincipalArn", ["arn:aws:iam::*:role/a"], ALWAYS),
        ("StringEquals", "s3:prefix", ["home/*"], SOMETIMES),
        ("StringEquals", "aws:PrincipalAccount", ["my-account"], NEVER),
        ("StringEquals", "aws:PrincipalAccount", ["my-account", HOME], SOMETIMES),
        ("StringEqualsIfExists", "aws:SourceAccount", ["my-account"], SOMETIMES),
        ("StringEquals", "aws:PrincipalOrgID", ["my-organization"], NEVER),
        ("StringEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"], SOMETIMES),
        ("StringEquals", "aws:PrincipalType", ["Role"], NEVER),
        ("StringEquals", "aws:PrincipalType", ["AssumedRole"], SOMETIMES),
        ("StringEquals", "aws:RequestedRegion", ["EU-WEST-1"], NEVER),
        ("StringEquals", "aws:SourceVpce", ["vpc-1a2b"], NEVER),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:sts::*:assumed-role/a/*"], NEVER),
        ("ArnLike", "aws:SourceArn", ["my-bucket"], NEVER),
        ("ArnNotLike", "aws:SourceArn", ["my-bucket"], ALWAYS),
        ("StringLike", "aws:PrincipalArn", ["${aws:PrincipalArn}"], ALWAYS),
        ("StringLike", "aws:PrincipalArn", ["${aws:SourceArn}"], SOMETIMES),
        ("Bool", "aws:PrincipalArn", ["true", "false"], NEVER),
        ("BoolIfExists", "aws:PrincipalTag/team", ["true", "false"], SOMETIMES),
        ("BoolIfExists", "kms:MultiRegion", ["true", "false"], ALWAYS),
        ("BoolIfExists", "ec2:Vpc", ["true"], SOMETIMES),
        ("IpAddressIfExists", "s3:prefix", ["0.0.0.0/0", "::/0"], SOMETIMES),
        ("NotIpAddress", "aws:PrincipalArn", ["0.0.0.0/0", "::/0"], ALWAYS),
        ("NumericLessThan", "aws:SecureTransport", ["5"], NEVER),
        ("NumericLessThan", "aws:EpochTime", ["5"], NEVER),
        ("ArnLike", "aws:VpcSourceIp", ["*:*:*:*:*:*"], NEVER),
        ("BinaryEquals", "aws:SecureTransport", ["true"], NEVER),
        ("StringEquals", "aws:SecureTransport", ["yes"], NEVER),
        ("StringEquals", "aws:SecureTransport", ["True"], SOMETIMES),
        ("StringEquals", "aws:SourceIp", ["203.0.113.0/24"], NEVER),
        ("StringEquals", "aws:VpceAccount", ["my-account"], NEVER),
        ("ForAnyValue:StringNotEqualsIfExists", "s3:prefix", [], SOMETIMES),
        ("ForAnyValue:StringNotEqualsIfExists", "aws:username", [], ALWAYS),
        ("StringEquals", "aws:username", [], NEVER),
        ("StringNotEquals", "aws:username", [], ALWAYS),
    ],
)
def test_a_condition_means_the_same_for_every_caller_or_not(
    operator: str, key: str, values: list[str], expected: Meaning
) -> None:
    verdict = meaning(condition(operator, key, *values))
    assert verdict.meaning is expected
    assert bool(verdict.why) is (expected is not SOMETIMES)


def test_keys_of_signed_requests_may_be_absent_in_others() -> None:
    everybody = condition("StringLike", "aws:PrincipalArn", "*")
    assert meaning(everybody).meaning is ALWAYS
    assert meaning(everybody, signed=False).meaning is SOMETIMES
    past = condition("DateLessThan", "aws:CurrentTime", PAST)
    assert meaning(past, signed=False).meaning is NEVER


@pytest.mark.parametrize(
    "block",
    [
        {"StringEquals": {"aws:PrincipalAccount": HOME}, "Null": {"aws:PrincipalAccount": "true"}},
        {
            "StringEquals": {"aws:RequestedRegion": "eu-west-1"},
            "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"},
        },
        {
            "StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"},
            "StringLike": {"aws:PrincipalOrgID": "o-b*"},
        },
        {
            "Bool": {"aws:SecureTransport": "true"},
            "BoolIfExists": {"aws:SecureTransport": "false"},
        },
    ],
)
def test_conditions_that_exclude_each_other_are_never_true(block: object) -> None:
    verdict = of_statement(document(allow(Condition=block)).statements[0])
    assert verdict.meaning is NEVER
    found = only(identity(allow("s3:GetObject", Condition=block)), "contradictory-condition")
    assert found.severity is Severity.LOW
    assert "ineffective-deny" in rules(identity(allow(), deny("s3:*", Condition=block)))


def test_simplified_removes_ineffective_parts_and_keeps_places() -> None:
    never = {"DateLessThan": {"aws:CurrentTime": PAST}}
    always = {"DateGreaterThan": {"aws:CurrentTime": PAST}, "Bool": {"aws:SecureTransport": "true"}}
    kept = simplified(document(allow(Condition=never), allow(Condition=always), allow("s3:*")))
    assert [one.index for one in kept.statements] == [1, 2]
    assert [one.key for one in kept.statements[0].conditions] == ["aws:SecureTransport"]


def test_a_condition_that_is_always_true_hides_nothing() -> None:
    block = {"DateGreaterThan": {"aws:CurrentTime": PAST}}
    report = identity(allow(Condition=block))
    assert {"administrator", "vacuous-condition"} <= rules(report)
    found = only(report, "vacuous-condition")
    assert found.path == "Statement[0].Condition.DateGreaterThan.aws:CurrentTime"
    assert found.severity is Severity.MEDIUM
    mild = only(identity(allow("s3:GetObject"), deny("s3:*", Condition=block)), "vacuous-condition")
    assert mild.severity is Severity.NOTE
    now = {"DateGreaterThan": {"aws:CurrentTime": FUTURE}}
    assert "vacuous-condition" not in rules(identity(allow(Condition=now)))


def test_a_condition_that_is_never_true_allows_nothing() -> None:
    block = {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/*"}}
    report = identity(allow(Condition=block))
    assert rules(report) == {"contradictory-condition"}
    assert report.escalations == ()


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        (allow(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}), True),
        (allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), False),
        (deny(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}), True),
        (deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), False),
    ],
)
def test_mfa_condition_that_ignores_access_keys_is_reported(
    statement: object, is_found: bool
) -> None:
    assert ("mfa-not-demanded" in rules(identity(allow("s3:*"), statement))) is is_found


def test_for_all_values_is_true_for_a_request_without_the_key() -> None:
    one = {"ForAllValues:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}
    assert "avoidable-condition" in rules(identity(allow("s3:GetObject", Condition=one)))
    both = {**one, "Null": {"aws:CalledVia": "false"}}
    assert "avoidable-condition" not in rules(identity(allow("s3:GetObject", Condition=both)))
    tags = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    assert "avoidable-condition" not in rules(identity(allow("ec2:CreateTags", Condition=tags)))


def test_conditions_of_a_resource_policy_are_judged_for_anonymous_callers_too() -> None:
    block = {"StringLike": {"aws:PrincipalArn": "*"}}
    report = resource(allow("s3:GetObject", "arn:aws:s3:::a/*", Principal="*", Condition=block))
    assert "vacuous-condition" not in rules(report)
    assert "public-resource" in rules(report)


@pytest.mark.parametrize(
    ("operator", "key", "values", "is_wide"),
    [
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"], True),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], True),
        ("IpAddressIfExists", "aws:SourceIp", ["::/0"], True),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "203.0.113.0/24"], False),
        ("NotIpAddress", "aws:SourceIp", ["0.0.0.0/0"], False),
        ("IpAddress", "aws:VpcSourceIp", ["0.0.0.0/0"], False),
        ("StringLike", "aws:UserAgent", ["*"], True),
        ("DateLessThan", "aws:CurrentTime", [FUTURE], True),
        ("DateGreaterThan", "aws:CurrentTime", [FUTURE], False),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:*"], True),
        ("ArnLike", "aws:PrincipalArn", ["arn:*:*:*:*:user/*", "arn:aws:iam::*:role/*"], True),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/*"], False),
        ("StringLike", "aws:PrincipalArn", ["arn:aws:*"], True),
        ("StringLike", "aws:PrincipalArn", [f"arn:aws:iam::{HOME}:*"], False),
        ("StringNotLike", "aws:PrincipalArn", ["arn:aws:*"], False),
    ],
)
def test_a_condition_that_every_caller_can_meet_limits_nobody(
    operator: str, key: str, values: list[str], is_wide: bool
) -> None:
    block = {operator: {key: values}}
    found = identity(allow("iam:PutUserPolicy", Condition=block))
    assert ("vacuous-condition" in rules(found)) is is_wide
    if is_wide:
        assert only(found, "escalation-policy").severity is Severity.HIGH
        # A Deny with it is not certain: callers without the key are not denied.
        denied = identity(allow("iam:PutUserPolicy"), deny("iam:*", Condition=block))
        assert "escalation-policy" in rules(denied)
