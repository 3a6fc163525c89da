"""Policies and attachments that Organizations refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.organization_policies.documents import ACCEPTED
from tests.sandbox_gate.conftest import error_of

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def _statement(**members: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "s3:*", "Resource": "*"} | members


def _document(*statements: dict[str, Any], pad: int = 0) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements) or [_statement()]}
    text = json.dumps(document)
    return text + " " * max(0, pad - len(text))


def _create(organization: Any, name: str, kind: str = SCP, content: str = "") -> str:
    if not content:
        content = _document(_statement(**({"Principal": "*"} if kind == RCP else {})))
    made = organization.create_policy(Name=name, Description="", Type=kind, Content=content)
    policy: str = made["Policy"]["PolicySummary"]["Id"]
    return policy


def _reason(call: Any, **params: Any) -> str:
    with pytest.raises(call.__self__.exceptions.ConstraintViolationException) as caught:
        call(**params)
    reason: str = caught.value.response["Reason"]
    return reason


@pytest.fixture
def root(organization: Any) -> str:
    found: str = organization.list_roots()["Roots"][0]["Id"]
    return found


@pytest.fixture
def enabled(organization: Any, root: str) -> str:
    for kind in (SCP, RCP):
        organization.enable_policy_type(RootId=root, PolicyType=kind)
    return root


@pytest.mark.parametrize(("kind", "most"), [(SCP, 10_240), (RCP, 5_120)])
def test_policy_over_the_size_limit_is_refused(organization: Any, kind: str, most: int) -> None:
    statement = _statement(**({"Principal": "*"} if kind == RCP else {}))
    _create(organization, "fits", kind, _document(statement, pad=most))
    reason = _reason(
        organization.create_policy,
        Name="large",
        Description="",
        Type=kind,
        Content=_document(statement, pad=most + 1),
    )
    assert reason == "POLICY_CONTENT_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (SCP, "no json"),
        (SCP, "[]"),
        (SCP, '{"Statement": []}'),
        (SCP, _document().replace('"Version"', '"Version": "1", "Version"', 1)),
        (SCP, _document(_statement(Effect="Refuse"))),
        (SCP, _document(_statement(Principal="*"))),
        (SCP, _document(_statement(NotAction="s3:*"))),
        (SCP, _document({"Effect": "Deny", "Action": "s3:*"})),
        (SCP, _document(_statement(Sid="A"), _statement(Sid="A"))),
        (SCP, '{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}'),
        (RCP, _document(_statement())),
        (RCP, _document(_statement(Principal="*", Action="ec2:*"))),
        (RCP, _document({"Effect": "Deny", "Principal": "*", "NotAction": "x:*", "Resource": "*"})),
        (RCP, _document(_statement(Effect="Allow", Principal="*"))),
        (RCP, _document(_statement(Principal={"AWS": "arn:aws:iam::111111111111:root"}))),
    ],
)
def test_malformed_documents(organization: Any, kind: str, content: str) -> None:
    code, _ = error_of(
        organization.create_policy, Name="x", Description="", Type=kind, Content=content
    )
    assert code == "MalformedPolicyDocumentException"


GRAMMATICAL = [(kind, each) for kind, documents in ACCEPTED.items() for each in documents]


@pytest.mark.parametrize(("kind", "document"), GRAMMATICAL)
def test_policy_of_each_type_is_created_and_one_with_an_unknown_key_is_refused(
    organization: Any, kind: str, document: dict[str, Any]
) -> None:
    content = json.dumps(document)
    made = organization.create_policy(Name="x", Description="", Type=kind, Content=content)
    summary = made["Policy"]["PolicySummary"]
    assert summary["Type"] == kind
    assert f"/{kind.lower()}/" in summary["Arn"]
    wrong = json.dumps({**document, "nonsense": {}})
    code, _ = error_of(
        organization.create_policy, Name="y", Description="", Type=kind, Content=wrong
    )
    assert code == "MalformedPolicyDocumentException"
    code, _ = error_of(organization.update_policy, PolicyId=summary["Id"], Content=wrong)
    assert code == "MalformedPolicyDocumentException"


def test_policy_update_with_malformed_content_or_a_name_in_use_is_refused(
    organization: Any,
) -> None:
    policy = _create(organization, "changes")
    code, _ = error_of(organization.update_policy, PolicyId=policy, Content="no json")
    assert code == "MalformedPolicyDocumentException"
    _create(organization, "taken")
    code, _ = error_of(organization.update_policy, PolicyId=policy, Name="taken")
    assert code == "DuplicatePolicyException"


def test_policy_name_in_use_is_refused(organization: Any) -> None:
    _create(organization, "same")
    assert error_of(_create, organization, "same")[0] == "DuplicatePolicyException"


def test_aws_managed_policies_cannot_be_changed(organization: Any) -> None:
    code, _ = error_of(organization.update_policy, PolicyId="p-FullAWSAccess", Content=_document())
    assert code == "InvalidInputException"
    assert error_of(organization.delete_policy, PolicyId="p-FullAWSAccess")[0] == (
        "InvalidInputException"
    )


def test_attachment_of_a_disabled_policy_type_is_refused(organization: Any, root: str) -> None:
    policy = _create(organization, "early")
    code, _ = error_of(organization.attach_policy, PolicyId=policy, TargetId=root)
    assert code == "PolicyTypeNotEnabledException"
    organization.enable_policy_type(RootId=root, PolicyType=SCP)
    organization.attach_policy(PolicyId=policy, TargetId=root)
    code, _ = error_of(organization.attach_policy, PolicyId=policy, TargetId=root)
    assert code == "DuplicatePolicyAttachmentException"


@pytest.mark.parametrize(("kind", "most"), [(SCP, 10), (RCP, 5)])
def test_attachments_over_the_limit_are_refused(
    organization: Any, enabled: str, kind: str, most: int
) -> None:
    for number in range(most - 1):  # The first is AWS's own.
        policy = _create(organization, f"policy-{number}", kind)
        organization.attach_policy(PolicyId=policy, TargetId=enabled)
    policy = _create(organization, "one-more", kind)
    reason = _reason(organization.attach_policy, PolicyId=policy, TargetId=enabled)
    assert reason == "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"


def test_last_scp_of_a_target_cannot_be_detached(organization: Any, enabled: str) -> None:
    reason = _reason(organization.detach_policy, PolicyId="p-FullAWSAccess", TargetId=enabled)
    assert reason == "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    policy = _create(organization, "instead")
    organization.attach_policy(PolicyId=policy, TargetId=enabled)
    organization.detach_policy(PolicyId="p-FullAWSAccess", TargetId=enabled)
    code, _ = error_of(organization.detach_policy, PolicyId="p-FullAWSAccess", TargetId=enabled)
    assert code == "PolicyNotAttachedException"


def test_rcp_full_access_cannot_be_detached(organization: Any, enabled: str) -> None:
    policy = _create(organization, "more", RCP)
    organization.attach_policy(PolicyId=policy, TargetId=enabled)
    reason = _reason(organization.detach_policy, PolicyId="p-RCPFullAWSAccess", TargetId=enabled)
    assert reason == "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"


def test_deleted_unit_has_no_attachments(organization: Any, enabled: str) -> None:
    made = organization.create_organizational_unit(ParentId=enabled, Name="short")
    unit = made["OrganizationalUnit"]["Id"]
    policy = _create(organization, "attached")
    organization.attach_policy(PolicyId=policy, TargetId=unit)
    organization.delete_organizational_unit(OrganizationalUnitId=unit)
    assert organization.list_targets_for_policy(PolicyId=policy)["Targets"] == []
    organization.delete_policy(PolicyId=policy)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("BACKUP_POLICY", {"plans": {}}),
        ("DECLARATIVE_POLICY_EC2", {"ec2_attributes": {"vpc_block_public_access": {}}}),
        ("TAG_POLICY", {"tags": {}}),
    ],
)
def test_other_types(organization: Any, root: str, kind: str, content: dict[str, Any]) -> None:
    policy = _create(organization, "other", kind, json.dumps(content))
    found = organization.describe_policy(PolicyId=policy)["Policy"]["PolicySummary"]
    assert found["Type"] == kind
    assert f"/{kind.lower()}/" in found["Arn"]
    organization.enable_policy_type(RootId=root, PolicyType=kind)
    organization.attach_policy(PolicyId=policy, TargetId=root)
    listed = organization.list_policies_for_target(TargetId=root, Filter=kind)["Policies"]
    assert [each["Id"] for each in listed] == [policy]
