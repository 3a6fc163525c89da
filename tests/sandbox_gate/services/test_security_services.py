"""CloudTrail, Config, Security Hub and GuardDuty of an organization, as AWS documents them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.settings import conformance
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, create_account, error_of

TRAIL = f"arn:aws:cloudtrail:eu-west-1:{MANAGEMENT}:trail/all"
HOME, OTHER = "eu-west-1", "us-east-1"
FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"
PACK = conformance.shipped("encryption")


@pytest.fixture
def logs(organization: Any) -> str:
    """The account of the archive."""
    return create_account(organization, "logs")


def trusted(organization: Any, *services: str) -> None:
    for service in services:
        organization.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")


def bucket(aws: Clients, account: str, statements: list[dict[str, Any]]) -> str:
    client, name = aws("s3", account=account), f"logs-{account}"
    where = {"LocationConstraint": HOME}
    client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    if statements:
        policy = {"Version": "2012-10-17", "Statement": statements}
        client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def delivery(service: str, account: str, key: str, condition: Any) -> list[dict[str, Any]]:
    arn = f"arn:aws:s3:::logs-{account}"
    common = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    return [
        {
            **common,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": arn,
            "Condition": condition,
        },
        {**common, "Action": "s3:PutObject", "Resource": f"{arn}/{key}", "Condition": condition},
    ]


def key(aws: Clients, account: str, statement: dict[str, Any] | None) -> str:
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [own, *([statement] if statement else [])]}
    made = aws("kms", account=account).create_key(Policy=json.dumps(policy))
    arn: str = made["KeyMetadata"]["Arn"]
    return arn


def trail(**more: Any) -> dict[str, Any]:
    return {"Name": "all", "IsMultiRegionTrail": True, "IsOrganizationTrail": True, **more}


def test_organization_trail_needs_trusted_access_and_a_bucket_policy(
    aws: Clients, organization: Any, logs: str
) -> None:
    create = aws("cloudtrail").create_trail
    source = {"ArnEquals": {"aws:SourceArn": TRAIL}}
    own = delivery("cloudtrail", logs, f"AWSLogs/{MANAGEMENT}/*", source)
    name = bucket(aws, logs, own)
    wanted = trail(S3BucketName=name)
    assert error_of(create, **wanted)[0] == "CloudTrailAccessNotEnabledException"
    trusted(organization, "cloudtrail")
    # The members' logs go below the organization's id.
    assert error_of(create, **wanted)[0] == "InsufficientS3BucketPolicyException"
    client = aws("s3", account=logs)
    for where, worked in (("AWSLogs/*", True), ("AWSLogs/111111111111/*", False)):
        statements = delivery("cloudtrail", logs, where, source)
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        client.put_bucket_policy(Bucket=name, Policy=policy)
        if worked:
            assert create(**wanted)["TrailARN"] == TRAIL
            aws("cloudtrail").delete_trail(Name="all")
        else:
            assert error_of(create, **wanted)[0] == "InsufficientS3BucketPolicyException"
    other = aws("cloudtrail", account=logs).create_trail
    assert error_of(other, **wanted)[0] == "NotOrganizationMasterAccountException"


def test_trail_needs_a_key_that_allows_encryption(
    aws: Clients, organization: Any, logs: str
) -> None:
    trusted(organization, "cloudtrail")
    source = {"ArnEquals": {"aws:SourceArn": TRAIL}}
    name = bucket(aws, logs, delivery("cloudtrail", logs, "AWSLogs/*", source))
    create = aws("cloudtrail").create_trail
    closed = key(aws, logs, None)
    refused = error_of(create, **trail(S3BucketName=name, KmsKeyId=closed))
    assert refused[0] == "InsufficientEncryptionPolicyException"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey",
        "Resource": "*",
        "Condition": {**source, "ArnLike": {"kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}},
    }
    opened = key(aws, logs, statement)
    assert create(**trail(S3BucketName=name, KmsKeyId=opened))["KmsKeyId"] == opened
    gone = f"{opened[:-4]}0000"
    update = aws("cloudtrail").update_trail
    assert error_of(update, Name="all", KmsKeyId=gone)[0] == "KmsKeyNotFoundException"


def test_trail_returns_its_selectors_and_replaces_them(
    aws: Clients, organization: Any, logs: str
) -> None:
    client = aws("cloudtrail")
    source = {"ArnEquals": {"aws:SourceArn": TRAIL}}
    name = bucket(aws, logs, delivery("cloudtrail", logs, "AWSLogs/*", source))
    client.create_trail(Name="all", S3BucketName=name)
    for kind in ("ApiCallRateInsight", "ApiErrorRateInsight"):
        client.put_insight_selectors(TrailName="all", InsightSelectors=[{"InsightType": kind}])
    found = client.get_insight_selectors(TrailName="all")["InsightSelectors"]
    assert found == [{"InsightType": "ApiErrorRateInsight"}]
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
    client.put_event_selectors(
        TrailName="all", AdvancedEventSelectors=[{"Name": "m", "FieldSelectors": fields}]
    )
    described = client.describe_trails(trailNameList=["all"])["trailList"][0]
    assert (described["HasInsightSelectors"], described["HasCustomEventSelectors"]) == (True, True)


def test_cloudtrail_delegation_to_an_invalid_account_is_refused(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("cloudtrail")
    register = client.register_organization_delegated_admin
    assert error_of(register, MemberAccountId=member)[0] == "CloudTrailAccessNotEnabledException"
    trusted(organization, "cloudtrail")
    code, _ = error_of(register, MemberAccountId=MANAGEMENT)
    assert code == "CannotDelegateManagementAccountException"
    assert error_of(register, MemberAccountId="999999999999")[0] == "AccountNotFoundException"
    theirs = aws("cloudtrail", account=member).register_organization_delegated_admin
    code, _ = error_of(theirs, MemberAccountId=member)
    assert code == "NotOrganizationManagementAccountException"
    register(MemberAccountId=member)
    assert error_of(register, MemberAccountId=member)[0] == "AccountRegisteredException"
    listed = organization.list_delegated_administrators(ServicePrincipal="cloudtrail.amazonaws.com")
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == [member]
    client.deregister_organization_delegated_admin(DelegatedAdminAccountId=member)
    code, _ = error_of(
        client.deregister_organization_delegated_admin, DelegatedAdminAccountId=member
    )
    assert code == "AccountNotRegisteredException"


def recorder(aws: Clients, account: str, name: str) -> Any:
    """Let AWS Config record in an account."""
    role = aws("iam", account=account).create_service_linked_role(
        AWSServiceName="config.amazonaws.com"
    )["Role"]
    assert role["RoleName"] == "AWSServiceRoleForConfig"
    client = aws("config", account=account)
    group = {"allSupported": True, "includeGlobalResourceTypes": True}
    wanted = {"name": "default", "roleARN": role["Arn"], "recordingGroup": group}
    client.put_configuration_recorder(ConfigurationRecorder=wanted)
    channel = {"name": "default", "s3BucketName": name}
    client.put_delivery_channel(DeliveryChannel=channel)
    client.start_configuration_recorder(ConfigurationRecorderName="default")
    return client


def test_config_delivery_needs_a_bucket_policy(aws: Clients, organization: Any, logs: str) -> None:
    client = aws("config")
    wanted = {"name": "default", "roleARN": f"arn:aws:iam::{MANAGEMENT}:role/none"}
    code, _ = error_of(client.put_configuration_recorder, ConfigurationRecorder=wanted)
    assert code == "InvalidRoleException"
    identity = organization.describe_organization()["Organization"]["Id"]
    condition = {"StringEquals": {"aws:SourceOrgID": identity}}
    name = bucket(aws, logs, delivery("config", logs, "AWSLogs/*/Config/*", condition))
    recorder(aws, MANAGEMENT, name)
    theirs = aws("s3", account=logs)
    elsewhere = {"StringEquals": {"aws:SourceOrgID": "o-0000000000"}}
    statements = delivery("config", logs, "AWSLogs/*/Config/*", elsewhere)
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    theirs.put_bucket_policy(Bucket=name, Policy=policy)
    channel = {"name": "default", "s3BucketName": name}
    code, _ = error_of(client.put_delivery_channel, DeliveryChannel=channel)
    assert code == "InsufficientDeliveryPolicyException"
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": delivery("config", logs, "AWSLogs/*/Config/*", condition),
        }
    )
    theirs.put_bucket_policy(Bucket=name, Policy=policy)
    client.put_delivery_channel(DeliveryChannel=channel)
    channel = {"name": "default", "s3BucketName": "no-such-bucket"}
    code, _ = error_of(client.put_delivery_channel, DeliveryChannel=channel)
    assert code == "NoSuchBucketException"


def test_config_does_not_deliver_to_a_locked_bucket(
    aws: Clients, organization: Any, logs: str
) -> None:
    """AWS Config Developer Guide, 'Managing the Delivery Channel': no default retention."""
    identity = organization.describe_organization()["Organization"]["Id"]
    condition = {"StringEquals": {"aws:SourceOrgID": identity}}
    name = bucket(aws, logs, delivery("config", logs, "AWSLogs/*/Config/*", condition))
    client, theirs = recorder(aws, MANAGEMENT, name), aws("s3", account=logs)
    theirs.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    theirs.put_object_lock_configuration(
        Bucket=name,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    channel = {"name": "default", "s3BucketName": name}
    code, _ = error_of(client.put_delivery_channel, DeliveryChannel=channel)
    assert code == "InsufficientDeliveryPolicyException"


@pytest.mark.parametrize(
    "body",
    [
        "Resources: {}",
        "Resources: {A: {Type: 'AWS::S3::Bucket'}}",
        PACK.replace("SourceIdentifier: ENCRYPTED_VOLUMES", "SourceIdentifier: ENCRYPTED_VOLUME"),
        conformance.shipped("least-privilege").replace("maxAccessKeyAge", "maxAge"),
        "Resources: [",
    ],
)
def test_template_without_rules_is_refused(aws: Clients, organization: Any, body: str) -> None:
    trusted(organization, "config-multiaccountsetup")
    code, _ = error_of(
        aws("config").put_organization_conformance_pack,
        OrganizationConformancePackName="encryption",
        TemplateBody=body,
    )
    assert code == "OrganizationConformancePackTemplateValidationException"


def test_organization_pack_is_deployed_only_in_accounts_with_a_recorder(
    aws: Clients, organization: Any, logs: str
) -> None:
    config, name = aws("config"), {"OrganizationConformancePackName": "encryption"}
    put = config.put_organization_conformance_pack
    code, _ = error_of(put, **name, TemplateBody=PACK)
    assert code == "NoAvailableOrganizationException"
    trusted(organization, "config-multiaccountsetup", "config")
    theirs = aws("config", account=logs)
    code, _ = error_of(theirs.put_organization_conformance_pack, **name, TemplateBody=PACK)
    assert code == "OrganizationAccessDeniedException"
    organization.register_delegated_administrator(
        AccountId=logs, ServicePrincipal="config-multiaccountsetup.amazonaws.com"
    )
    theirs.put_organization_conformance_pack(**name, TemplateBody=PACK)
    names = {"OrganizationConformancePackNames": ["encryption"]}

    def status() -> str:
        described = theirs.describe_organization_conformance_pack_statuses(**names)
        found: str = described["OrganizationConformancePackStatuses"][0]["Status"]
        return found

    assert status() == "CREATE_FAILED"
    identity = organization.describe_organization()["Organization"]["Id"]
    condition = {"StringEquals": {"aws:SourceOrgID": identity}}
    archive = bucket(aws, logs, delivery("config", logs, "AWSLogs/*/Config/*", condition))
    recorder(aws, MANAGEMENT, archive)
    assert status() == "CREATE_FAILED"
    recorder(aws, logs, archive)
    assert status() == "CREATE_SUCCESSFUL"
    detailed = theirs.get_organization_conformance_pack_detailed_status(**name)
    accounts = {
        each["AccountId"] for each in detailed["OrganizationConformancePackDetailedStatuses"]
    }
    assert accounts == {MANAGEMENT, logs}
    (pack,) = config.describe_conformance_packs()["ConformancePackDetails"]
    assert pack["ConformancePackName"].startswith("OrgConformsPack-encryption-")
    made_role = aws("iam").create_role(RoleName="all", AssumeRolePolicyDocument=_trust_of("config"))
    source = {"RoleArn": made_role["Role"]["Arn"], "AllAwsRegions": True}
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="all", OrganizationAggregationSource=source
    )
    compliance = config.describe_aggregate_compliance_by_conformance_packs(
        ConfigurationAggregatorName="all"
    )["AggregateComplianceByConformancePacks"]
    assert {each["AccountId"] for each in compliance} == {MANAGEMENT, logs}
    states = config.describe_conformance_pack_status()["ConformancePackStatusDetails"]
    assert [each["ConformancePackState"] for each in states] == ["CREATE_COMPLETE"]
    made = theirs.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    theirs.put_organization_conformance_pack(
        **name, TemplateBody=PACK, ExcludedAccounts=[MANAGEMENT]
    )
    assert status() == "UPDATE_SUCCESSFUL"
    (updated,) = theirs.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    arn = "OrganizationConformancePackArn"
    assert [each[arn] for each in made] == [updated[arn]]
    detailed = theirs.get_organization_conformance_pack_detailed_status(**name)
    assert [
        (each["AccountId"], each["Status"])
        for each in detailed["OrganizationConformancePackDetailedStatuses"]
    ] == [(logs, "UPDATE_SUCCESSFUL")]
    assert config.describe_conformance_packs()["ConformancePackDetails"] == []
    theirs.delete_organization_conformance_pack(**name)
    assert config.describe_conformance_packs()["ConformancePackDetails"] == []
    code, _ = error_of(theirs.delete_organization_conformance_pack, **name)
    assert code == "NoSuchOrganizationConformancePackException"


def test_packs_of_an_account_need_a_recorder(aws: Clients, organization: Any, logs: str) -> None:
    config = aws("config", account=logs)
    wanted = {"ConformancePackName": "own", "TemplateBody": PACK}
    code, _ = error_of(config.put_conformance_pack, **wanted)
    assert code == "NoAvailableConfigurationRecorderException"
    identity = organization.describe_organization()["Organization"]["Id"]
    condition = {"StringEquals": {"aws:SourceOrgID": identity}}
    archive = bucket(aws, logs, delivery("config", logs, "AWSLogs/*/Config/*", condition))
    recorder(aws, logs, archive)
    config.put_conformance_pack(**wanted)
    rules = config.describe_conformance_pack_compliance(ConformancePackName="own")
    assert len(rules["ConformancePackRuleComplianceList"]) > 20
    config.delete_conformance_pack(ConformancePackName="own")
    code, _ = error_of(config.describe_conformance_packs, ConformancePackNames=["own"])
    assert code == "NoSuchConformancePackException"


def test_organization_aggregator_needs_access_to_the_organization(
    aws: Clients, organization: Any, member: str
) -> None:
    role = aws("iam", account=member).create_role(
        RoleName="aggregator", AssumeRolePolicyDocument=_trust_of("config")
    )["Role"]["Arn"]
    source = {"RoleArn": role, "AllAwsRegions": True}
    wanted = {"ConfigurationAggregatorName": "all", "OrganizationAggregationSource": source}
    put = aws("config", account=member).put_configuration_aggregator
    assert error_of(put, **wanted)[0] == "OrganizationAccessDeniedException"
    trusted(organization, "config")
    organization.register_delegated_administrator(
        AccountId=member, ServicePrincipal="config.amazonaws.com"
    )
    assert put(**wanted)["ConfigurationAggregator"]["ConfigurationAggregatorName"] == "all"
    client = aws("config", account=member)
    look = client.describe_aggregate_compliance_by_conformance_packs
    assert look(ConfigurationAggregatorName="all")["AggregateComplianceByConformancePacks"] == []
    code, _ = error_of(look, ConfigurationAggregatorName="none")
    assert code == "NoSuchConfigurationAggregatorException"


def _trust_of(service: str) -> str:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_guardduty_has_one_administrator_and_reaches_every_member(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("guardduty")
    enable = client.enable_organization_admin_account
    assert error_of(enable, AdminAccountId=MANAGEMENT)[0] == "BadRequestException"
    assert error_of(enable, AdminAccountId="999999999999")[0] == "BadRequestException"
    theirs = aws("guardduty", account=member)
    detector = theirs.create_detector(Enable=True)["DetectorId"]
    assert error_of(theirs.create_detector, Enable=True)[0] == "BadRequestException"
    enable(AdminAccountId=member)
    second = create_account(organization, "second")
    assert error_of(enable, AdminAccountId=second)[0] == "BadRequestException"
    assert client.list_organization_admin_accounts()["AdminAccounts"] == [
        {"AdminAccountId": member, "AdminStatus": "ENABLED"}
    ]
    assert client.list_detectors()["DetectorIds"] == []
    update = theirs.update_organization_configuration
    update(DetectorId=detector, AutoEnableOrganizationMembers="ALL")
    features = [{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}]
    update(DetectorId=detector, Features=features)
    found = theirs.describe_organization_configuration(DetectorId=detector)
    assert found["AutoEnableOrganizationMembers"] == "ALL"
    on = {each["Name"]: each["AutoEnable"] for each in found["Features"]}
    assert (on["S3_DATA_EVENTS"], on["EKS_AUDIT_LOGS"]) == ("ALL", "NONE")
    assert len(aws("guardduty", account=second).list_detectors()["DetectorIds"]) == 1
    # The management account needs a detector of its own.
    assert client.list_detectors()["DetectorIds"] == []
    assert (
        client.create_detector(Enable=True)["DetectorId"] in client.list_detectors()["DetectorIds"]
    )
    # Each region is delegated separately; GuardDuty is turned on in the administrator there.
    elsewhere = aws("guardduty", account=member, region=OTHER)
    assert elsewhere.list_detectors()["DetectorIds"] == []
    aws("guardduty", region=OTHER).enable_organization_admin_account(AdminAccountId=member)
    assert len(elsewhere.list_detectors()["DetectorIds"]) == 1
    client.disable_organization_admin_account(AdminAccountId=member)
    assert client.list_organization_admin_accounts()["AdminAccounts"] == []
    registered = organization.list_delegated_administrators(
        ServicePrincipal="guardduty.amazonaws.com"
    )["DelegatedAdministrators"]
    assert [each["Id"] for each in registered] == [member]


def administered(aws: Clients, member: str) -> Any:
    """Delegate Security Hub to a member; return its client."""
    aws("securityhub").enable_organization_admin_account(AdminAccountId=member)
    return aws("securityhub", account=member)


def test_security_hub_can_be_enabled_only_once(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("securityhub", account=member)
    assert error_of(client.describe_hub)[0] == "InvalidAccessException"
    client.enable_security_hub(EnableDefaultStandards=False)
    assert error_of(client.enable_security_hub)[0] == "ResourceConflictException"
    client.update_security_hub_configuration(AutoEnableControls=False)
    assert client.describe_hub()["AutoEnableControls"] is False
    wrong = [{"StandardsArn": FSBP.replace("v/1.0.0", "v/9.9.9")}]
    enable = client.batch_enable_standards
    code, _ = error_of(enable, StandardsSubscriptionRequests=wrong)
    assert code == "InvalidInputException"
    enable(StandardsSubscriptionRequests=[{"StandardsArn": FSBP}])
    (found,) = client.get_enabled_standards()["StandardsSubscriptions"]
    assert (found["StandardsArn"], found["StandardsStatus"]) == (FSBP, "READY")
    client.batch_disable_standards(StandardsSubscriptionArns=[found["StandardsSubscriptionArn"]])
    assert client.get_enabled_standards()["StandardsSubscriptions"] == []
    client.disable_security_hub()
    assert error_of(client.describe_hub)[0] == "InvalidAccessException"


def test_security_hub_is_delegated_to_a_member(
    aws: Clients, organization: Any, member: str
) -> None:
    enable = aws("securityhub").enable_organization_admin_account
    assert error_of(enable, AdminAccountId=MANAGEMENT)[0] == "InvalidInputException"
    theirs = administered(aws, member)
    assert theirs.describe_hub()["HubArn"].endswith(f"{member}:hub/default")
    second = create_account(organization, "second")
    assert error_of(enable, AdminAccountId=second)[0] == "ResourceConflictException"
    other = aws("securityhub", account=second)
    code, _ = error_of(other.describe_organization_configuration)
    assert code == "InvalidAccessException"
    aws("securityhub").disable_organization_admin_account(AdminAccountId=member)
    listed = aws("securityhub").list_organization_admin_accounts()["AdminAccounts"]
    assert listed == []


def test_central_configuration_reaches_every_account_of_its_regions(
    aws: Clients, organization: Any, member: str
) -> None:
    client = administered(aws, member)
    central = {
        "AutoEnable": False,
        "AutoEnableStandards": "NONE",
        "OrganizationConfiguration": {"ConfigurationType": "CENTRAL"},
    }
    update = client.update_organization_configuration
    assert error_of(update, **central)[0] == "InvalidInputException"
    client.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    again = client.create_finding_aggregator
    code, _ = error_of(again, RegionLinkingMode="NO_REGIONS")
    assert code == "InvalidInputException"
    assert error_of(update, **(central | {"AutoEnable": True}))[0] == "InvalidInputException"
    hub = {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [FSBP],
        "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
    }
    policy = {"Name": "all", "ConfigurationPolicy": {"SecurityHub": hub}}
    code, _ = error_of(client.create_configuration_policy, **policy)
    assert code == "InvalidAccessException"
    update(**central)
    found = client.describe_organization_configuration()["OrganizationConfiguration"]
    assert (found["ConfigurationType"], found["Status"]) == ("CENTRAL", "ENABLED")
    wrong = {**hub, "EnabledStandardIdentifiers": [FSBP.replace("v/1", "v/7")]}
    code, _ = error_of(
        client.create_configuration_policy,
        Name="wrong",
        ConfigurationPolicy={"SecurityHub": wrong},
    )
    assert code == "InvalidInputException"
    identity = client.create_configuration_policy(**policy)["Id"]
    root = organization.list_roots()["Roots"][0]["Id"]
    start, target = client.start_configuration_policy_association, {"RootId": root}
    code, _ = error_of(start, ConfigurationPolicyIdentifier=identity, Target={"RootId": "r-0000"})
    assert code == "ResourceNotFoundException"
    start(ConfigurationPolicyIdentifier=identity, Target=target)
    held = client.get_configuration_policy_association(Target=target)
    assert held["AssociationStatus"] == "SUCCESS"
    second = create_account(organization, "second")
    for region in (HOME, OTHER):
        theirs = aws("securityhub", account=second, region=region)
        (standard,) = theirs.get_enabled_standards()["StandardsSubscriptions"]
        assert standard["StandardsArn"] == FSBP.replace(HOME, region)
    managing = aws("securityhub")
    assert error_of(managing.get_enabled_standards)[0] == "InvalidAccessException"
    managing.enable_security_hub(EnableDefaultStandards=False)
    (standard,) = managing.get_enabled_standards()["StandardsSubscriptions"]
    assert standard["StandardsArn"] == FSBP
    nowhere = aws("securityhub", account=second, region="eu-north-1")
    assert error_of(nowhere.describe_hub)[0] == "InvalidAccessException"
    delete = client.delete_configuration_policy
    assert error_of(delete, Identifier=identity)[0] == "ResourceConflictException"
    client.start_configuration_policy_disassociation(
        ConfigurationPolicyIdentifier=identity, Target=target
    )
    delete(Identifier=identity)


def test_one_analyzer_of_unused_access(aws: Clients, organization: Any) -> None:
    client = aws("accessanalyzer")
    age = {"unusedAccess": {"unusedAccessAge": 90}}
    wanted = {"type": "ORGANIZATION_UNUSED_ACCESS", "configuration": age}
    client.create_analyzer(analyzerName="one", **wanted)
    code, _ = error_of(client.create_analyzer, analyzerName="two", **wanted)
    assert code == "ServiceQuotaExceededException"


def test_the_instance_of_identity_center_is_one(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("sso-admin")
    (instance,) = client.list_instances()["Instances"]
    arn, store = instance["InstanceArn"], instance["IdentityStoreId"]
    create = client.create_permission_set
    wrong = arn[:-4] + "ffff"
    assert error_of(create, Name="A", InstanceArn=wrong)[0] == "ResourceNotFoundException"
    one = create(Name="A", InstanceArn=arn)["PermissionSet"]["PermissionSetArn"]
    assert error_of(create, Name="A", InstanceArn=arn)[0] == "ConflictException"
    attach = client.attach_managed_policy_to_permission_set
    for path, known in (("job-function/ViewOnlyAccess", True), ("ViewOnlyAccess", False)):
        policy = f"arn:aws:iam::aws:policy/{path}"
        given = {"InstanceArn": arn, "PermissionSetArn": one, "ManagedPolicyArn": policy}
        if known:
            attach(**given)
        else:
            assert error_of(attach, **given)[0] == "ResourceNotFoundException"
    put = client.put_inline_policy_to_permission_set
    where = {"InstanceArn": arn, "PermissionSetArn": one}
    assert error_of(put, **where, InlinePolicy="no")[0] == "ValidationException"
    groups = aws("identitystore")
    code, _ = error_of(groups.create_group, IdentityStoreId="d-0000000000", DisplayName="G")
    assert code == "ResourceNotFoundException"
    group = groups.create_group(IdentityStoreId=store, DisplayName="G")["GroupId"]
    assign = client.create_account_assignment
    wanted = {
        **where,
        "TargetId": member,
        "TargetType": "AWS_ACCOUNT",
        "PrincipalType": "GROUP",
        "PrincipalId": group,
    }
    for change in (
        {"TargetId": "999999999999"},
        {"PrincipalId": group[:-4] + "0000"},
        {"PermissionSetArn": one[:-4] + "ffff"},
    ):
        assert error_of(assign, **(wanted | change))[0] == "ResourceNotFoundException", change
    assert assign(**wanted)
