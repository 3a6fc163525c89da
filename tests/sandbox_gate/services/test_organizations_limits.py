"""Units, accounts and callers that Organizations refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landfall.organization_policies.delegation import of_types
from tests.sandbox_gate.conftest import (
    MANAGEMENT,
    Clients,
    create_account,
    creation,
    error_of,
    settle,
    start,
)


def _root(organization: Any) -> str:
    root: str = organization.list_roots()["Roots"][0]["Id"]
    return root


def _unit(organization: Any, parent: str, name: str) -> str:
    made = organization.create_organizational_unit(ParentId=parent, Name=name)
    unit: str = made["OrganizationalUnit"]["Id"]
    return unit


def _reason(call: Any, *args: Any, **params: Any) -> str:
    with pytest.raises(call.__self__.exceptions.ConstraintViolationException) as caught:
        call(*args, **params)
    reason: str = caught.value.response["Reason"]
    return reason


def test_unit_below_five_levels_is_refused(organization: Any) -> None:
    parent = _root(organization)
    for level in range(5):
        parent = _unit(organization, parent, f"level-{level}")
    reason = _reason(organization.create_organizational_unit, ParentId=parent, Name="level-5")
    assert reason == "OU_DEPTH_LIMIT_EXCEEDED"


def test_sibling_unit_with_the_same_name_is_refused(organization: Any) -> None:
    root = _root(organization)
    first = _unit(organization, root, "Workloads")
    code, _ = error_of(organization.create_organizational_unit, ParentId=root, Name="Workloads")
    assert code == "DuplicateOrganizationalUnitException"
    inner = _unit(organization, first, "Workloads")
    second = _unit(organization, root, "Sandbox")
    rename = organization.update_organizational_unit
    code, _ = error_of(rename, OrganizationalUnitId=second, Name="Workloads")
    assert code == "DuplicateOrganizationalUnitException"
    assert rename(OrganizationalUnitId=inner, Name="Sandbox")["OrganizationalUnit"]


def test_missing_parent_is_refused(organization: Any) -> None:
    code, _ = error_of(
        organization.create_organizational_unit, ParentId="ou-abcd-12345678", Name="x"
    )
    assert code == "ParentNotFoundException"


def test_unit_with_children_cannot_be_deleted(organization: Any, member: str) -> None:
    root = _root(organization)
    unit = _unit(organization, root, "Workloads")
    inner = _unit(organization, unit, "Dev")
    delete = organization.delete_organizational_unit
    assert error_of(delete, OrganizationalUnitId=unit)[0] == "OrganizationalUnitNotEmptyException"
    organization.move_account(AccountId=member, SourceParentId=root, DestinationParentId=inner)
    assert error_of(delete, OrganizationalUnitId=inner)[0] == "OrganizationalUnitNotEmptyException"
    organization.move_account(AccountId=member, SourceParentId=inner, DestinationParentId=root)
    delete(OrganizationalUnitId=inner)
    delete(OrganizationalUnitId=unit)
    assert error_of(delete, OrganizationalUnitId=unit)[0] == "OrganizationalUnitNotFoundException"


def test_move_of_an_account_from_a_wrong_parent_is_refused(organization: Any, member: str) -> None:
    root = _root(organization)
    unit = _unit(organization, root, "Workloads")
    move = organization.move_account
    wrong = {"AccountId": member, "SourceParentId": unit, "DestinationParentId": root}
    assert error_of(move, **wrong)[0] == "SourceParentNotFoundException"
    nowhere = {
        "AccountId": member,
        "SourceParentId": root,
        "DestinationParentId": "ou-abcd-12345678",
    }
    assert error_of(move, **nowhere)[0] == "DestinationParentNotFoundException"
    same = {"AccountId": member, "SourceParentId": root, "DestinationParentId": root}
    assert error_of(move, **same)[0] == "DuplicateAccountException"


def test_creating_an_account_takes_time(organization: Any) -> None:
    request = organization.create_account(Email="a@example.com", AccountName="a")
    assert request["CreateAccountStatus"]["State"] == "IN_PROGRESS"
    assert "AccountId" not in request["CreateAccountStatus"]
    assert [account["Id"] for account in organization.list_accounts()["Accounts"]] == [MANAGEMENT]
    assert creation(organization, request)["State"] == "SUCCEEDED"
    listed = organization.list_create_account_status(States=["SUCCEEDED"])
    assert [each["AccountName"] for each in listed["CreateAccountStatuses"]] == ["a"]


def test_a_new_account_has_its_access_role(aws: Clients, organization: Any) -> None:
    account = create_account(organization, "a")
    iam = aws("iam", account=account)
    attached = iam.list_attached_role_policies(RoleName="OrganizationAccountAccessRole")
    assert [each["PolicyName"] for each in attached["AttachedPolicies"]] == ["AdministratorAccess"]
    named = create_account(organization, "b", RoleName="Entry")
    arn = f"arn:aws:iam::{named}:role/Entry"
    assert aws("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]


def test_account_with_an_email_in_use_fails(organization: Any) -> None:
    first = organization.create_account(Email="same@example.com", AccountName="a")
    second = organization.create_account(Email="Same@example.com", AccountName="b")
    statuses = [creation(organization, each) for each in (first, second)]
    assert sorted(status["State"] for status in statuses) == ["FAILED", "SUCCEEDED"]
    failed = next(status for status in statuses if status["State"] == "FAILED")
    assert failed["FailureReason"] == "EMAIL_ALREADY_EXISTS"
    assert len(organization.list_accounts()["Accounts"]) == 2


def test_concurrent_request_for_the_same_account_fails(organization: Any) -> None:
    first, second = (
        organization.create_account(Email="One@example.com", AccountName="one") for _ in range(2)
    )
    states = [creation(organization, each) for each in (first, second)]
    assert [state["State"] for state in states] == ["SUCCEEDED", "FAILED"]
    assert states[1]["FailureReason"] == "CONCURRENT_ACCOUNT_MODIFICATION"
    emails = [account["Email"] for account in organization.list_accounts()["Accounts"]]
    assert emails.count("One@example.com") == 1


def test_five_creations_at_once(organization: Any) -> None:
    requests = [
        organization.create_account(Email=f"a{number}@example.com", AccountName=f"a{number}")
        for number in range(5)
    ]
    code, _ = error_of(organization.create_account, Email="a5@example.com", AccountName="a5")
    assert code == "TooManyRequestsException"
    assert {creation(organization, each)["State"] for each in requests} == {"SUCCEEDED"}
    assert organization.create_account(Email="a5@example.com", AccountName="a5")


def test_the_number_of_accounts_is_a_quota(tmp_path: Path) -> None:
    process, sandbox = start(tmp_path / "log", "--quota", "organizations.accounts=2")
    try:
        organization = sandbox.client("organizations")
        organization.create_organization(FeatureSet="ALL")
        create_account(organization, "a")
        reason = _reason(organization.create_account, Email="b@example.com", AccountName="b")
        assert reason == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"
    finally:
        process.terminate()
        process.wait(timeout=60)


def _state(organization: Any, account: str) -> tuple[str, str]:
    described = organization.describe_account(AccountId=account)["Account"]
    return described["State"], described["Status"]


def test_closing_an_account(organization: Any, member: str) -> None:
    reason = _reason(organization.close_account, AccountId=MANAGEMENT)
    assert reason == "CANNOT_CLOSE_MANAGEMENT_ACCOUNT"
    organization.close_account(AccountId=member)
    assert _state(organization, member) == ("PENDING_CLOSURE", "PENDING_CLOSURE")
    settle(organization)
    assert _state(organization, member) == ("CLOSED", "SUSPENDED")
    code, _ = error_of(organization.close_account, AccountId=member)
    assert code == "AccountAlreadyClosedException"
    assert error_of(organization.delete_organization)[0] == "OrganizationNotEmptyException"


def test_three_closures_at_once(organization: Any) -> None:
    accounts = [create_account(organization, f"a{number}") for number in range(4)]
    for account in accounts[:3]:
        organization.close_account(AccountId=account)
    reason = _reason(organization.close_account, AccountId=accounts[3])
    assert reason == "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"


def test_the_closures_of_a_month_are_a_quota(tmp_path: Path) -> None:
    process, sandbox = start(tmp_path / "log", "--quota", "organizations.closures=1")
    try:
        organization = sandbox.client("organizations")
        organization.create_organization(FeatureSet="ALL")
        first, second = (create_account(organization, name) for name in ("a", "b"))
        organization.close_account(AccountId=first)
        reason = _reason(organization.close_account, AccountId=second)
        assert reason == "CLOSE_ACCOUNT_QUOTA_EXCEEDED"
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_new_account_cannot_leave(organization: Any, member: str) -> None:
    reason = _reason(organization.remove_account_from_organization, AccountId=member)
    assert reason == "WAIT_PERIOD_ACTIVE"
    code, _ = error_of(organization.remove_account_from_organization, AccountId=MANAGEMENT)
    assert code == "MasterCannotLeaveOrganizationException"


def test_organization_with_accounts_cannot_be_deleted(organization: Any, member: str) -> None:
    assert error_of(organization.delete_organization)[0] == "OrganizationNotEmptyException"


def test_member_accounts_have_only_read_access(
    aws: Clients, organization: Any, member: str
) -> None:
    mine = aws("organizations", account=member)
    assert mine.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    code, _ = error_of(mine.create_account, Email="x@example.com", AccountName="x")
    assert code == "AccessDeniedException"


def test_without_an_organization(aws: Clients) -> None:
    client = aws("organizations")
    assert error_of(client.list_roots)[0] == "AWSOrganizationsNotInUseException"
    code, _ = error_of(client.create_account, Email="x@example.com", AccountName="x")
    assert code == "AWSOrganizationsNotInUseException"


@pytest.mark.parametrize(
    "service", ["sso.amazonaws.com", "cloudtrail.amazonaws.com", "securityhub.amazonaws.com"]
)
def test_delegation_needs_trusted_access(organization: Any, member: str, service: str) -> None:
    delegate = {"AccountId": member, "ServicePrincipal": service}
    reason = _reason(organization.register_delegated_administrator, **delegate)
    assert reason == "SERVICE_ACCESS_NOT_ENABLED"
    organization.enable_aws_service_access(ServicePrincipal=service)
    organization.register_delegated_administrator(**delegate)
    found = organization.list_delegated_administrators(ServicePrincipal=service)
    assert [each["Id"] for each in found["DelegatedAdministrators"]] == [member]


def test_the_resource_policy(organization: Any) -> None:
    code, _ = error_of(organization.describe_resource_policy)
    assert code == "ResourcePolicyNotFoundException"
    assert (
        error_of(organization.put_resource_policy, Content="no json")[0]
        == "MalformedPolicyDocumentException"
    )
    organization.put_resource_policy(Content='{"Version": "2012-10-17", "Statement": []}')
    found = organization.describe_resource_policy()["ResourcePolicy"]
    assert found["ResourcePolicySummary"]["Id"].startswith("rp-")
    organization.delete_resource_policy()
    code, _ = error_of(organization.delete_resource_policy)
    assert code == "ResourcePolicyNotFoundException"


def test_resource_policy_delegates_policies_of_one_type(
    aws: Clients, organization: Any, member: str
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies_example_consolidate_permissions.html"""
    (root,) = organization.list_roots()["Roots"]
    organization.enable_policy_type(RootId=root["Id"], PolicyType="TAG_POLICY")
    organization.enable_policy_type(RootId=root["Id"], PolicyType="BACKUP_POLICY")
    theirs = aws("organizations", account=member)
    tags = {"Name": "tags", "Description": "", "Type": "TAG_POLICY", "Content": '{"tags": {}}'}
    backups = {"Name": "b", "Description": "", "Type": "BACKUP_POLICY", "Content": '{"plans": {}}'}
    assert error_of(theirs.create_policy, **tags)[0] == "AccessDeniedException"
    assert error_of(theirs.list_roots)[0] == "AccessDeniedException"
    described = organization.describe_organization()["Organization"]
    statements = of_types("aws", {"TAG_POLICY": [member]}, MANAGEMENT, described["Id"], root["Id"])
    content = json.dumps({"Version": "2012-10-17", "Statement": statements})
    organization.put_resource_policy(Content=content)
    assert theirs.list_roots()["Roots"][0]["Id"] == root["Id"]
    identity = theirs.create_policy(**tags)["Policy"]["PolicySummary"]["Id"]
    theirs.attach_policy(PolicyId=identity, TargetId=root["Id"])
    theirs.attach_policy(PolicyId=identity, TargetId=member)
    (found,) = organization.list_policies(Filter="TAG_POLICY")["Policies"]
    assert found["Id"] == identity
    assert error_of(theirs.create_policy, **backups)[0] == "AccessDeniedException"
    other = organization.create_policy(**backups)["Policy"]["PolicySummary"]["Id"]
    attach = theirs.attach_policy
    assert error_of(attach, PolicyId=other, TargetId=member)[0] == "AccessDeniedException"
    assert error_of(theirs.create_organizational_unit, ParentId=root["Id"], Name="a")[0] == (
        "AccessDeniedException"
    )


