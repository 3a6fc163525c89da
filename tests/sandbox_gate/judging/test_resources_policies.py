"""Calls judged by the policies of resources: buckets, keys, topics, roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.judging.callers import Roles, document

BUCKET = {"Bucket": "orders-bucket"}
OBJECT = "arn:aws:s3:::orders-bucket/*"


@pytest.fixture
def roles(sandbox: Sandbox) -> Roles:
    return Roles(sandbox)


@pytest.fixture
def bucket(aws: Clients) -> Any:
    client = aws("s3", region="us-east-1")
    client.create_bucket(**BUCKET)
    client.put_object(**BUCKET, Key="k", Body=b"x")
    return client


def _role_in_policy(roles: Roles, name: str, action: str, resource: str) -> str:
    principal = {"AWS": f"arn:aws:iam::{roles.account}:role/{name}"}
    return document({"Principal": principal, "Action": action, "Resource": resource})


def test_bucket_policy_allows_a_role_of_its_account_without_other_policies(
    roles: Roles, bucket: Any
) -> None:
    roles.create("reader")
    reader = roles.client("reader", "s3", region="us-east-1")
    code, message = error_of(reader.get_object, **BUCKET, Key="k")
    assert code == "AccessDenied"
    assert message.endswith("because no identity-based policy allows the s3:GetObject action")
    bucket.put_bucket_policy(
        **BUCKET, Policy=_role_in_policy(roles, "reader", "s3:GetObject", OBJECT)
    )
    assert reader.get_object(**BUCKET, Key="k")["Body"].read() == b"x"
    assert error_of(reader.head_bucket, **BUCKET)[0] == "403"


def test_bucket_policy_denies_an_administrator(roles: Roles, bucket: Any) -> None:
    roles.create("admin", {})
    denying = document(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECT}
    )
    bucket.put_bucket_policy(**BUCKET, Policy=denying)
    admin = roles.client("admin", "s3", region="us-east-1")
    code, message = error_of(admin.put_object, **BUCKET, Key="k", Body=b"y")
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in a resource-based policy")
    assert admin.get_object(**BUCKET, Key="k")["Body"].read() == b"x"


def test_key_policy_must_allow_even_an_administrator(roles: Roles, aws: Clients) -> None:
    roles.create("admin", {})
    roles.create("keeper", {})
    keeper = roles.client("keeper", "kms")
    policy = _role_in_policy(roles, "keeper", "kms:*", "*")
    key = keeper.create_key(Policy=policy)["KeyMetadata"]
    admin = roles.client("admin", "kms")
    code, message = error_of(admin.describe_key, KeyId=key["KeyId"])
    assert code == "AccessDeniedException"
    assert message == (
        f"User: {roles.session('admin')} is not authorized to perform: kms:DescribeKey on "
        f"resource: {key['Arn']} because no resource-based policy allows the kms:DescribeKey action"
    )
    whole = document({"Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, "Action": "kms:*"})
    keeper.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=whole)
    assert admin.describe_key(KeyId=key["KeyId"])
    keeper.create_alias(AliasName="alias/orders", TargetKeyId=key["KeyId"])
    roles.create("reader", {"Action": "kms:DescribeKey", "Resource": key["Arn"]})
    reader = roles.client("reader", "kms")
    assert reader.describe_key(KeyId="alias/orders")
    assert "kms:GetKeyPolicy" in error_of(reader.get_key_policy, KeyId=key["KeyId"])[1]


def test_topic_policy_denies_a_caller_that_may_publish(roles: Roles, aws: Clients) -> None:
    topics = aws("sns")
    topic = topics.create_topic(Name="orders")["TopicArn"]
    roles.create("sender", {"Action": "sns:Publish", "Resource": topic})
    sender = roles.client("sender", "sns")
    assert sender.publish(TopicArn=topic, Message="m")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    topics.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=document(statement)
    )
    code, message = error_of(sender.publish, TopicArn=topic, Message="m")
    assert code == "AuthorizationError"
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_role_that_trusts_its_account_needs_the_callers_permission(
    roles: Roles, sandbox: Sandbox
) -> None:
    target = roles.create("target")
    roles.create("caller")
    caller = roles.client("caller", "sts")
    assuming = {"RoleArn": target, "RoleSessionName": "session"}
    assert error_of(caller.assume_role, **assuming) == (
        "AccessDenied",
        f"User: {roles.session('caller')} is not authorized to perform: sts:AssumeRole on "
        f"resource: {target} because no identity-based policy allows the sts:AssumeRole action",
    )
    roles.allow("caller", {"Action": "sts:AssumeRole", "Resource": target})
    assert caller.assume_role(**assuming)
    # A role that its trust policy names needs no more.
    roles.iam.delete_role_policy(RoleName="caller", PolicyName="own")
    named = trust(f"arn:aws:iam::{MANAGEMENT}:role/caller")
    roles.iam.update_assume_role_policy(RoleName="target", PolicyDocument=named)
    assert caller.assume_role(**assuming)


def test_tags_of_a_session_need_the_trust_policys_permission(roles: Roles) -> None:
    target = roles.create("target")
    tags = [{"Key": "team", "Value": "orders"}]
    assert "sts:TagSession" in error_of(roles.client, "target", "sts", Tags=tags)[1]
    trusting = json.loads(trust(f"arn:aws:iam::{MANAGEMENT}:root"))
    trusting["Statement"][0]["Action"] = ["sts:AssumeRole", "sts:TagSession"]
    roles.iam.update_assume_role_policy(RoleName="target", PolicyDocument=json.dumps(trusting))
    condition = {"StringEquals": {"aws:PrincipalTag/team": "orders"}}
    roles.allow("target", {"Action": "kms:ListKeys", "Condition": condition})
    assert roles.client("target", "kms", Tags=tags).list_keys()
    assert error_of(roles.client("target", "kms").list_keys)[0] == "AccessDeniedException"
    assert target


def test_secret_is_judged_by_its_name_and_its_policy(roles: Roles, aws: Clients) -> None:
    secrets = aws("secretsmanager")
    arn = secrets.create_secret(Name="orders", SecretString="s")["ARN"]
    read = {"Action": "secretsmanager:GetSecretValue", "Resource": f"{arn[:-6]}??????"}
    roles.create("reader", read)
    reader = roles.client("reader", "secretsmanager")
    assert reader.get_secret_value(SecretId="orders")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue"}
    secrets.put_resource_policy(SecretId="orders", ResourcePolicy=document(statement))
    assert "explicit deny" in error_of(reader.get_secret_value, SecretId="orders")[1]
