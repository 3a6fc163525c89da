"""Macie, Inspector, Detective and Firewall Manager of an organization, as AWS documents them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.sandbox.services.config.additions_conformance_templates import rules_of
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, create_account, error_of

NOBODY = "999999999999"
HOME = "eu-west-1"


@pytest.fixture
def audit(organization: Any) -> str:
    """The account that administers the services."""
    return create_account(organization, "audit")


def delegated(organization: Any, account: str) -> list[str]:
    found = organization.list_delegated_services_for_account(AccountId=account)
    return [each["ServicePrincipal"] for each in found["DelegatedServices"]]


def test_macie_is_delegated_by_the_management_account_only(
    aws: Clients, organization: Any, audit: str, member: str
) -> None:
    enable = aws("macie2").enable_organization_admin_account
    assert error_of(enable, adminAccountId=NOBODY)[0] == "ConflictException"
    theirs = aws("macie2", account=member).enable_organization_admin_account
    assert error_of(theirs, adminAccountId=member)[0] == "AccessDeniedException"
    session = aws("macie2", account=audit).get_macie_session
    assert error_of(session) == ("AccessDeniedException", "Macie is not enabled")
    enable(adminAccountId=audit)
    assert session()["status"] == "ENABLED"
    assert delegated(organization, audit) == ["macie.amazonaws.com"]
    assert error_of(enable, adminAccountId=member)[0] == "ConflictException"
    # Its administrator is one account in all regions, enabled in each.
    other = aws("macie2", region="us-east-1")
    assert other.list_organization_admin_accounts()["adminAccounts"] == []
    assert error_of(other.enable_organization_admin_account, adminAccountId=member)[0] == (
        "ConflictException"
    )


def test_macie_enables_itself_in_members_but_not_in_the_management_account(
    aws: Clients, audit: str, member: str
) -> None:
    aws("macie2").enable_organization_admin_account(adminAccountId=audit)
    client = aws("macie2", account=audit)
    create = client.create_member
    create(account={"accountId": member, "email": "member@example.com"})
    assert aws("macie2", account=member).get_macie_session()["status"] == "ENABLED"
    found = client.get_member(id=member)
    assert (found["relationshipStatus"], found["administratorAccountId"]) == ("Enabled", audit)
    again = {"accountId": member, "email": "member@example.com"}
    assert error_of(create, account=again)[0] == "ConflictException"
    managing = {"accountId": MANAGEMENT, "email": "management@example.com"}
    assert error_of(create, account=managing)[0] == "ValidationException"
    aws("macie2").enable_macie()
    create(account=managing)
    assert error_of(create, account={"accountId": NOBODY, "email": "a@example.com"})[0] == (
        "ValidationException"
    )
    assert error_of(aws("macie2").disable_macie)[0] == "ConflictException"
    assert error_of(client.delete_member, id=member)[0] == "ConflictException"
    client.disassociate_member(id=member)
    client.delete_member(id=member)
    assert error_of(client.get_member, id=member)[0] == "ResourceNotFoundException"


def test_macie_is_enabled_once(aws: Clients, member: str) -> None:
    client = aws("macie2", account=member)
    client.enable_macie(findingPublishingFrequency="ONE_HOUR")
    assert error_of(client.enable_macie)[0] == "ConflictException"
    client.update_macie_session(findingPublishingFrequency="SIX_HOURS")
    assert client.get_macie_session()["findingPublishingFrequency"] == "SIX_HOURS"
    client.disable_macie()
    assert error_of(client.get_macie_session)[0] == "AccessDeniedException"


def test_inspector_scans_members_of_its_administrator_only(
    aws: Clients, organization: Any, audit: str, member: str
) -> None:
    client = aws("inspector2", account=audit)
    assert error_of(client.associate_member, accountId=member)[0] == "AccessDeniedException"
    aws("inspector2").enable_delegated_admin_account(delegatedAdminAccountId=audit)
    assert delegated(organization, audit) == ["inspector2.amazonaws.com"]
    scans = {"accountIds": [member], "resourceTypes": ["EC2"]}
    (failed,) = client.enable(**scans)["failedAccounts"]
    assert failed["errorCode"] == "ACCESS_DENIED"
    assert error_of(client.associate_member, accountId=audit)[0] == "ValidationException"
    assert error_of(client.associate_member, accountId=NOBODY)[0] == "ValidationException"
    client.associate_member(accountId=member)
    assert client.get_member(accountId=member)["member"]["relationshipStatus"] == "ENABLED"
    client.enable(**scans)
    (status,) = client.batch_get_account_status(accountIds=[member])["accounts"]
    states = {name: state["status"] for name, state in status["resourceState"].items()}
    assert (states["ec2"], states["ecr"]) == ("ENABLED", "DISABLED")
    own = aws("inspector2", account=member).batch_get_account_status()["accounts"]
    assert own[0]["state"]["status"] == "ENABLED"
    code = {"accountIds": [member], "resourceTypes": ["LAMBDA_CODE"]}
    assert error_of(client.enable, **code)[0] == "ValidationException"


def test_detective_has_one_graph_and_members_of_the_organization(
    aws: Clients, organization: Any, audit: str, member: str
) -> None:
    client = aws("detective", account=audit)
    graph = client.create_graph()["GraphArn"]
    assert error_of(client.create_graph)[0] == "ConflictException"
    accounts = [{"AccountId": member, "EmailAddress": "member@example.com"}]
    create = client.create_members
    assert error_of(create, GraphArn=graph, Accounts=accounts)[0] == "AccessDeniedException"
    aws("detective").enable_organization_admin_account(AccountId=audit)
    assert delegated(organization, audit) == ["detective.amazonaws.com"]
    (held,) = aws("detective").list_organization_admin_accounts()["Administrators"]
    assert (held["AccountId"], held["GraphArn"]) == (audit, graph)
    assert create(GraphArn=graph, Accounts=accounts)["Members"][0]["Status"] == "ENABLED"
    (again,) = create(GraphArn=graph, Accounts=accounts)["UnprocessedAccounts"]
    assert "already" in again["Reason"]
    stranger = [{"AccountId": NOBODY, "EmailAddress": "a@example.com"}]
    assert create(GraphArn=graph, Accounts=stranger)["UnprocessedAccounts"]
    (found,) = client.get_members(GraphArn=graph, AccountIds=[member])["MemberDetails"]
    assert (found["AdministratorId"], found["InvitationType"]) == (audit, "ORGANIZATION")


def test_firewall_manager_has_one_administrator_in_one_region(
    aws: Clients, organization: Any, audit: str, member: str
) -> None:
    elsewhere = aws("fms").associate_admin_account
    assert error_of(elsewhere, AdminAccount=audit)[0] == "InvalidOperationException"
    client = aws("fms", region="us-east-1")
    assert error_of(client.get_admin_account)[0] == "ResourceNotFoundException"
    assert error_of(client.associate_admin_account, AdminAccount=MANAGEMENT)[0] == (
        "InvalidInputException"
    )
    client.associate_admin_account(AdminAccount=audit)
    found = client.get_admin_account()
    assert (found["AdminAccount"], found["RoleStatus"]) == (audit, "READY")
    assert delegated(organization, audit) == ["fms.amazonaws.com"]
    assert error_of(client.associate_admin_account, AdminAccount=member)[0] == (
        "InvalidInputException"
    )


def test_features_of_members_are_set_by_the_administrator(
    aws: Clients, organization: Any, audit: str, member: str
) -> None:
    aws("guardduty").enable_organization_admin_account(AdminAccountId=audit)
    client = aws("guardduty", account=audit)
    (detector,) = client.list_detectors()["DetectorIds"]
    features = [{"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"}]
    wanted = {"DetectorId": detector, "AccountIds": [member, MANAGEMENT], "Features": features}
    # The management account has not enabled GuardDuty.
    (left,) = client.update_member_detectors(**wanted)["UnprocessedAccounts"]
    assert left["AccountId"] == MANAGEMENT
    more = {**wanted, "Features": [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}]}
    client.update_member_detectors(**more)
    (found,) = client.get_member_detectors(DetectorId=detector, AccountIds=[member])[
        "MemberDataSourceConfigurations"
    ]
    assert {each["Name"]: each["Status"] for each in found["Features"]} == {
        "RDS_LOGIN_EVENTS": "ENABLED",
        "S3_DATA_EVENTS": "DISABLED",
    }
    theirs = aws("guardduty", account=member)
    (own,) = theirs.list_detectors()["DetectorIds"]
    assert len(theirs.get_detector(DetectorId=own)["Features"]) == 2
    asked = {"DetectorId": own, "AccountIds": [audit]}
    assert error_of(theirs.get_member_detectors, **asked)[0] == "BadRequestException"


def rule(name: str = "own", **source: Any) -> dict[str, Any]:
    properties = {"ConfigRuleName": name, "Source": source}
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}


CHANGES = [{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}]
GUARD = {
    "Owner": "CUSTOM_POLICY",
    "SourceDetails": CHANGES,
    "CustomPolicyDetails": {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule a {}"},
}
REPAIR = {"ConfigRuleName": "own", "TargetId": "AWS-X", "TargetType": "SSM_DOCUMENT"}


def remediation(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Config::RemediationConfiguration", "Properties": properties}


def judged(**resources: Any) -> list[str] | str:
    return rules_of(json.dumps({"Resources": resources}))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({**GUARD, "Owner": "ME"}, "must satisfy enum value set"),
        ({**GUARD, "SourceDetails": []}, "SourceDetails should be present"),
        ({**GUARD, "CustomPolicyDetails": {}}, "PolicyRuntime"),
        ({**GUARD, "SourceIdentifier": "a"}, "SourceIdentifier is not supported"),
        (
            {"Owner": "CUSTOM_LAMBDA", "SourceDetails": CHANGES, "SourceIdentifier": "f"},
            "is not a function's ARN",
        ),
    ],
)
def test_invalid_custom_rule_is_refused(source: dict[str, Any], why: str) -> None:
    assert why in judged(Own=rule(**source))


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({**REPAIR, "TargetId": ""}, "TargetId is required"),
        ({**REPAIR, "ConfigRuleName": "other"}, "is not in the template"),
        ({**REPAIR, "Automatic": True}, "AutomationAssumeRole is required"),
        ({**REPAIR, "Parameters": {"A": {}}}, "either StaticValue or ResourceValue"),
    ],
)
def test_invalid_remediation_is_refused(properties: dict[str, Any], why: str) -> None:
    assert why in judged(Own=rule(**GUARD), Repair=remediation(**properties))


def test_custom_rule_with_remediation_is_taken() -> None:
    assert judged(Own=rule(**GUARD), Repair=remediation(**REPAIR)) == ["own"]
