"""Rules follow the meaning of documents, not their form: public access, TLS, trust, wildcards."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam.documents import parse
from policies.transport import refuses_plain_http
from tests.policies.analyzer import Analyzer, Given
from tests.policies.documents import (
    ACCOUNT,
    BUCKET,
    KEY,
    TLS,
    allow,
    document,
    trust,
    web_identity,
)

_ORG = "o-a1b2c3d4e5"


def rules(type_: str, **props: Any) -> set[str]:
    return {each.rule for each in Analyzer().resource(Given(type_, props))}


def of_queue(*statements: dict[str, Any]) -> set[str]:
    return rules("aws:sqs/queuePolicy:QueuePolicy", policy=document(*statements))


def everybody(**condition: Any) -> dict[str, Any]:
    return allow("sqs:SendMessage", Principal="*", Condition=condition)


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": _ORG}},
        {"StringLike": {"aws:PrincipalOrgPaths": f"{_ORG}/r-ab12/*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [f"{_ORG}/r-ab12/*"]}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
        {"ArnEquals": {"AWS:SOURCEARN": "arn:aws:s3:::example"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws-cn:sns:*:{ACCOUNT}:*"}},
        {"StringEquals": {"aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-1a1b2c3d"]}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
    ],
)
def test_a_condition_that_names_the_caller_is_not_public(condition: dict[str, Any]) -> None:
    assert of_queue(everybody(**condition)) == set()


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"aws:PrincipalArn": "*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": _ORG}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": [_ORG]}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-other00000"}},
        {"StringLike": {"aws:SourceVpce": ["vpce-0a1b2c3d", "*"]}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_a_condition_that_names_nobody_is_public(condition: dict[str, Any]) -> None:
    assert of_queue(everybody(**condition)) == {"LF-PUB-001"}


def test_not_principal_in_an_allow_is_public() -> None:
    statement = allow("sqs:*", NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    assert of_queue(statement) == {"LF-PUB-001"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:PrincipalOrgID": _ORG}},
        {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": _ORG}},
        {"StringNotEquals": {"aws:PrincipalOrgID": _ORG}, "BoolIfExists": {
            "aws:PrincipalIsAWSService": "false"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
        {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}},
    ],
)  # fmt: skip
def test_deny_of_external_principals_closes_a_public_policy(condition: dict[str, Any]) -> None:
    wall = deny("sqs:*", Principal="*", Condition=condition)
    assert of_queue(everybody(), wall) == set()


@pytest.mark.parametrize(
    "wall",
    [
        deny("sqs:DeleteQueue", Principal="*"),
        deny("sqs:*", "arn:aws:sqs:eu-west-1:111122223333:other", Principal="*"),
        deny("sqs:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        deny("sqs:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("sqs:*", Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": _ORG}}),
        deny("sqs:*", Principal="*", Condition={"StringNotEquals": {"aws:UserAgent": "us"}}),
    ],
)
def test_deny_of_another_action_leaves_a_policy_public(wall: dict[str, Any]) -> None:
    assert of_queue(everybody(), wall) == {"LF-PUB-001"}


def tls(**changes: Any) -> str:
    return document({**TLS, **changes})


@pytest.mark.parametrize(
    "policy",
    [
        document(TLS),
        tls(Principal={"AWS": "*"}),
        tls(Action="*"),
        tls(Action=["s3:*", "kms:*"]),
        tls(Resource="*"),
        tls(Resource=["arn:aws:s3:::example*"]),
        tls(Condition={"bool": {"AWS:securetransport": ["false"]}}),
        tls(Condition={"BoolIfExists": {"aws:SecureTransport": "False"}}),
        tls(Condition={"Bool": {"aws:SecureTransport": False}}),
        document({**TLS, "Resource": BUCKET}, {**TLS, "Resource": f"{BUCKET}/*"}),
        document(allow("s3:GetObject", Principal={"AWS": ACCOUNT}), TLS),
    ],
)
def test_tls_is_demanded_however_it_is_written(policy: str) -> None:
    assert refuses_plain_http(parse(policy))


@pytest.mark.parametrize(
    "policy",
    [
        document(allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}, Principal="*")),
        tls(Effect="Allow"),
        tls(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        tls(Action="s3:GetObject"),
        tls(Action=["s3:Get*", "s3:Put*"]),
        tls(Resource=BUCKET),
        tls(Resource=f"{BUCKET}/*"),
        tls(Resource=[BUCKET, "arn:aws:s3:::other/*"]),
        tls(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        tls(Condition={"Null": {"aws:SecureTransport": "false"}}),
        tls(Condition={**TLS["Condition"], "StringEquals": {"aws:SourceVpc": "vpc-1"}}),  # type: ignore[dict-item]
        tls(Condition={"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}),
    ],
)
def test_ineffective_tls_condition_does_not_count(policy: str) -> None:
    assert not refuses_plain_http(parse(policy))


def of_policy(*statements: dict[str, Any]) -> set[str]:
    analyzer, policy = Analyzer(), Given(_POLICY, {"policy": document(*statements)})
    return {each.rule for each in (*analyzer.resource(policy), *analyzer.stack(policy))}


@pytest.mark.parametrize("action", ["*", "*:*", "**", ["s3:GetObject", "*"], "?*:*"])
def test_an_administrator_by_wildcard(action: Any) -> None:
    found = of_policy(allow(action, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    assert ("LF-IAM-001" in found) is (action != "?*:*")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (allow("s3:*"), {"LF-IAM-002"}),
        (allow("s3:**"), {"LF-IAM-002"}),
        (allow("s3:*", f"{BUCKET}/*"), set()),
        (allow("s3:Get*"), set()),
        (allow("support:*"), set()),
        (allow("notaservice:*"), {"LF-IAM-002"}),
        (
            allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "ec2.*"}}),
            {"LF-IAM-005"},
        ),
        (allow("iam:*"), {"LF-IAM-002", "LF-IAM-005"}),
        (allow("iam:Pass*"), {"LF-IAM-005"}),
        (allow("IAM:passrole", f"arn:aws:iam::{ACCOUNT}:*"), {"LF-IAM-005"}),
        (allow("iam:PassRole", "arn:aws:iam::*:role/*"), {"LF-IAM-005"}),
        (allow("iam:PassRole", "arn:aws:iam::*:role/landfall/*"), set()),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {"LF-IAM-006"}),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": BUCKET}, {"LF-IAM-006"}),
        ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}, set()),
    ],
)
def test_wide_statements(statement: dict[str, Any], found: set[str]) -> None:
    assert of_policy(statement) == found


_POLICY = "aws:iam/policy:Policy"
_BY_EXCEPTION = {"Effect": "Allow", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "attached", "found"),
    [
        ([{**_BY_EXCEPTION, "NotAction": ["iam:*", "organizations:*"]}], False, False),
        ([{**_BY_EXCEPTION, "NotAction": ["iam:*", "organizations:*"]}], True, True),
        ([{**_BY_EXCEPTION, "NotAction": "organizations:*"}], False, True),
        ([{**_BY_EXCEPTION, "NotAction": "organizations:*"}, deny("iam:*")], False, False),
        ([{**_BY_EXCEPTION, "NotAction": "iam:Delete*"}], False, True),
    ],
)
def test_boundary_by_exception_exempts_what_leaves_it(
    statements: list[dict[str, Any]], attached: bool, found: bool
) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/b"
    given = [
        Given(_POLICY, {"policy": document(*statements), "arn": arn}, name="b"),
        Given("aws:iam/role:Role", {"permissionsBoundary": arn}, name="r"),
    ]
    if attached:
        kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        given.append(Given(kind, {"policyArn": arn, "role": "r"}, name="a"))
    assert ("LF-IAM-006" in {each.rule for each in Analyzer().stack(*given)}) is found


def test_a_deny_that_truly_cancels_silences() -> None:
    assert of_policy(allow("iam:PassRole"), deny("iam:Pass*")) == set()
    assert of_policy(allow("iam:*"), deny("iam:PassRole")) == {"LF-IAM-002"}
    assert of_policy(allow("s3:*"), deny("s3:*")) == set()


@pytest.mark.parametrize(
    "wall",
    [
        deny("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/other"),
        deny("iam:GetRole"),
        deny("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "x"}}),
    ],
)
def test_a_deny_on_something_unrelated_does_not(wall: dict[str, Any]) -> None:
    assert of_policy(allow("iam:PassRole"), wall) == {"LF-IAM-005"}


def of_role(policy: str) -> set[str]:
    return rules("aws:iam/role:Role", assumeRolePolicy=policy)


@pytest.mark.parametrize(
    ("subject", "audience", "found"),
    [
        ("repo:example/orders:ref:refs/heads/main", "sts.amazonaws.com", set()),
        ("repo:example/*", "sts.amazonaws.com", set()),
        ("repo:*", "sts.amazonaws.com", {"LF-PUB-003"}),
        ("repo:example*", "sts.amazonaws.com", {"LF-PUB-003"}),
        ("repo:*/*:ref:refs/heads/main", "sts.amazonaws.com", {"LF-PUB-003"}),
        ("*", "sts.amazonaws.com", {"LF-PUB-003"}),
        (None, "sts.amazonaws.com", {"LF-PUB-003"}),
        ("repo:example/orders:*", None, {"LF-PUB-003"}),
    ],
)
def test_web_identities(subject: str | None, audience: str | None, found: set[str]) -> None:
    assert of_role(web_identity(subject, audience)) == found


@pytest.mark.parametrize(("method", "found"), [("authenticated", set()), (None, {"LF-PUB-003"})])
def test_cognito_names_its_pool_and_kind_of_user(method: str | None, found: set[str]) -> None:
    host = "cognito-identity.amazonaws.com"
    condition: dict[str, Any] = {"StringEquals": {f"{host}:aud": "eu-west-1:12345678-pool"}}
    if method:
        condition["ForAnyValue:StringLike"] = {f"{host}:amr": method}
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": host},
        "Condition": condition,
    }
    assert of_role(document(statement)) == found


@pytest.mark.parametrize(
    ("principal", "condition", "found"),
    [
        ("*", None, {"LF-PUB-002"}),
        ({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "a"}}, {"LF-PUB-002"}),
        ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": _ORG}}, set()),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, None, {"LF-TRU-002"}),
        ({"AWS": ACCOUNT}, None, {"LF-TRU-002"}),
        ({"AWS": ACCOUNT}, {"StringEquals": {"sts:ExternalId": "a"}}, set()),
        ({"Service": "ec2.amazonaws.com"}, None, set()),
        ({"Service": "codebuild.amazonaws.com"}, None, {"LF-TRU-001"}),
        (
            {"Service": ["codebuild.amazonaws.com"]},
            {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            set(),
        ),
    ],
)
def test_trust(principal: Any, condition: dict[str, Any] | None, found: set[str]) -> None:
    assert of_role(trust(principal, condition)) == found


@pytest.mark.parametrize(
    ("listener", "plain"),
    [
        ({"port": 80, "defaultActions": [{"type": "forward"}]}, True),
        ({"port": 443, "protocol": "HTTPS", "defaultActions": [{"type": "forward"}]}, False),
        ({"defaultActions": [{"type": "forward"}]}, False),
        ({"port": 80, "defaultActions": [{"redirect": {"protocol": "HTTP"}}]}, True),
        ({"port": 80, "defaultActions": [{"redirect": {"protocol": "HTTPS"}}]}, False),
    ],
)
def test_listeners(listener: dict[str, Any], plain: bool) -> None:
    assert ("LF-TLS-004" in rules("aws:lb/listener:Listener", **listener)) is plain


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ({"name": "STAGE", "value": "dev"}, False),
        ({"name": "DB_PASSWORD", "value": "hunter2"}, True),
        ({"name": "github_token", "value": "x"}, True),
        ({"name": "DB_PASSWORD", "value": "/prod/db", "type": "PARAMETER_STORE"}, False),
        ({"name": "API_TOKEN_ARN", "value": "arn:aws:secretsmanager:x"}, False),
        ({"name": "DB_SECRET", "value": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:s:a"}, False),
        ({"name": "CONFIG", "value": "key=AKIAIOSFODNN7EXAMPLE"}, True),
        ({"name": "TOKENS_PER_MINUTE", "value": "5"}, False),
    ],
)
def test_credentials_of_builds(variable: dict[str, str], secret: bool) -> None:
    found = rules(
        "aws:codebuild/project:Project",
        encryptionKey=KEY,
        environment={"environmentVariables": [variable]},
    )
    assert ("LF-CB-002" in found) is secret


@pytest.mark.parametrize(
    ("export", "told"),
    [
        ({"type": "NO_EXPORT"}, False),
        ({"type": "S3", "s3Destination": {"bucket": "a"}}, True),
        ({"type": "S3", "s3Destination": {"encryptionKey": "alias/aws/s3"}}, True),
        ({"type": "S3", "s3Destination": {"encryptionKey": KEY}}, False),
        ({"type": "S3", "s3Destination": {"encryptionKey": KEY, "encryptionDisabled": True}}, True),
    ],
)
def test_reports_of_tests(export: dict[str, Any], told: bool) -> None:
    props = {"name": "orders", "type": "TEST", "exportConfig": export}
    given = Given("aws:codebuild/reportGroup:ReportGroup", props)
    assert ("LF-CB-007" in {one.rule for one in Analyzer().resource(given)}) is told


@pytest.mark.parametrize(
    ("condition", "given_away"),
    [
        ({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, False),
        ({"StringEquals": {"s3:x-amz-acl": ["bucket-owner-full-control", "private"]}}, True),
        ({"StringEqualsIfExists": {"s3:x-amz-acl": "bucket-owner-full-control"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": _ORG}}, True),
    ],
)
def test_acl_that_gives_all_to_the_owner_gives_nothing_away(
    condition: dict[str, Any], given_away: bool
) -> None:
    policy = document(
        TLS,
        allow(
            "s3:PutObjectAcl",
            f"{BUCKET}/*",
            Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"},
            Condition=condition,
        ),
    )
    found = rules("aws:s3/bucketPolicy:BucketPolicy", policy=policy)
    assert ("LF-S3-009" in found) == given_away
