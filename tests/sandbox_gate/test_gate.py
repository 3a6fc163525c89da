"""The gate itself: health, callers, protocols, errors, log."""

from __future__ import annotations

import http.client
import re
import subprocess
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from landfall.sandbox.gate import signing
from tests.sandbox_gate.conftest import (
    MANAGEMENT,
    Clients,
    Sandbox,
    create_account,
    error_of,
    trust,
)


def test_health_returns_process_and_account(sandbox: Sandbox, aws: Clients) -> None:
    before = sandbox.health()
    aws("sts").get_caller_identity()
    after = sandbox.health()
    assert (after["pid"], after["account"]) == (sandbox.pid, MANAGEMENT)
    assert after["requests"] == before["requests"] + 1


def test_server_listens_only_on_loopback(sandbox: Sandbox) -> None:
    assert urlsplit(sandbox.url).hostname == "127.0.0.1"
    listening = subprocess.run(
        ["cat", "/proc/net/tcp"],
        capture_output=True,
        text=True,
        check=True,
    )
    port = f"{urlsplit(sandbox.url).port:04X}"
    hosts = {
        line.split()[1].split(":")[0]
        for line in listening.stdout.splitlines()[1:]
        if line.split()[1].endswith(f":{port}") and line.split()[3] == "0A"
    }
    assert hosts == {"0100007F"}


def test_signing_table_matches_botocore() -> None:
    table = signing.derive()
    assert {name: tuple(services) for name, services in table.items()} == {
        name: signing.services_signing_as(name) for name in table
    }


def test_long_lived_keys_belong_to_the_management_account(aws: Clients) -> None:
    assert aws("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{MANAGEMENT}:user/sandbox"


def test_a_members_role_acts_in_the_member(aws: Clients, member: str) -> None:
    identity = aws("sts", account=member).get_caller_identity()
    role = "assumed-role/OrganizationAccountAccessRole/tests"
    assert identity["Arn"] == f"arn:aws:sts::{member}:{role}"
    aws("iam", account=member).create_role(
        RoleName="mine", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{member}:root")
    )
    names = [role["RoleName"] for role in aws("iam").list_roles()["Roles"]]
    assert "mine" not in names


def test_an_iam_users_key_acts_in_the_users_account(sandbox: Sandbox, member: str) -> None:
    iam = sandbox.client("iam", account=member)
    iam.create_user(UserName="someone")
    key = iam.create_access_key(UserName="someone")["AccessKey"]
    sts = sandbox.client("sts", keys=(key["AccessKeyId"], key["SecretAccessKey"], None))
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{member}:user/someone"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("organizations", "list_accounts", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_unknown_sessions_are_refused(sandbox: Sandbox, service: str, call: str, code: str) -> None:
    client = sandbox.client(service, keys=("ASIAUNKNOWN", "secret", "token"))
    assert error_of(getattr(client, call))[0] == code


@pytest.mark.parametrize(
    ("service", "call", "name"),
    [
        ("accessanalyzer", "list_policy_generations", "accessanalyzer:ListPolicyGenerations"),
        ("codebuild", "list_sandboxes", "codebuild:ListSandboxes"),
        ("ec2", "describe_ipams", "ec2:DescribeIpams"),
        ("s3control", "list_access_grants", "s3control:ListAccessGrants"),
    ],
)
def test_unsupported_operation_is_refused_by_name(
    aws: Clients, service: str, call: str, name: str
) -> None:
    params = {"AccountId": MANAGEMENT} if service == "s3control" else {}
    code, message = error_of(getattr(aws(service), call), **params)
    assert code == "NotImplemented"
    assert name in message


def test_s3_streams_presigned_and_anonymous(aws: Clients) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="streams-and-links")
    body = bytes(range(256)) * 40_000
    s3.put_object(Bucket="streams-and-links", Key="a/b c+d", Body=body)
    assert s3.get_object(Bucket="streams-and-links", Key="a/b c+d")["Body"].read() == body
    where = {"Bucket": "streams-and-links", "Key": "a/b c+d"}
    url = s3.generate_presigned_url("get_object", Params=where)
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert answer.read() == body
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url.split("?")[0])  # noqa: S310
    assert refused.value.code == 403


def test_html_objects_are_no_errors(aws: Clients) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="pages-of-mine")
    s3.put_object(Bucket="pages-of-mine", Key="x", Body=b"<html/>", ContentType="text/html")
    assert s3.get_object(Bucket="pages-of-mine", Key="x")["Body"].read() == b"<html/>"


def test_s3_control_by_absolute_url_names_the_account(sandbox: Sandbox, member: str) -> None:
    control = sandbox.client("s3control", account=member)
    everything = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    control.put_public_access_block(AccountId=member, PublicAccessBlockConfiguration=everything)
    key, _, token = sandbox._keys(member)
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(sandbox.url).port)
    scope = f"Credential={key}/20260101/eu-west-1/s3/aws4_request"
    connection.request(
        "GET",
        f"http://{member}.s3-control.amazonaws.com/v20180820/configuration/publicAccessBlock",
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "X-Amz-Security-Token": token or "",
        },
    )
    answer = connection.getresponse()
    assert answer.status == 200
    assert b"<BlockPublicAcls>true</BlockPublicAcls>" in answer.read()


def test_the_log_has_a_line_a_request_and_no_secrets(sandbox: Sandbox, aws: Clients) -> None:
    aws("secretsmanager").create_secret(Name="logged", SecretString="a-secret-value")
    aws("organizations").create_organization(FeatureSet="ALL")
    create_account(aws("organizations"), "logged")
    text = sandbox.log.read_text()
    assert re.search(r"Z eu-west-1 secretsmanager:CreateSecret 200 - account=111122223333", text)
    assert "a-secret-value" not in text
    assert "AKIA" not in text
    assert "@example.com" not in text
