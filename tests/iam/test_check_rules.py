"""Rules on an identity's policies: findings of each, and conditions that prevent them."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam.policy_checks import REGISTRY
from landfall.iam.policy_checks.typos import close
from landfall.rules import Severity
from tests.iam.cases import HOME, ROLE, allow, deny, document
from tests.iam.checks import identity, only, rules

ROLES = "arn:aws:iam::*:role/*"
LAMBDA = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]
NO_IAM = deny("iam:*")


def test_an_administrator_is_one_finding() -> None:
    report = identity(allow(Sid="All"))
    assert rules(report) == {"administrator"}
    found = only(report, "administrator")
    assert (found.severity, found.statement, found.path) == (
        Severity.HIGH,
        "All",
        "Statement[0].Action",
    )
    assert len(report.escalations) > 65


@pytest.mark.parametrize("actions", ["*:*", "**", ["s3:GetObject", "*"]])
def test_everything_can_be_written_in_several_ways(actions: object) -> None:
    assert "administrator" in rules(identity(allow(actions)))


@pytest.mark.parametrize(
    ("statements", "around"),
    [
        ([allow(), NO_IAM], {}),
        ([allow(), deny("iam:PassRole")], {}),
        ([allow()], {"scp": (document(NO_IAM),)}),
        ([allow()], {"boundaries": (("edge", document(allow("s3:*"))),)}),
        ([allow(resource="arn:aws:s3:::a/*")], {}),
        ([allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], {}),
    ],
)
def test_principal_without_iam_rights_is_no_administrator(
    statements: list[Any], around: dict[str, Any]
) -> None:
    assert "administrator" not in rules(identity(*statements, **around))


@pytest.mark.parametrize(
    "statement",
    [
        deny("iam:PassRole", "arn:aws:iam::*:role/reports"),
        deny("iam:*", Condition={"StringEquals": {"aws:PrincipalAccount": "mine"}}),
        deny("iam:AttachRolePolicies"),
        deny("iam:*", "arn:aws:s3:::*"),
    ],
)
def test_a_deny_that_only_looks_like_protection_leaves_an_administrator(statement: object) -> None:
    assert "administrator" in rules(identity(allow(), statement))


def test_escalations_of_a_kind_are_one_finding_with_the_statement() -> None:
    report = identity(allow("s3:GetObject"), allow(LAMBDA, Sid="Deploy"))
    found = only(report, "escalation-pass-role")
    assert (found.severity, found.statement) == (Severity.HIGH, "Deploy")
    assert "lambda-001" in found.message


@pytest.mark.parametrize(
    ("actions", "kind", "severity"),
    [
        ("iam:PutUserPolicy", "policy", Severity.HIGH),
        ("iam:CreateAccessKey", "credentials", Severity.HIGH),
        (LAMBDA, "pass-role", Severity.HIGH),
        ("lambda:UpdateFunctionCode", "existing-role", Severity.MEDIUM),
        ("sts:AssumeRole", "assume-role", Severity.MEDIUM),
    ],
)
def test_escalation_has_the_severity_of_its_kind(
    actions: object, kind: str, severity: Severity
) -> None:
    assert only(identity(allow(actions)), f"escalation-{kind}").severity is severity
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    conditional = only(identity(allow(actions, Condition=mfa)), f"escalation-{kind}")
    assert conditional.severity is Severity.MEDIUM


def test_principal_that_can_remove_its_boundary_is_reported() -> None:
    edge = (("edge", document(allow())),)
    report = identity(allow("iam:DeleteRolePermissionsBoundary"), boundaries=edge)
    assert "escalation-boundary" in rules(report)
    assert "escalation-boundary" not in rules(identity(allow("iam:DeleteRolePermissionsBoundary")))


@pytest.mark.parametrize("actions", ["s3:*", ["ec2:Describe*", "S3:*"]])
def test_all_of_a_service_everywhere(actions: object) -> None:
    found = only(identity(allow(actions)), "whole-service")
    assert found.severity is Severity.MEDIUM
    assert "whole-service" not in rules(identity(allow(actions, "arn:aws:s3:::a")))


def test_all_of_a_service_without_resources_says_no_more_than_it_must() -> None:
    assert "whole-service" not in rules(identity(allow("support:*")))


def test_a_deny_of_the_service_silences_its_wildcard() -> None:
    assert "whole-service" not in rules(identity(allow("s3:*"), deny("s3:*")))
    assert "whole-service" in rules(identity(allow("s3:*"), deny("s3:*", "arn:aws:s3:::a/*")))
    assert "whole-service" in rules(identity(allow("s3:*"), deny("s3:DeleteBucket")))


def test_what_is_allowed_by_exception() -> None:
    but_iam = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    found = only(identity(but_iam), "allow-not-action")
    assert "all but" not in found.message
    assert "iam:*" in found.message
    but_one = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a/*"}
    assert "allow-not-resource" in rules(identity(but_one))
    regions = {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
    assert not {"allow-not-action", "allow-not-resource"} & rules(identity(allow(), regions))


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (allow("iam:PassRole"), "pass-role-any-service"),
        (allow("iam:PassRole", ROLES), "pass-role-any-service"),
        (
            allow(
                "iam:PassRole",
                ROLES,
                Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            "pass-role-any-role",
        ),
    ],
)
def test_passing_roles_by_wildcard(statement: object, rule: str) -> None:
    assert rule in rules(identity(statement))
    assert rule not in rules(identity(statement, deny("iam:PassRole")))
    assert rule not in rules(identity(statement, scp=(document(deny("iam:PassRole")),)))


@pytest.mark.parametrize("resource", [ROLE, "arn:aws:iam::*:role/team-*"])
def test_passing_a_named_role_is_what_a_policy_is_for(resource: str) -> None:
    assert rules(identity(allow("iam:PassRole", resource))) == set()


@pytest.mark.parametrize(
    ("action", "free", "named", "rule"),
    [
        (
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:*",
            f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:orders/*",
            "secrets-exposure",
        ),
        ("ssm:GetParameter", "*", "arn:aws:ssm:*:*:parameter/orders/*", "secrets-exposure"),
        ("rds-db:connect", "*", "arn:aws:rds-db:*:*:dbuser:db-1/app", "credentials-exposure"),
        ("s3:GetObject", "arn:aws:s3:::*", "arn:aws:s3:::reports/*", "data-exfiltration"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::*", "arn:aws:s3:::reports", "resource-sharing"),
        ("kms:PutKeyPolicy", "*", f"arn:aws:kms:*:{HOME}:key/1234", "resource-sharing"),
    ],
)
def test_rights_to_all_credentials_and_data(action: str, free: str, named: str, rule: str) -> None:
    found = only(identity(allow(action, free)), rule)
    assert action in found.message
    assert rules(identity(allow(action, named))) == set()
    assert rule not in rules(identity(allow(action, free), deny(action)))
    assert rule in rules(identity(allow(action, free), deny(action, named)))
    tagged = {"StringEquals": {"aws:ResourceTag/team": "orders"}}
    assert rule not in rules(identity(allow(action, free, Condition=tagged)))
    region = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert rule in rules(identity(allow(action, free, Condition=region)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("s3:GetObjcet", "s3:GetObject"),
        ("dynamdb:Query", "dynamodb:query"),
        ("s3:Frobnicate", ""),
        ("nosuchservice:Get", ""),
    ],
)
def test_an_action_that_aws_does_not_document(written: str, meant: str) -> None:
    found = only(identity(allow(written, "arn:aws:s3:::a/*")), "unknown-action")
    assert found.severity is Severity.LOW
    assert written in found.message
    assert close(written) == meant


@pytest.mark.parametrize("action", ["s3:GetObj*", "*:Describe*", "s?:GetObject", "S3:getobject"])
def test_action_patterns_with_a_match_are_accepted(action: str) -> None:
    assert "unknown-action" not in rules(identity(allow(action, "arn:aws:s3:::a/*")))


@pytest.mark.parametrize("action", ["s3:Frob*", "nosuch*:Get", "*:Frobnicate"])
def test_action_patterns_without_a_match_are_reported(action: str) -> None:
    assert "unknown-action" in rules(identity(allow(action)))


def test_an_action_that_is_never_checked_on_its_resource() -> None:
    report = identity(allow(["s3:GetObject", "s3:ListAllMyBuckets"], "arn:aws:s3:::a/*"))
    found = only(report, "resource-does-not-fit")
    assert "s3:ListAllMyBuckets" in found.message
    assert "s3:GetObject" not in found.message
    table = "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}"
    assert rules(identity(allow("dynamodb:Query", table))) == set()


def test_redundant_action_or_statement_is_reported() -> None:
    report = identity(allow(["s3:Get*", "s3:GetObject"], "arn:aws:s3:::a/*"))
    assert "s3:GetObject" in only(report, "redundant-action").message
    one, two = allow("s3:Get*", "arn:aws:s3:::a/*"), allow("s3:GetObject", "arn:aws:s3:::a/b")
    found = only(identity(one, two), "redundant-statement")
    assert found.path == "Statement[1]"
    assert only(identity(one, one), "redundant-statement").path == "Statement[1]"
    tls = {"Bool": {"aws:SecureTransport": "true"}}
    assert "redundant-statement" in rules(identity(one, {**two, "Condition": tls}))
    assert "redundant-statement" not in rules(identity({**one, "Condition": tls}, two))
    assert "redundant-statement" not in rules(identity(one, deny("s3:GetObject")))
    other = allow("s3:GetObject", "arn:aws:s3:::b/*")
    assert "redundant-statement" not in rules(identity(one, other))


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (deny("s3:PutBucketPolicie"), "no action"),
        (deny("s3:PutBucketPolicy", "arn:aws:iam::*:role/*"), "never checked"),
        ({"Effect": "Deny", "NotAction": "*", "Resource": "*"}, "NotAction"),
        ({"Effect": "Deny", "Action": "s3:*", "NotResource": "*"}, "NotResource"),
        (deny("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), "private"),
    ],
)
def test_a_deny_that_never_matches_protects_nothing(statement: object, why: str) -> None:
    found = only(identity(allow("s3:*"), statement), "ineffective-deny")
    assert found.severity is Severity.MEDIUM
    assert why in found.message


def test_deny_that_an_escalation_bypasses_is_reported() -> None:
    own = deny("iam:PassRole", "arn:aws:iam::*:role/admin", Sid="NotAdmin")
    report = identity(allow(LAMBDA), own)
    assert only(report, "circumvented-deny").statement == "NotAdmin"
    assert "circumvented-deny" not in rules(identity(allow(LAMBDA), deny("iam:PassRole")))


def test_a_deny_of_what_nothing_allows_is_noted() -> None:
    report = identity(allow("s3:GetObject"), deny("ec2:RunInstances"))
    assert only(report, "unrelated-deny").severity is Severity.NOTE
    assert "unrelated-deny" not in rules(identity(allow("ec2:*"), deny("ec2:RunInstances")))


def test_findings_are_sorted_by_severity_with_plain_ids() -> None:
    report = identity(allow("s3:*"), allow(["s3:GetObject", "s3:Get*"]), allow(LAMBDA))
    ranks = [one.severity.rank for one in report.findings]
    assert ranks == sorted(ranks)
    assert report.worst is Severity.HIGH
    for rule in REGISTRY:
        assert rule.id.replace("-", "").isalpha()
        assert rule.title
        assert rule.fix.endswith(".")


def test_least_privilege_policy_has_no_findings() -> None:
    report = identity(
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::reports/*"),
        allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd"),
        allow("logs:PutLogEvents", f"arn:aws:logs:*:{HOME}:log-group:/app/*"),
        allow("ec2:DescribeInstances"),
        deny(
            "s3:*", "arn:aws:s3:::reports/*", Condition={"Bool": {"aws:SecureTransport": "false"}}
        ),
    )
    assert report.findings == ()
    assert report.worst is None
