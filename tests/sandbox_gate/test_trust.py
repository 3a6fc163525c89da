"""AssumeRole: only existing roles, only by trusted principals."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from landfall.sandbox.across_services.trust import Applicant, trusts
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust


def _role(aws: Clients, account: str, document: str, **params: Any) -> str:
    role = aws("iam", account=account).create_role(
        RoleName="target", AssumeRolePolicyDocument=document, **params
    )["Role"]
    arn: str = role["Arn"]
    return arn


def _assume(aws: Clients, arn: str, account: str = MANAGEMENT, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = aws("sts", account=account).assume_role(
        RoleArn=arn, RoleSessionName="session", **params
    )
    return found


@pytest.mark.parametrize("where", ["member", "nowhere"])
def test_a_role_that_does_not_exist(aws: Clients, member: str, where: str) -> None:
    account = member if where == "member" else "999999999999"
    arn = f"arn:aws:iam::{account}:role/Absent"
    code, message = error_of(_assume, aws, arn)
    assert code == "AccessDenied"
    assert message == (
        f"User: arn:aws:iam::{MANAGEMENT}:user/sandbox is not authorized to perform: "
        f"sts:AssumeRole on resource: {arn}"
    )


def test_a_role_of_another_account_that_trusts_its_own_only(aws: Clients, member: str) -> None:
    arn = _role(aws, member, trust(f"arn:aws:iam::{member}:root"))
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"
    assert _assume(aws, arn, member)["AssumedRoleUser"]["Arn"].endswith("target/session")


def test_a_role_that_trusts_one_role(aws: Clients, member: str) -> None:
    access = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    arn = _role(aws, member, trust(access))
    assert _assume(aws, arn, member)["Credentials"]["AccessKeyId"]
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"


def test_the_external_id_must_be_the_agreed_one(aws: Clients, member: str) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    arn = _role(aws, member, trust(f"arn:aws:iam::{MANAGEMENT}:root", **condition))
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"
    assert error_of(_assume, aws, arn, ExternalId="guessed")[0] == "AccessDenied"
    assert _assume(aws, arn, ExternalId="agreed")


def test_the_organization_must_be_the_callers(aws: Clients, organization: Any, member: str) -> None:
    own = organization.describe_organization()["Organization"]["Id"]
    condition = {"StringEquals": {"aws:PrincipalOrgID": own}}
    arn = _role(aws, member, trust("*", **condition))
    assert _assume(aws, arn)
    aws("iam", account=member).update_assume_role_policy(
        RoleName="target",
        PolicyDocument=trust("*", StringEquals={"aws:PrincipalOrgID": "o-another0000"}),
    )
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"


def test_the_principals_arn_is_the_roles(aws: Clients, member: str) -> None:
    condition = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{member}:role/Organization*"}}
    arn = _role(aws, member, trust("*", **condition))
    assert _assume(aws, arn, member)
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"


def test_service_role_cannot_be_assumed_by_users(aws: Clients, member: str) -> None:
    arn = _role(aws, member, trust(service="codepipeline.amazonaws.com"))
    assert error_of(_assume, aws, arn)[0] == "AccessDenied"


def test_sessions_end_at_the_roles_maximum(aws: Clients, member: str) -> None:
    arn = _role(aws, member, trust(f"arn:aws:iam::{MANAGEMENT}:root"))
    code, message = error_of(_assume, aws, arn, DurationSeconds=7200)
    assert code == "ValidationError"
    assert "MaxSessionDuration" in message
    aws("iam", account=member).update_role(RoleName="target", MaxSessionDuration=7200)
    assert _assume(aws, arn, DurationSeconds=7200)


def test_chained_sessions_end_after_an_hour(aws: Clients, member: str) -> None:
    arn = _role(aws, member, trust(f"arn:aws:iam::{member}:root"), MaxSessionDuration=7200)
    code, message = error_of(_assume, aws, arn, member, DurationSeconds=7200)
    assert code == "ValidationError"
    assert "role chaining" in message


def _token(**claims: str) -> str:
    parts = [{"alg": "none"}, {"iss": "https://token.actions.githubusercontent.com"} | claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "signature"])


def test_a_token_of_the_right_subject(sandbox: Sandbox, member: str) -> None:
    iam = sandbox.client("iam", account=member)
    issuer = "token.actions.githubusercontent.com"
    provider = f"arn:aws:iam::{member}:oidc-provider/{issuer}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{issuer}:sub": "repo:example/orders:*"},
        },
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sts = sandbox.client("sts")

    def assume(**claims: str) -> Any:
        token = _token(**({"aud": "sts.amazonaws.com"} | claims))
        return sts.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="ci", WebIdentityToken=token
        )

    good = "repo:example/orders:ref:refs/heads/main"
    assert error_of(assume, sub=good)[0] == "InvalidIdentityToken"
    iam.create_open_id_connect_provider(Url=f"https://{issuer}", ThumbprintList=["0" * 40])
    given = assume(sub=good)["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    identity = sandbox.client("sts", keys=keys).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{member}:assumed-role/ci/ci"
    assert error_of(assume, sub="repo:someone/else:x")[0] == "AccessDenied"
    assert error_of(assume, sub=good, aud="other")[0] == "AccessDenied"


def test_a_suspended_account_cannot_be_entered(
    sandbox: Sandbox, organization: Any, member: str
) -> None:
    organization.close_account(AccountId=member)
    arn = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    assert error_of(_assume, sandbox.client, arn)[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "a"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalTag/team": "a"}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "a"}}, True),
        ({"Null": {"aws:PrincipalTag/team": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    applicant = Applicant(
        "AWS",
        "arn:aws:iam::111111111111:user/u",
        "111111111111",
        context={
            "aws:securetransport": ["true"],
            "aws:principalorgpaths": ["o-1/r-1/ou-1/"],
        },
    )
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:*", "Condition": condition}
    assert trusts({"Statement": [statement]}, applicant) is expected


def test_an_explicit_deny_wins() -> None:
    applicant = Applicant("AWS", "arn:aws:iam::111111111111:user/u", "111111111111")
    allow = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    assert trusts({"Statement": allow}, applicant)
    assert not trusts({"Statement": [allow, {**allow, "Effect": "Deny"}]}, applicant)
