"""APIs of an account's baseline that the emulator lacks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, create_account, error_of, settle

TAGS = [{"Key": "team", "Value": "orders"}]


def test_analyzers(aws: Clients, organization: Any, member: str) -> None:
    client = aws("accessanalyzer")
    arn = client.create_analyzer(analyzerName="own", type="ACCOUNT", tags={"a": "b"})["arn"]
    found = client.get_analyzer(analyzerName="own")["analyzer"]
    assert (found["status"], found["tags"]) == ("ACTIVE", {"a": "b"})
    client.tag_resource(resourceArn=arn, tags={"c": "d"})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b", "c": "d"}
    create = client.create_analyzer
    assert error_of(create, analyzerName="own", type="ACCOUNT")[0] == "ConflictException"
    code, _ = error_of(create, analyzerName="two", type="ACCOUNT")
    assert code == "ServiceQuotaExceededException"
    create(analyzerName="all", type="ORGANIZATION")
    theirs = aws("accessanalyzer", account=member)
    wrong = {"analyzerName": "all", "type": "ORGANIZATION"}
    assert error_of(theirs.create_analyzer, **wrong)[0] == "ValidationException"
    organization.enable_aws_service_access(ServicePrincipal="access-analyzer.amazonaws.com")
    organization.register_delegated_administrator(
        AccountId=member, ServicePrincipal="access-analyzer.amazonaws.com"
    )
    assert theirs.create_analyzer(**wrong)["arn"]
    rule = {"analyzerName": "own", "ruleName": "known"}
    client.create_archive_rule(**rule, filter={"resource": {"eq": ["x"]}})
    assert client.get_archive_rule(**rule)["archiveRule"]["filter"] == {"resource": {"eq": ["x"]}}
    client.delete_archive_rule(**rule)
    assert error_of(client.get_archive_rule, **rule)[0] == "ResourceNotFoundException"
    client.delete_analyzer(analyzerName="own")
    assert [each["name"] for each in client.list_analyzers()["analyzers"]] == ["all"]


CONTACT = {
    "AlternateContactType": "SECURITY",
    "Name": "Security Team",
    "Title": "Security",
    "EmailAddress": "security@example.com",
    "PhoneNumber": "+49 30 1234567",
}


def test_contacts_and_names_of_members_need_trusted_access(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("account", region="us-east-1")
    code, said = error_of(client.put_alternate_contact, AccountId=member, **CONTACT)
    assert (code, "trusted access" in said) == ("AccessDeniedException", True)
    organization.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    client.put_alternate_contact(AccountId=member, **CONTACT)
    kind = {"AlternateContactType": "SECURITY"}
    found = client.get_alternate_contact(AccountId=member, **kind)["AlternateContact"]
    assert found == CONTACT
    own = aws("account", account=member, region="us-east-1")
    assert own.get_alternate_contact(**kind)["AlternateContact"] == CONTACT
    assert error_of(client.get_alternate_contact, **kind)[0] == "ResourceNotFoundException"
    client.delete_alternate_contact(AccountId=member, **kind)
    code, _ = error_of(client.delete_alternate_contact, AccountId=member, **kind)
    assert code == "ResourceNotFoundException"

    client.put_account_name(AccountId=member, AccountName="renamed")
    described = organization.describe_account(AccountId=member)["Account"]
    assert described["Name"] == "renamed"
    assert own.get_account_information()["AccountName"] == "renamed"
    code, _ = error_of(client.put_account_name, AccountId=member, AccountName="a<b")
    assert code == "ValidationException"


def test_account_name_can_be_set_only_by_authorized_accounts(
    aws: Clients, organization: Any, member: str
) -> None:
    organization.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    client = aws("account", region="us-east-1")
    own = aws("account", account=member, region="us-east-1")
    for caller, named, why in (
        (client, MANAGEMENT, "standalone context"),
        (client, "999999999999", "isn't a member"),
        (own, MANAGEMENT, "Only the management account"),
    ):
        code, said = error_of(caller.put_account_name, AccountId=named, AccountName="x")
        assert (code, why in said) == ("AccessDeniedException", True)
    client.put_account_name(AccountName="the top")
    assert client.get_account_information()["AccountName"] == "the top"
    organization.register_delegated_administrator(
        AccountId=member, ServicePrincipal="account.amazonaws.com"
    )
    other = create_account(organization, "other")
    own.put_account_name(AccountId=other, AccountName="by its delegate")
    assert organization.describe_account(AccountId=other)["Account"]["Name"] == "by its delegate"


def test_the_block_of_public_buckets_in_a_whole_account(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("s3control", account=member)
    code, _ = error_of(client.get_public_access_block, AccountId=member)
    assert code == "NoSuchPublicAccessBlockConfiguration"
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    client.put_public_access_block(AccountId=member, PublicAccessBlockConfiguration=block)
    found = client.get_public_access_block(AccountId=member)
    assert found["PublicAccessBlockConfiguration"] == block
    client.delete_public_access_block(AccountId=member)
    code, _ = error_of(client.get_public_access_block, AccountId=member)
    assert code == "NoSuchPublicAccessBlockConfiguration"
    code, _ = error_of(
        client.put_public_access_block, AccountId=MANAGEMENT, PublicAccessBlockConfiguration=block
    )
    assert code == "AccessDenied"


def test_the_default_key_of_volumes(aws: Clients) -> None:
    client = aws("ec2")
    assert client.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    key = f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/abc"
    assert client.modify_ebs_default_kms_key_id(KmsKeyId="abc")["KmsKeyId"] == key
    assert client.get_ebs_default_kms_key_id()["KmsKeyId"] == key
    other = aws("ec2", region="us-east-1")
    assert other.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    client.reset_ebs_default_kms_key_id()
    assert client.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


def test_public_snapshots_and_images(aws: Clients) -> None:
    client = aws("ec2")
    client.enable_snapshot_block_public_access(State="block-all-sharing")
    assert client.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
    client.disable_snapshot_block_public_access()
    assert client.get_snapshot_block_public_access_state()["State"] == "unblocked"
    client.disable_image_block_public_access()
    state = client.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
    assert state == "unblocked"


def test_instance_metadata_defaults(aws: Clients) -> None:
    client = aws("ec2")
    client.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    level = client.get_instance_metadata_defaults()["AccountLevel"]
    assert (level["HttpTokens"], level["HttpPutResponseHopLimit"]) == ("required", 2)
    client.modify_instance_metadata_defaults(HttpTokens="no-preference")
    assert "HttpTokens" not in client.get_instance_metadata_defaults()["AccountLevel"]


@pytest.mark.parametrize("by_arn", [False, True])
def test_service_settings(aws: Clients, by_arn: bool) -> None:
    client = aws("ssm")
    setting = "/ssm/documents/console/public-sharing-permission"
    name = f"arn:aws:ssm:eu-west-1:{MANAGEMENT}:servicesetting{setting}" if by_arn else setting
    assert client.get_service_setting(SettingId=name)["ServiceSetting"]["Status"] == "Default"
    client.update_service_setting(SettingId=name, SettingValue="Disable")
    found = client.get_service_setting(SettingId=name)["ServiceSetting"]
    assert (found["SettingId"], found["SettingValue"]) == (setting, "Disable")
    assert found["Status"] == "Customized"
    client.reset_service_setting(SettingId=name)
    assert client.get_service_setting(SettingId=name)["ServiceSetting"]["SettingValue"] == "Enable"
    code, _ = error_of(client.get_service_setting, SettingId="/ssm/no/such")
    assert code == "ServiceSettingNotFound"


def test_budgets(aws: Clients) -> None:
    client = aws("budgets")
    where = {"AccountId": MANAGEMENT, "BudgetName": "month"}
    alert = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    someone = {"SubscriptionType": "EMAIL", "Address": "team@example.com"}
    limit = {"Amount": "10", "Unit": "USD"}
    budget = {
        "BudgetName": "month",
        "BudgetLimit": limit,
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    client.create_budget(
        AccountId=MANAGEMENT,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": alert, "Subscribers": [someone]}],
    )
    subscribers = client.describe_subscribers_for_notification
    assert subscribers(**where, Notification=alert)["Subscribers"] == [someone]
    other = {"SubscriptionType": "EMAIL", "Address": "other@example.com"}
    client.create_subscriber(**where, Notification=alert, Subscriber=other)
    client.delete_subscriber(**where, Notification=alert, Subscriber=someone)
    assert subscribers(**where, Notification=alert)["Subscribers"] == [other]
    changed = budget | {"BudgetLimit": {"Amount": "20", "Unit": "USD"}}
    client.update_budget(AccountId=MANAGEMENT, NewBudget=changed)
    found = client.describe_budget(**where)["Budget"]
    assert float(found["BudgetLimit"]["Amount"]) == 20
    arn = f"arn:aws:budgets::{MANAGEMENT}:budget/month"
    client.tag_resource(ResourceARN=arn, ResourceTags=TAGS)
    assert client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == TAGS


def test_permission_sets(aws: Clients) -> None:
    client = aws("sso-admin")
    instance = client.list_instances()["Instances"][0]["InstanceArn"]
    made = client.create_permission_set(Name="Audit", InstanceArn=instance, Tags=TAGS)
    arn = made["PermissionSet"]["PermissionSetArn"]
    where = {"InstanceArn": instance, "PermissionSetArn": arn}
    resource = {"InstanceArn": instance, "ResourceArn": arn}
    client.tag_resource(**resource, Tags=[{"Key": "more", "Value": "x"}])
    client.untag_resource(**resource, TagKeys=["team"])
    assert client.list_tags_for_resource(**resource)["Tags"] == [{"Key": "more", "Value": "x"}]
    code, _ = error_of(client.get_permissions_boundary_for_permission_set, **where)
    assert code == "ResourceNotFoundException"
    boundary = {"ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    client.put_permissions_boundary_to_permission_set(**where, PermissionsBoundary=boundary)
    found = client.get_permissions_boundary_for_permission_set(**where)
    assert found["PermissionsBoundary"] == boundary
    client.delete_permissions_boundary_from_permission_set(**where)


def test_opt_in_regions_are_disabled_in_new_accounts(
    aws: Clients, organization: Any, member: str
) -> None:
    """https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"""
    client = aws("account")
    where = {"AccountId": member, "RegionName": "eu-central-2"}
    assert error_of(client.enable_region, **where)[0] == "AccessDeniedException"
    organization.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    assert client.get_region_opt_status(**where)["RegionOptStatus"] == "DISABLED"
    vpcs = aws("ec2", account=member, region="eu-central-2").describe_vpcs
    keys = aws("kms", account=member, region="eu-central-2").list_keys
    assert error_of(vpcs)[0] == "AuthFailure"
    client.enable_region(**where)
    assert client.get_region_opt_status(**where)["RegionOptStatus"] == "ENABLING"
    assert error_of(keys)[0] == "UnrecognizedClientException"
    settle(client)
    assert client.get_region_opt_status(**where)["RegionOptStatus"] == "ENABLED"
    assert vpcs()["Vpcs"]
    assert keys()["Keys"] == []
    always = {"AccountId": member, "RegionName": "eu-west-1"}
    status = client.get_region_opt_status(**always)["RegionOptStatus"]
    assert status == "ENABLED_BY_DEFAULT"
    assert error_of(client.enable_region, **always)[0] == "ValidationException"
    assert error_of(client.enable_region, AccountId=member, RegionName="xx-east-1")[0] == (
        "ValidationException"
    )
    client.disable_region(**where)
    assert client.get_region_opt_status(**where)["RegionOptStatus"] == "DISABLED"
    assert error_of(keys)[0] == "UnrecognizedClientException"
