"""The kinds of faults behind the judged policies, each as a table."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.aws.service_principals import short, states_source
from landfall.aws.token_issuers import Width, width
from landfall.aws.token_issuers import of_host as issuer
from landfall.iam.documents import parse
from landfall.iam.evaluation import Outcome
from landfall.rules import Severity
from tests.iam.cases import FULL, HOME, USER, allow, decide, deny
from tests.iam.checks import identity, resource, rules, trusting

ESCALATES = allow("iam:CreatePolicyVersion")
HIGH, MEDIUM = Severity.HIGH, Severity.MEDIUM


def _severity(*statements: object, scp: object = None) -> Severity | None:
    scps = ()
    if scp is not None:
        scps = (parse({"Version": "2012-10-17", "Statement": [scp]}, kind="scp"),)
    report = identity(*statements, scp=scps)
    found = [one.severity for one in report.findings if one.rule == "escalation-policy"]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("block", "severity"),
    [
        ({"DateLessThan": {"aws:EpochTime": "1546300800"}}, None),
        ({"NumericLessThanEquals": {"aws:EpochTime": "1546300800"}}, None),
        ({"NumericGreaterThan": {"aws:EpochTime": "1546300800"}}, HIGH),
        ({"DateLessThan": {"aws:TokenIssueTime": "2019-01-01T00:00:00Z"}}, None),
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "900000"}}, None),
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "300"}}, MEDIUM),
        (
            {
                "NumericLessThan": {"aws:MultiFactorAuthAge": "10"},
                "NumericGreaterThan": {"aws:MultiFactorAuthAge": "20"},
            },
            None,
        ),
        (
            {
                "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "IpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"},
            },
            None,
        ),
        ({"StringEquals": {"ec2:Vpc": "vpc-1"}}, None),
        ({"StringNotEquals": {"ec2:Vpc": "vpc-1"}}, HIGH),
        ({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, None),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, HIGH),
        ({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}, None),
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, HIGH),
        ({"StringEquals": {"aws:SourceAccount": HOME}}, None),
    ],
)
def test_condition_of_an_allow_decides_an_escalation(
    block: dict[str, Any], severity: Severity | None
) -> None:
    assert _severity(allow("iam:CreatePolicyVersion", Condition=block)) is severity


@pytest.mark.parametrize(
    ("block", "severity"),
    [
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}, HIGH),
        ({"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]}}, HIGH),
        ({"StringEquals": {"aws:PrincipalType": "Account"}}, HIGH),
        ({"NumericLessThan": {"ec2:RoleDelivery": "2.0"}}, HIGH),
        ({"StringNotEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, HIGH),
        ({"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, HIGH),
        ({"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-zz11zz11zz"}}, HIGH),
        ({"Bool": {"aws:ViaAWSService": "true"}}, HIGH),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, HIGH),
        ({"Null": {"aws:SourceAccount": "false"}}, HIGH),
        ({"Bool": {"aws:AssumedRoot": "true"}}, HIGH),
        ({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}, HIGH),
        ({"StringEquals": {"s3:prefix": "home/"}}, HIGH),
        # These bind some requests, or all of them.
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, MEDIUM),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, MEDIUM),
        ({"Bool": {"aws:ViaAWSService": "false"}}, MEDIUM),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}, None),
        ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, None),
        ({}, None),
    ],
)
def test_scp_lowers_an_escalation_only_where_it_binds(
    block: dict[str, Any], severity: Severity | None
) -> None:
    condition = {"Condition": block} if block else {}
    assert _severity(ESCALATES, scp=deny("iam:*", **condition)) is severity


NEW = f"arn:aws:iam::{HOME}:role/new/*"
GROUPS = f"arn:aws:iam::{HOME}:group/new/*"
USERS = f"arn:aws:iam::{HOME}:user/new/*"


@pytest.mark.parametrize(
    ("statements", "is_found"),
    [
        ([allow(["iam:CreateRole", "iam:PutRolePolicy"], NEW)], True),
        ([allow(["iam:CreateRole", "iam:AttachRolePolicy"], NEW)], True),
        ([allow(["iam:CreateGroup", "iam:AttachGroupPolicy", "iam:AddUserToGroup"], GROUPS)], True),
        ([allow(["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"], USERS)], True),
        ([allow(["iam:CreateUser", "iam:CreateAccessKey"], USERS)], False),
        ([allow(["iam:CreateRole"], NEW)], False),
    ],
)
def test_escalation_through_a_principal_that_the_caller_creates_is_found(
    statements: list[Any], is_found: bool
) -> None:
    assert (_severity(*statements) is HIGH) is is_found


@pytest.mark.parametrize(
    ("operator", "boundary", "severity"),
    [
        ("StringLike", "*", HIGH),
        ("ArnLike", "arn:aws:iam::*:policy/*", HIGH),
        ("StringEquals", "arn:aws:iam::aws:policy/AdministratorAccess", HIGH),
        ("StringEquals", f"arn:aws:iam::{HOME}:policy/edge", None),
        ("StringEquals", "arn:aws:iam::aws:policy/ReadOnlyAccess", None),
    ],
)
def test_boundary_condition_that_limits_nothing_stops_no_escalation(
    operator: str, boundary: str, severity: Severity | None
) -> None:
    block = {operator: {"iam:PermissionsBoundary": boundary}}
    given = allow(["iam:CreateRole", "iam:PutRolePolicy"], NEW, Condition=block)
    assert _severity(given) is severity


@pytest.mark.parametrize(
    ("action", "target"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("iam:DeletePolicy", "arn:aws:iam::aws:policy/job-function/Billing"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/x"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{HOME}:role/aws-service-role/x/y"),
        ("kms:DeleteAlias", f"arn:aws:kms:eu-west-1:{HOME}:alias/aws/s3"),
    ],
)
def test_no_policy_permits_to_change_what_is_of_aws(action: str, target: str) -> None:
    answer = decide(USER, action, target, owner=HOME, identity=(FULL,))
    assert answer.outcome is Outcome.IMPLICIT_DENY
    assert "belongs to AWS" in answer.reason
    own = target.replace("::aws:", f"::{HOME}:").replace("aws-reserved", "own")
    own = own.replace("aws-service-role", "own").replace("alias/aws/", "alias/own/")
    assert decide(USER, action, own, owner=HOME, identity=(FULL,)).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("logs.cn-north-1.amazonaws.com.cn", "logs"),
        ("delivery.logs.amazonaws.com", "delivery.logs"),
        ("states.us-gov-west-1.amazonaws.com", "states"),
        ("alexa-appkit.amazon.com", "alexa-appkit"),
    ],
)
def test_service_principal_has_a_short_name(principal: str, name: str) -> None:
    assert short(principal) == name
    assert states_source(principal, has_role=False)


@pytest.mark.parametrize(
    "service", ["ec2", "lambda", "ecs", "eks", "autoscaling", "elasticbeanstalk"]
)
def test_service_without_source_is_no_deputy(service: str) -> None:
    principal = {"Service": f"{service}.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    assert rules(trusting(trust)) == set()


GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/A1"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"


@pytest.mark.parametrize(
    ("host", "subject", "expected"),
    [
        (GITHUB, "repo:acme@12/shop@34:ref:refs/heads/main", Width.NAMED),
        (GITHUB, "repo:acme@*/*:ref:refs/heads/main", Width.OWNER),
        (GITHUB, "repo:acme@*:ref:refs/heads/main", Width.OWNER),
        (GITHUB, "repo:acme/shop:ref:refs/heads/*", Width.REPOSITORY),
        (GITHUB, "repository_owner:acme:environment:prod", Width.OWNER),
        (GITHUB, "job_workflow_ref:acme/shop/.github/workflows/x.yml@refs/heads/main", Width.NAMED),
        (GITHUB, "environment:prod", Width.ANYBODY),
        (GITHUB, "ref:refs/heads/main", Width.ANYBODY),
        ("gitlab.com", "project_path:acme/shop:ref_type:branch:ref:*", Width.REPOSITORY),
        ("gitlab.com", "project_path:*/shop:ref_type:branch:ref:main", Width.ANYBODY),
        ("gitlab.acme.example", "project_path:*", Width.OWNER),
        ("app.terraform.io", "organization:acme:project:*:workspace:*:run_phase:*", Width.OWNER),
        ("app.terraform.io", "organization:a:project:p:workspace:w:run_phase:*", Width.NAMED),
        ("app.terraform.io", "organization:*:project:p:workspace:w:run_phase:*", Width.ANYBODY),
        ("agent.buildkite.com", "organization:acme:pipeline:*", Width.OWNER),
        ("agent.buildkite.com", "pipeline:deploy:*", Width.ANYBODY),
        (EKS, "system:serviceaccount:shop:orders", Width.NAMED),
        (EKS, "system:serviceaccount:shop:*", Width.REPOSITORY),
        (EKS, "system:serviceaccount:*:orders", Width.OWNER),
        ("oidc.circleci.com/org/0a", "org/0a/project/7b/user/*", Width.NAMED),
        ("oidc.circleci.com/org/0a", "org/0a/project/*", Width.OWNER),
        (BITBUCKET, "{11}:{22}", Width.NAMED),
        (BITBUCKET, "*:{22}", Width.OWNER),
        ("accounts.google.com", "117*", Width.ANYBODY),
        ("sts.windows.net/11aa", "*", Width.ANYBODY),
    ],
)
def test_subject_of_an_issuer_lets_in(host: str, subject: str, expected: Width) -> None:
    assert width(issuer(host), subject) is expected


@pytest.mark.parametrize(
    ("service", "block", "is_never"),
    [
        ("cloudtrail.amazonaws.com", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ("cloudtrail.amazonaws.com", {"StringLike": {"aws:PrincipalTag/x": "y"}}, True),
        ("cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-1"}}, False),
    ],
)
def test_service_s_request_has_no_principal_keys(
    service: str, block: dict[str, Any], is_never: bool
) -> None:
    given = allow("s3:PutObject", Principal={"Service": service}, Condition=block)
    assert ("contradictory-condition" in rules(resource(given))) is is_never


@pytest.mark.parametrize(
    ("key", "is_unknown"),
    [
        ("aws:MultiFactorAuthPresen", True),
        ("aws:PrincipleArn", True),
        ("iam:PermissionBoundary", True),
        ("aws:PrincipalTag/anything", False),
        ("iam:ResourceTag/anything", False),
        ("gitlab.acme.example:sub", False),
    ],
)
def test_key_that_aws_does_not_document_is_named(key: str, is_unknown: bool) -> None:
    report = identity(allow("iam:GetRole"), deny("iam:*", Condition={"StringEquals": {key: "x"}}))
    assert ("unknown-condition-key" in rules(report)) is is_unknown