def test_delegated_administrator_of_a_service_reads_the_organization(
    aws: Clients, organization: Any, member: str
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html"""
    theirs = aws("organizations", account=member)
    assert error_of(theirs.list_accounts)[0] == "AccessDeniedException"
    service = {"ServicePrincipal": "sso.amazonaws.com"}
    organization.enable_aws_service_access(**service)
    organization.register_delegated_administrator(AccountId=member, **service)
    assert {each["Id"] for each in theirs.list_accounts()["Accounts"]} == {MANAGEMENT, member}
    refused = error_of(theirs.enable_aws_service_access, **service)
    assert refused[0] == "AccessDeniedException"


def test_account_ids_after_a_restart_are_the_same(tmp_path: Path) -> None:
    def ids(folder: str) -> list[str]:
        (tmp_path / folder).mkdir()
        process, sandbox = start(tmp_path / folder / "server.log")
        try:
            organizations = sandbox.client("organizations")
            organizations.create_organization(FeatureSet="ALL")
            first = create_account(organizations, "first")
            second = create_account(organizations, "second")
            namesake = create_account(
                organizations, "third", AccountName="first", Email="third@example.com"
            )
        finally:
            process.terminate()
            process.wait(timeout=60)
        return [first, second, namesake]

    before = ids("before")
    assert len(set(before)) == 3
    assert all(len(each) == 12 and each.isdigit() for each in before)
    assert ids("after") == before


def test_role_and_services_of_a_new_account_cannot_be_used_at_once(
    aws: Clients, organization: Any
) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/15654"""
    request = organization.create_account(Email="young@example.com", AccountName="young")
    settle(organization)
    status = organization.describe_create_account_status(
        CreateAccountRequestId=request["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    wanted = {
        "RoleArn": f"arn:aws:iam::{status['AccountId']}:role/OrganizationAccountAccessRole",
        "RoleSessionName": "test",
    }
    assert error_of(aws("sts").assume_role, **wanted)[0] == "AccessDenied"
    settle(organization)
    assert aws("sts").assume_role(**wanted)["Credentials"]["AccessKeyId"]
    regions = aws("ec2", account=status["AccountId"]).describe_regions
    stacks = aws("cloudformation", account=status["AccountId"]).list_stacks
    assert error_of(regions)[0] == "OptInRequired"
    assert error_of(stacks)[0] == "SubscriptionRequiredException"
    assert aws("iam", account=status["AccountId"]).list_roles()["Roles"]
    assert aws("ec2").describe_regions()["Regions"]
    settle(organization)
    assert regions()["Regions"]
    assert stacks()["StackSummaries"] == []
