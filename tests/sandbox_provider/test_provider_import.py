"""Existing resources are imported; a program that describes them changes nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from landfall.sandbox.provider.values.properties import Properties
from tests.sandbox_provider.conftest import ACCOUNT, REGION, Plugin, Resource, urn

Diff = provider_pb2.DiffResponse
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "codebuild.amazonaws.com"},
            }
        ],
    }
)
READ_ALL = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
    }
)
DENY_ROOT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
            }
        ],
    }
)
Import = tuple[str, Properties, Callable[[Resource], str]]


def by_id(resource: Resource) -> str:
    return resource.id


CASES: list[Import] = [
    (
        "aws:iam/role:Role",
        {
            "name": "import-role",
            "assumeRolePolicy": TRUST,
            "path": "/landfall/",
            "description": "d",
            "maxSessionDuration": 7200,
            "tags": {"a": "b"},
        },
        by_id,
    ),
    ("aws:iam/role:Role", {"name": "import-plain", "assumeRolePolicy": TRUST}, by_id),
    ("aws:iam/policy:Policy", {"name": "import-policy", "policy": READ_ALL}, by_id),
    (
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        {
            "url": "https://token.example.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["a" * 40],
        },
        by_id,
    ),
    (
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        {"minimumPasswordLength": 20, "requireNumbers": True},
        by_id,
    ),
    ("aws:s3/bucket:Bucket", {"bucket": "import-bucket", "tags": {"a": "b"}}, by_id),
    (
        "aws:s3/bucket:Bucket",
        {"bucket": "import-locked", "objectLockEnabled": True, "region": "us-east-1"},
        lambda resource: f"{resource.id}@us-east-1",
    ),
    ("aws:sns/topic:Topic", {"name": "import-topic", "displayName": "d"}, by_id),
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "/import", "retentionInDays": 30}, by_id),
    (
        "aws:ssm/parameter:Parameter",
        {"name": "/import/one", "type": "String", "value": "v"},
        by_id,
    ),
    (
        "aws:cloudwatch/eventRule:EventRule",
        {"name": "import-rule", "scheduleExpression": "rate(1 hour)"},
        by_id,
    ),
    ("aws:ecr/repository:Repository", {"name": "import", "forceDelete": False}, by_id),
    (
        "aws:dynamodb/table:Table",
        {
            "name": "import",
            "hashKey": "k",
            "billingMode": "PAY_PER_REQUEST",
            "attributes": [{"name": "k", "type": "S"}],
        },
        by_id,
    ),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "name": "import",
            "description": "d",
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        by_id,
    ),
]


def assert_imports_cleanly(
    plugin: Plugin, urn_: str, identity: str, program: Properties
) -> Resource:
    imported = plugin.read(urn_, identity)
    assert imported.id, "nothing was imported"
    news, failures = plugin.check(urn_, program, imported.inputs)
    assert not failures
    answer = plugin.diff(urn_, imported, news)
    assert answer.changes == Diff.DIFF_NONE, list(answer.detailedDiff)
    own, failures = plugin.check(urn_, imported.inputs, imported.inputs)
    assert not failures
    answer = plugin.diff(urn_, imported, own)
    assert answer.changes == Diff.DIFF_NONE, list(answer.detailedDiff)
    return imported


@pytest.mark.parametrize(
    ("token", "inputs", "identity"),
    CASES,
    ids=[f"{t.split(':')[2]}-{i.get('name', '')}{i.get('bucket', '')}" for t, i, _ in CASES],
)
def test_import_of_what_was_created(
    plugin: Plugin, token: str, inputs: Properties, identity: Callable[[Resource], str]
) -> None:
    urn_ = urn(token, "imported")
    made = plugin.make(urn_, inputs)
    imported = assert_imports_cleanly(plugin, urn_, identity(made), inputs)
    assert imported.id == made.id
    refreshed = plugin.read(urn_, imported.id, imported)
    assert refreshed.inputs == imported.inputs
    plugin.delete(imported)


def test_adoption_of_an_organization(plugin: Plugin, aws: Any) -> None:
    organizations = aws("organizations")
    with contextlib.suppress(organizations.exceptions.AlreadyInOrganizationException):
        organizations.create_organization(FeatureSet="ALL")
    identity = organizations.describe_organization()["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    assert_imports_cleanly(
        plugin,
        urn("aws:organizations/organization:Organization", "adopted"),
        identity,
        {"featureSet": "ALL"},
    )

    unit_urn = urn("aws:organizations/organizationalUnit:OrganizationalUnit", "adopted")
    unit_program = {"name": "Workloads", "parentId": root, "tags": {"a": "b"}}
    unit = plugin.make(unit_urn, unit_program)
    assert_imports_cleanly(plugin, unit_urn, unit.id, unit_program)

    policy_urn = urn("aws:organizations/policy:Policy", "adopted")
    policy_program = {
        "name": "deny-root",
        "type": "SERVICE_CONTROL_POLICY",
        "content": DENY_ROOT,
    }
    policy = plugin.make(policy_urn, policy_program)
    assert_imports_cleanly(plugin, policy_urn, policy.id, policy_program)

    account_urn = urn("aws:organizations/account:Account", "adopted")
    account_program = {
        "name": "orders",
        "email": "orders@example.com",
        "parentId": unit.id,
        "closeOnDeletion": False,
    }
    account = plugin.make(account_urn, account_program)
    assert account.id != ACCOUNT
    assert_imports_cleanly(plugin, account_urn, account.id, account_program)

    # Moving an account to another unit is a change in place.
    news, _ = plugin.check(account_urn, {**account_program, "parentId": root}, account.inputs)
    difference = plugin.diff(account_urn, account, news)
    assert list(difference.detailedDiff) == ["parentId"]
    assert not difference.replaces


def test_key_and_alias(plugin: Plugin) -> None:
    key_urn, alias_urn = urn("aws:kms/key:Key", "k"), urn("aws:kms/alias:Alias", "k")
    key_program = {"description": "d", "enableKeyRotation": True, "tags": {"a": "b"}}
    key = plugin.make(key_urn, key_program)
    assert key.outputs["arn"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key.id}"
    assert_imports_cleanly(plugin, key_urn, key.id, key_program)
    alias = plugin.make(alias_urn, {"targetKeyId": key.id})
    assert alias.id.startswith("alias/k-")
    assert_imports_cleanly(plugin, alias_urn, alias.id, {"name": alias.id, "targetKeyId": key.id})
