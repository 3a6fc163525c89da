"""External access: trust policies, subjects of OIDC tokens, and resource policies."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.aws.token_issuers import Width
from landfall.iam.policy_checks.oidc import width_of
from landfall.rules import Severity
from tests.iam.cases import HOME, OTHER, allow, deny
from tests.iam.checks import only, resource, rules, trusting

GITHUB = f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com"
GITLAB = f"arn:aws:iam::{HOME}:oidc-provider/gitlab.com"
EKS = f"arn:aws:iam::{HOME}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
SAML = f"arn:aws:iam::{HOME}:saml-provider/corporate"
ORGANIZATION: dict[str, Any] = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def assume(principal: object, action: str = "sts:AssumeRole", **block: Any) -> Any:
    written = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**written, "Condition": block} if block else written


def web(provider: str = GITHUB, **block: Any) -> Any:
    return assume({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **block)


def claims(provider: str = GITHUB, operator: str = "StringLike", **values: object) -> Any:
    host = provider.partition("oidc-provider/")[2]
    return web(provider, **{operator: {f"{host}:{claim}": one for claim, one in values.items()}})


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*", HOME]}])
def test_role_that_trusts_everyone_is_reported(principal: object) -> None:
    found = only(trusting(assume(principal)), "trust-everybody")
    assert (found.severity, found.path) == (Severity.HIGH, "Statement[0].Principal")


@pytest.mark.parametrize(
    ("block", "is_open"),
    [
        (ORGANIZATION, False),
        # An account outside any organization has no such key.
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}, True),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/ci"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": [HOME, OTHER]}}, False),
        ({"StringNotEquals": {"aws:PrincipalAccount": OTHER}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "ci"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
    ],
)
def test_trust_in_everyone_is_open_unless_a_condition_limits_it(
    block: dict[str, Any], is_open: bool
) -> None:
    assert ("trust-everybody" in rules(trusting(assume("*", **block)))) is is_open


def test_trust_with_a_deny_excludes_external_principals() -> None:
    outside: dict[str, Any] = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    closes = {**assume("*", **outside), "Effect": "Deny"}
    assert "trust-everybody" not in rules(trusting(assume("*"), closes))
    tls = {**assume("*", Bool={"aws:SecureTransport": "false"}), "Effect": "Deny"}
    assert "trust-everybody" in rules(trusting(assume("*"), tls))
    other = {**closes, "Action": "sts:TagSession"}
    assert "trust-everybody" in rules(trusting(assume("*"), other))


def test_trust_in_the_whole_organization_is_reported() -> None:
    assert rules(trusting(assume("*", **ORGANIZATION))) == {"trust-organization"}
    both = {**ORGANIZATION, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}}
    assert rules(trusting(assume("*", **both))) == set()


def test_trust_with_not_principal_is_trust_in_everyone() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": HOME}, "Action": "sts:AssumeRole"}
    assert only(trusting(statement), "trust-everybody").path == "Statement[0].NotPrincipal"


@pytest.mark.parametrize("provider", [GITHUB, GITLAB])
@pytest.mark.parametrize("values", [{}, {"aud": "sts.amazonaws.com"}, {"sub": "*"}])
def test_oidc_trust_without_a_subject_is_reported(provider: str, values: dict[str, str]) -> None:
    found = only(trusting(claims(provider, **values)), "trust-oidc-any-subject")
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("subject", "width"),
    [
        ("repo:acme/shop:ref:refs/heads/main", Width.NAMED),
        ("repo:acme/shop:environment:prod", Width.NAMED),
        ("repo:acme/shop:ref:refs/heads/release-*", Width.NAMED),
        ("repo:acme/shop:*", Width.REPOSITORY),
        ("repo:acme/*", Width.OWNER),
        ("repo:acme/*:ref:refs/heads/main", Width.OWNER),
        ("repo:acme/shop*", Width.OWNER),
        ("repo:acme*", Width.ANYBODY),
        ("repo:*/shop:ref:refs/heads/main", Width.ANYBODY),
        ("repo:*", Width.ANYBODY),
        ("repo:????/shop:*", Width.ANYBODY),
        ("*", Width.ANYBODY),
        ("*:ref:refs/heads/main", Width.ANYBODY),
        ("r*:acme/shop:*", Width.ANYBODY),
        ("project_path:acme/shop:ref_type:branch:ref:main", Width.NAMED),
        ("project_path:acme/*:ref_type:branch:ref:main", Width.OWNER),
        ("project_path:*:ref_type:branch:ref:main", Width.ANYBODY),
    ],
)
def test_oidc_subject_determines_the_severity(subject: str, width: Width) -> None:
    provider = GITLAB if subject.startswith("project_path") else GITHUB
    assert width_of("sub", subject, provider.partition("oidc-provider/")[2]) is width
    aud = {"sub": subject, "aud": "sts.amazonaws.com"}
    report = trusting(claims(provider, **aud))
    expected = {
        Width.NAMED: set(),
        Width.REPOSITORY: {"trust-oidc-wide-subject"},
        Width.OWNER: {"trust-oidc-wide-subject"},
        Width.ANYBODY: {"trust-oidc-any-subject"},
    }
    assert rules(report) == expected[width]
    named = "repo:acme/shop:environment:prod"
    if provider == GITLAB:
        named = "project_path:acme/shop:ref_type:branch:ref:main"
    narrow: dict[str, Any] = {
        "sub": [named, subject],
        "aud": "sts.amazonaws.com",
    }
    assert rules(trusting(claims(provider, **narrow))) == expected[width]


@pytest.mark.parametrize("operator", ["StringLikeIfExists", "ForAllValues:StringLike"])
def test_a_subject_has_to_be_demanded(operator: str) -> None:
    statement = claims(operator=operator, sub="repo:acme/shop:ref:refs/heads/main")
    assert "trust-oidc-any-subject" in rules(trusting(statement))


def test_oidc_subject_that_never_matches_allows_nobody() -> None:
    statement = claims(operator="StringEquals", sub="repo:acme/shop:*")
    report = trusting(statement)
    assert "contradictory-condition" in rules(report)
    assert report.entrances == ()


def test_claims_of_the_repository_name_it_too() -> None:
    named = claims(repository_id="123456", aud="sts.amazonaws.com")
    assert rules(trusting(named)) == set()
    owner = claims(repository_owner="acme", aud="sts.amazonaws.com")
    assert rules(trusting(owner)) == {"trust-oidc-wide-subject"}


def test_oidc_trust_without_an_audience_is_reported() -> None:
    statement = claims(sub="repo:acme/shop:ref:refs/heads/main")
    assert rules(trusting(statement)) == {"trust-oidc-any-audience"}


def test_trust_in_a_custom_cluster_is_less_severe_than_in_a_shared_provider() -> None:
    found = only(trusting(claims(EKS, aud="sts.amazonaws.com")), "trust-oidc-any-subject")
    assert found.severity is Severity.MEDIUM
    account = claims(EKS, sub="system:serviceaccount:shop:api", aud="sts.amazonaws.com")
    assert rules(trusting(account)) == set()


def test_cognito_names_its_pool_and_the_kind_of_user() -> None:
    host = "cognito-identity.amazonaws.com"
    assert "trust-oidc-any-subject" in rules(trusting(web(host)))
    pool: dict[str, Any] = {"StringEquals": {f"{host}:aud": "eu-west-1:1234"}}
    found = only(trusting(web(host, **pool)), "trust-oidc-any-subject")
    assert found.severity is Severity.MEDIUM
    signed_in = {"ForAnyValue:StringLike": {f"{host}:amr": "authenticated"}}
    assert rules(trusting(web(host, **pool, **signed_in))) == set()


def test_saml_names_its_audience() -> None:
    action = "sts:AssumeRoleWithSAML"
    assert rules(trusting(assume({"Federated": SAML}, action))) == {"trust-saml-any-audience"}
    audience: dict[str, Any] = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    assert rules(trusting(assume({"Federated": SAML}, action, **audience))) == set()


@pytest.mark.parametrize(
    ("service", "block", "is_found"),
    [
        ("config.amazonaws.com", {}, True),
        # Its role for CloudWatch Logs supports no source.
        ("cloudtrail.amazonaws.com", {}, False),
        ("*", {}, True),
        ("states.amazonaws.com", {"StringEquals": {"aws:SourceAccount": HOME}}, False),
        ("states.amazonaws.com", {"ArnLike": {"aws:SourceArn": f"arn:aws:*:*:{HOME}:*"}}, False),
        ("states.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:*"}}, True),
        ("states.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": HOME}}, False),
        ("ec2.amazonaws.com", {}, False),
        ("lambda.amazonaws.com", {}, False),
    ],
)
def test_service_trust_without_a_source_is_reported(
    service: str, block: dict[str, Any], is_found: bool
) -> None:
    report = trusting(assume({"Service": service}, **block))
    assert ("trust-confused-deputy" in rules(report)) is is_found


@pytest.mark.parametrize("account", [OTHER, f"arn:aws:iam::{OTHER}:root"])
@pytest.mark.parametrize(
    ("block", "is_found"),
    [
        ({}, True),
        (ORGANIZATION, False),
        ({"StringEquals": {"sts:ExternalId": "a-shared-word"}}, False),
        ({"StringLike": {"sts:ExternalId": "*"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ],
)
def test_another_account_is_trusted_under_a_condition(
    account: str, block: dict[str, Any], is_found: bool
) -> None:
    report = trusting(assume({"AWS": account}, **block), account=HOME)
    assert ("trust-account" in rules(report)) is is_found
    assert rules(trusting(assume({"AWS": account}, **block), account=OTHER)) == set()


def test_a_principal_of_another_account_is_noted() -> None:
    statement = assume({"AWS": f"arn:aws:iam::{OTHER}:role/ci"})
    report = trusting(statement, account=HOME)
    assert only(report, "trust-foreign-principal").severity is Severity.NOTE
    assert rules(trusting(statement)) == set()


def test_a_principal_by_pattern_is_none() -> None:
    report = trusting(assume({"AWS": "arn:aws:iam::111122223333:role/*"}))
    assert rules(report) == {"trust-invalid-principal"}


def test_entrances_of_a_role_list_all_trusted_principals() -> None:
    report = trusting(
        assume({"AWS": OTHER, "Service": "ec2.amazonaws.com"}, **ORGANIZATION), claims(sub="*")
    )
    ways = {one.who: one for one in report.entrances}
    assert set(ways) == {OTHER, "ec2.amazonaws.com", GITHUB}
    assert ways[GITHUB].is_open
    assert not ways[OTHER].is_open
    assert ways[OTHER].conditions == ("StringEquals aws:PrincipalOrgID [o-a1b2c3d4e5]",)


# Resource policies

OBJECTS = "arn:aws:s3:::reports/*"


def public(**more: Any) -> Any:
    return allow("s3:GetObject", OBJECTS, Principal="*", **more)


@pytest.mark.parametrize(
    ("block", "is_open"),
    [
        ({}, True),
        (ORGANIZATION, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c"}}, False),
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, True),
        ({"StringLike": {"aws:UserAgent": "secret"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"aws:SourceAccount": HOME}}, False),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True),
        ({"StringEquals": {"s3:DataAccessPointAccount": HOME}}, False),
    ],
)
def test_resource_policy_for_external_principals_is_reported(
    block: dict[str, Any], is_open: bool
) -> None:
    statement = public(Condition=block) if block else public()
    assert ("public-resource" in rules(resource(statement))) is is_open


def test_finding_names_principals_and_severity() -> None:
    found = only(resource(public()), "public-resource")
    assert found.severity is Severity.HIGH
    assert "anyone on the internet" in found.message
    accounts = public(Condition={"Null": {"aws:PrincipalArn": "false"}})
    message = only(resource(accounts), "public-resource").message
    assert "every AWS account" in message
    assert "internet" not in message


def test_resource_policy_with_a_deny_excludes_external_principals() -> None:
    outside: dict[str, Any] = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    closes = deny("s3:*", ["arn:aws:s3:::reports", OBJECTS], Principal="*", Condition=outside)
    assert "public-resource" not in rules(resource(public(), closes))
    elsewhere = {**closes, "Resource": "arn:aws:s3:::logs/*"}
    assert "public-resource" in rules(resource(public(), elsewhere))
    for_some = {**closes, "Principal": {"AWS": OTHER}}
    assert "public-resource" in rules(resource(public(), for_some))


@pytest.mark.parametrize("type_", ["execute-api", "vpce"])
def test_some_policies_are_open_by_form(type_: str) -> None:
    statement = allow("execute-api:Invoke", "*", Principal="*")
    assert rules(resource(statement, type=type_)) == set()


def test_the_usual_key_policy_has_no_findings() -> None:
    root = allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{HOME}:root"})
    assert rules(resource(root, type="kms", account=HOME)) == set()


def test_resource_policy_for_a_service_without_a_source_is_reported() -> None:
    trail = {"Service": "cloudtrail.amazonaws.com"}
    put = allow("s3:PutObject", OBJECTS, Principal=trail)
    assert "confused-deputy-resource" in rules(resource(put))
    source = {"StringEquals": {"aws:SourceAccount": HOME}}
    assert rules(resource({**put, "Condition": source})) == set()


def test_permissions_of_other_accounts_are_reported() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
    send = allow("sqs:SendMessage", queue, Principal={"AWS": OTHER})
    assert only(resource(send, type="sqs"), "foreign-access").severity is Severity.NOTE
    full = allow("sqs:*", queue, Principal={"AWS": OTHER})
    assert only(resource(full, type="sqs"), "foreign-full-access").severity is Severity.MEDIUM
    own = allow("sqs:*", queue, Principal={"AWS": HOME})
    assert rules(resource(own, type="sqs")) == set()
