"""Calls judged by service and resource control policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.statements import Context
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, create_account, error_of
from tests.sandbox_gate.judging.callers import ADMINISTRATOR, Roles, document

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
FULL = "p-FullAWSAccess"


def _attach(organization: Any, target: str, kind: str, *statements: dict[str, Any]) -> str:
    """Attach a new policy; return its id."""
    types = {each["Type"] for each in organization.list_roots()["Roots"][0]["PolicyTypes"]}
    if kind not in types:
        root = organization.list_roots()["Roots"][0]["Id"]
        organization.enable_policy_type(RootId=root, PolicyType=kind)
    content = json.loads(document(*statements))
    for each in content["Statement"]:
        if "NotAction" in each:
            del each["Action"]
    if kind == RCP:
        content["Statement"] = [{"Principal": "*"} | each for each in content["Statement"]]
    made = organization.create_policy(
        Name=f"{kind}-{target}", Description="", Type=kind, Content=json.dumps(content)
    )["Policy"]["PolicySummary"]
    organization.attach_policy(PolicyId=made["Id"], TargetId=target)
    policy: str = made["Id"]
    return policy


@pytest.fixture
def admin(sandbox: Sandbox, member: str) -> Roles:
    """A member account with an administrator's role `admin`."""
    roles = Roles(sandbox, member)
    roles.create("admin")
    roles.iam.attach_role_policy(RoleName="admin", PolicyArn=ADMINISTRATOR)
    return roles


def test_regions_guardrail_leaves_global_services_open_in_other_regions(
    admin: Roles, organization: Any
) -> None:
    """The guardrail of the catalogue, against calls whose region the stack does not use."""
    written = CATALOGUE["restrict-regions"].statements
    assert written is not None
    (statement,) = written(Context("aws", ("eu-west-1",), ("Provisioner",)))
    _attach(organization, admin.account, SCP, statement)
    for service, call in (
        ("ec2", "describe_regions"),
        ("ec2", "describe_transit_gateways"),
        ("chatbot", "describe_slack_channel_configurations"),
        ("budgets", "describe_budgets"),
        ("iam", "list_roles"),
        ("route53", "list_hosted_zones"),
        ("s3", "list_buckets"),
        ("sts", "get_caller_identity"),
    ):
        client = admin.client("admin", service, region="eu-west-3")
        given = {"AccountId": admin.account} if service == "budgets" else {}
        assert getattr(client, call)(**given), f"{service}:{call}"
    for service, call in (("ec2", "describe_vpcs"), ("sqs", "list_queues"), ("kms", "list_keys")):
        refused = getattr(admin.client("admin", service, region="eu-west-3"), call)
        assert "service control policy" in error_of(refused)[1]
        assert getattr(admin.client("admin", service), call)()


def test_deny_all_scp_refuses_an_administrator_until_it_is_detached(
    admin: Roles, organization: Any
) -> None:
    pipelines = admin.client("admin", "codepipeline")
    assert pipelines.list_pipelines()
    policy = _attach(organization, admin.account, SCP, {"Effect": "Deny"})
    code, message = error_of(pipelines.list_pipelines)
    assert code == "AccessDeniedException"
    arn = organization.describe_policy(PolicyId=policy)["Policy"]["PolicySummary"]["Arn"]
    assert message == (
        f"User: {admin.session('admin')} is not authorized to perform: "
        "codepipeline:ListPipelines on resource: * with an explicit deny in a service control "
        f"policy: {arn}"
    )
    organization.detach_policy(PolicyId=policy, TargetId=admin.account)
    assert pipelines.list_pipelines()


def test_changed_scp_is_judged_as_it_is_now(admin: Roles, organization: Any) -> None:
    keys = admin.client("admin", "kms")
    policy = _attach(organization, admin.account, SCP, {"Effect": "Deny", "Action": "sns:*"})
    assert keys.list_keys()
    organization.update_policy(
        PolicyId=policy, Content=document({"Effect": "Deny", "Action": "kms:*"})
    )
    assert "explicit deny in a service control policy" in error_of(keys.list_keys)[1]


def test_scp_of_a_unit_applies_to_the_accounts_in_it(admin: Roles, organization: Any) -> None:
    root = organization.list_roots()["Roots"][0]["Id"]
    unit = organization.create_organizational_unit(ParentId=root, Name="Suspended")[
        "OrganizationalUnit"
    ]["Id"]
    _attach(organization, unit, SCP, {"Effect": "Deny"})
    keys = admin.client("admin", "kms")
    assert keys.list_keys()
    organization.move_account(
        AccountId=admin.account, SourceParentId=root, DestinationParentId=unit
    )
    assert "explicit deny" in error_of(keys.list_keys)[1]


def test_level_without_an_allowing_scp_refuses(admin: Roles, organization: Any) -> None:
    keys, topics = admin.client("admin", "kms"), admin.client("admin", "sns")
    _attach(organization, admin.account, SCP, {"Action": "sns:*"})
    assert keys.list_keys()
    organization.detach_policy(PolicyId=FULL, TargetId=admin.account)
    assert error_of(keys.list_keys)[1].endswith(
        "because no service control policy allows the kms:ListKeys action"
    )
    assert topics.list_topics()


def test_management_account_is_exempt_from_scps(organization: Any, aws: Clients) -> None:
    root = organization.list_roots()["Roots"][0]["Id"]
    _attach(organization, root, SCP, {"Effect": "Deny"})
    assert aws("kms").list_keys()


def test_account_outside_the_unit_is_not_concerned(
    admin: Roles, organization: Any, aws: Clients
) -> None:
    other = create_account(organization, "second")
    _attach(organization, admin.account, SCP, {"Effect": "Deny"})
    assert aws("kms", account=other).list_keys()


def test_rcp_perimeter_refuses_callers_outside_the_organization(
    sandbox: Sandbox, admin: Roles, organization: Any, aws: Clients
) -> None:
    bucket = {"Bucket": "shared-bucket"}
    aws("s3", account=admin.account, region="us-east-1").create_bucket(**bucket)
    reading = {
        "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::shared-bucket",
    }
    aws("s3", account=admin.account).put_bucket_policy(**bucket, Policy=document(reading))
    readers = Roles(sandbox)
    readers.create("reader", {"Action": "s3:ListBucket"})
    reader = readers.client("reader", "s3", region="us-east-1")
    assert reader.list_objects_v2(**bucket)["KeyCount"] == 0
    outside = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-another0000"}}
    policy = _attach(
        organization,
        admin.account,
        RCP,
        {"Effect": "Deny", "Action": "s3:*", "Condition": outside},
    )
    code, message = error_of(reader.list_objects_v2, **bucket)
    assert code == "AccessDenied"
    assert "with an explicit deny in a resource control policy: arn:aws:organizations" in message
    own = organization.describe_organization()["Organization"]["Id"]
    changed = json.loads(document({"Effect": "Deny", "Action": "s3:*", "Principal": "*"}))
    condition = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": own}}
    changed["Statement"][0]["Condition"] = condition
    organization.update_policy(PolicyId=policy, Content=json.dumps(changed))
    assert reader.list_objects_v2(**bucket)["KeyCount"] == 0
