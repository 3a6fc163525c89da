"""Resources from creation to deletion, through the real Terraform provider and an emulated AWS."""

from __future__ import annotations

import json
from typing import Any

from pulumi.runtime.proto import provider_pb2

from tests.sandbox_provider.conftest import Plugin, urn

ROLE = "aws:iam/role:Role"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "codebuild.amazonaws.com"},
        }
    ],
}
Kind = provider_pb2.PropertyDiff
Diff = provider_pb2.DiffResponse


def test_role_is_created_settled_updated_and_deleted(plugin: Plugin, aws: Any) -> None:
    role_urn = urn(ROLE, "deployer")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST, "tags": {"team": "platform"}})
    iam = aws("iam")
    found = iam.get_role(RoleName=role.id)["Role"]
    assert found["AssumeRolePolicyDocument"] == TRUST
    assert found["Tags"] == [{"Key": "team", "Value": "platform"}]
    assert role.outputs["arn"] == found["Arn"]

    checked, failures = plugin.check(
        role_urn, {"assumeRolePolicy": TRUST, "tags": {"team": "platform"}}, role.inputs
    )
    assert not failures
    assert checked == role.inputs
    assert plugin.diff(role_urn, role, checked).changes == Diff.DIFF_NONE

    news, _ = plugin.check(
        role_urn,
        {"assumeRolePolicy": TRUST, "tags": {"team": "core"}, "maxSessionDuration": 7200},
        role.inputs,
    )
    difference = plugin.diff(role_urn, role, news)
    assert difference.changes == Diff.DIFF_SOME
    assert not difference.replaces
    assert {path: d.kind for path, d in difference.detailedDiff.items()} == {
        "tags.team": Kind.UPDATE,
        "maxSessionDuration": Kind.UPDATE,
    }
    updated = plugin.update(role, news)
    assert iam.get_role(RoleName=role.id)["Role"]["MaxSessionDuration"] == 7200
    assert plugin.diff(role_urn, updated, news).changes == Diff.DIFF_NONE

    plugin.delete(updated)
    assert role.id not in {r["RoleName"] for r in iam.list_roles()["Roles"]}


def test_policy_document_as_text_with_other_spacing_is_no_change(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "spaced")
    role = plugin.make(role_urn, {"assumeRolePolicy": json.dumps(TRUST, indent=2)})
    news, _ = plugin.check(role_urn, {"assumeRolePolicy": TRUST}, role.inputs)
    assert plugin.diff(role_urn, role, news).changes == Diff.DIFF_NONE
