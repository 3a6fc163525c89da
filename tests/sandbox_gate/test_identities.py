"""Each look-up finds a resource by its import id after boto3 created it, and not before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.recovery import identities
from landfall.recovery.identities.registry import pages_by_token
from tests.sandbox_gate.conftest import (
    MANAGEMENT,
    REGION,
    Clients,
    create_account,
    error_of,
    settle,
)
from tests.sandbox_gate.services.test_security_services import PACK, bucket, delivery, trusted

OTHER = "us-east-1"
TEAM = "11111111-2222-3333-4444-555555555555"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/landfall/orders-chat"
TOKENS = {
    name: f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"
    for module, name in (
        ("ssoadmin", "PermissionSet"),
        ("ssoadmin", "ManagedPolicyAttachment"),
        ("ssoadmin", "CustomerManagedPolicyAttachment"),
        ("ssoadmin", "PermissionSetInlinePolicy"),
        ("ssoadmin", "PermissionsBoundaryAttachment"),
        ("ssoadmin", "AccountAssignment"),
        ("identitystore", "Group"),
        ("cloudwatch", "EventBus"),
        ("ecr", "Repository"),
        ("iam", "AccountPasswordPolicy"),
        ("servicequotas", "ServiceQuota"),
        ("organizations", "ResourcePolicy"),
        ("iam", "ServiceLinkedRole"),
        ("accessanalyzer", "Analyzer"),
        ("cloudtrail", "Trail"),
        ("cloudtrail", "OrganizationDelegatedAdminAccount"),
        ("cfg", "ConfigurationAggregator"),
        ("cfg", "DeliveryChannel"),
        ("cfg", "OrganizationConformancePack"),
        ("cfg", "Recorder"),
        ("guardduty", "Detector"),
        ("securityhub", "Account"),
        ("securityhub", "FindingAggregator"),
        ("securityhub", "ConfigurationPolicy"),
        ("chatbot", "TeamsChannelConfiguration"),
        ("codebuild", "ReportGroup"),
        ("codecommit", "ApprovalRuleTemplate"),
        ("codecommit", "ApprovalRuleTemplateAssociation"),
        ("codeconnections", "Host"),
    )
}


class Finder:
    """Looks up in an account and a region, by the short name of a type."""

    def __init__(self, aws: Clients, account: str = MANAGEMENT, region: str = REGION) -> None:
        self._client = lambda service: aws(service, account=account, region=region)

    def __call__(self, kind: str, **inputs: Any) -> str | None:
        return identities.look_up(TOKENS.get(kind, kind), self._client, inputs)


@pytest.fixture
def find(aws: Clients) -> Finder:
    return Finder(aws)


def test_quota_that_is_raised_or_requested_is_not_requested_again(
    aws: Clients, find: Finder
) -> None:
    wanted = {"serviceCode": "vpc", "quotaCode": "L-F678F1CE", "value": 20}
    other = {**wanted, "quotaCode": "L-FE5A380F"}
    assert find("ServiceQuota", **wanted) is None
    assert find("ServiceQuota", **{**wanted, "value": 5}) == "vpc/L-F678F1CE"
    quotas = aws("service-quotas")
    request = quotas.request_service_quota_increase
    request(ServiceCode="vpc", QuotaCode="L-F678F1CE", DesiredValue=10)
    # Open: AWS refuses a second request, even of a higher value.
    assert find("ServiceQuota", **wanted) == "vpc/L-F678F1CE"
    settle(quotas)
    assert find("ServiceQuota", **wanted) is None
    request(ServiceCode="vpc", QuotaCode="L-F678F1CE", DesiredValue=50)
    settle(quotas)
    assert find("ServiceQuota", **wanted) == "vpc/L-F678F1CE"
    assert find("ServiceQuota", **other) is None


def test_resource_policy_with_other_statements_is_not_taken_over(
    aws: Clients, organization: Any, find: Finder
) -> None:
    def content(*sids: str) -> str:
        statements = [{"Sid": sid, "Effect": "Allow"} for sid in sids]
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    assert find("ResourcePolicy", content=content("A")) is None
    made = organization.put_resource_policy(Content=content("A"))["ResourcePolicy"]
    identity = made["ResourcePolicySummary"]["Id"]
    assert find("ResourcePolicy", content=content("A", "B")) == identity
    with pytest.raises(identities.OccupiedError, match="other statements: A"):
        find("ResourcePolicy", content=content("B"))


def test_groups_and_permission_sets(aws: Clients, organization: Any, find: Finder) -> None:
    center, groups = aws("sso-admin"), aws("identitystore")
    (found,) = center.list_instances()["Instances"]
    instance, store = found["InstanceArn"], found["IdentityStoreId"]
    group = {"identityStoreId": store, "displayName": "admins"}
    assert find("Group", **group) is None
    groups.create_group(IdentityStoreId=store, DisplayName="others")
    identity = groups.create_group(IdentityStoreId=store, DisplayName="admins")["GroupId"]
    assert find("Group", **group) == f"{store}/{identity}"

    wanted = {"instanceArn": instance, "name": "Deploy"}
    arns = {}
    for name in ("Read", "Deploy"):
        assert find("PermissionSet", **wanted) is None
        made = center.create_permission_set(InstanceArn=instance, Name=name)
        arns[name] = made["PermissionSet"]["PermissionSetArn"]
    assert find("PermissionSet", **wanted) == f"{arns['Deploy']},{instance}"


def test_group_renamed_is_found_by_its_new_name(
    aws: Clients, organization: Any, find: Finder
) -> None:
    (found,) = aws("sso-admin").list_instances()["Instances"]
    groups, store = aws("identitystore"), found["IdentityStoreId"]
    made = [
        groups.create_group(IdentityStoreId=store, DisplayName=name)["GroupId"]
        for name in ("builders", "readers")
    ]

    def rename(group: str, path: str, value: str) -> None:
        change = {"AttributePath": path, "AttributeValue": value}
        groups.update_group(IdentityStoreId=store, GroupId=group, Operations=[change])

    rename(made[0], "displayName", "engineers")
    assert find("Group", identityStoreId=store, displayName="engineers") == f"{store}/{made[0]}"
    assert find("Group", identityStoreId=store, displayName="builders") is None
    rename(made[0], "description", "Build")
    described = groups.describe_group(IdentityStoreId=store, GroupId=made[0])
    assert (described["DisplayName"], described["Description"]) == ("engineers", "Build")
    assert error_of(rename, made[0], "displayName", "readers")[0] == "ConflictException"
    assert error_of(rename, made[0], "members", "x")[0] == "ValidationException"
    absent = "11111111-2222-3333-4444-555555555555"
    assert error_of(rename, absent, "displayName", "x")[0] == "ResourceNotFoundException"


def test_what_is_attached_to_a_permission_set(
    aws: Clients, organization: Any, find: Finder
) -> None:
    center = aws("sso-admin")
    instance = center.list_instances()["Instances"][0]["InstanceArn"]
    made = center.create_permission_set(InstanceArn=instance, Name="Deploy")
    arn = made["PermissionSet"]["PermissionSetArn"]
    where = {"InstanceArn": instance, "PermissionSetArn": arn}
    inputs = {"instanceArn": instance, "permissionSetArn": arn}

    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    managed = {**inputs, "managedPolicyArn": policy}
    attach = center.attach_managed_policy_to_permission_set
    attach(**where, ManagedPolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    assert find("ManagedPolicyAttachment", **managed) is None
    attach(**where, ManagedPolicyArn=policy)
    assert find("ManagedPolicyAttachment", **managed) == f"{policy},{arn},{instance}"

    refer = center.attach_customer_managed_policy_reference_to_permission_set
    reference = {"name": "deploy", "path": "/landfall/"}
    own = {**inputs, "customerManagedPolicyReference": reference}
    refer(**where, CustomerManagedPolicyReference={"Name": "deploy"})
    assert find("CustomerManagedPolicyAttachment", **own) is None
    refer(**where, CustomerManagedPolicyReference={"Name": "deploy", "Path": "/landfall/"})
    found = find("CustomerManagedPolicyAttachment", **own)
    assert found == f"deploy,/landfall/,{arn},{instance}"
    plain = {**inputs, "customerManagedPolicyReference": {"name": "deploy"}}
    assert find("CustomerManagedPolicyAttachment", **plain) == f"deploy,/,{arn},{instance}"


def test_assignments(aws: Clients, organization: Any, member: str, find: Finder) -> None:
    center, groups = aws("sso-admin"), aws("identitystore")
    (found,) = center.list_instances()["Instances"]
    instance, store = found["InstanceArn"], found["IdentityStoreId"]
    made = center.create_permission_set(InstanceArn=instance, Name="Deploy")
    arn = made["PermissionSet"]["PermissionSetArn"]
    wanted, other = (
        groups.create_group(IdentityStoreId=store, DisplayName=name)["GroupId"]
        for name in ("wanted", "other")
    )
    inputs = {
        "instanceArn": instance,
        "permissionSetArn": arn,
        "principalId": wanted,
        "principalType": "GROUP",
        "targetId": member,
        "targetType": "AWS_ACCOUNT",
    }
    for group in (other, wanted):
        assert find("AccountAssignment", **inputs) is None
        center.create_account_assignment(
            InstanceArn=instance,
            PermissionSetArn=arn,
            PrincipalId=group,
            PrincipalType="GROUP",
            TargetId=member,
            TargetType="AWS_ACCOUNT",
        )
    assert find("AccountAssignment", **inputs) == (
        f"{wanted},GROUP,{member},AWS_ACCOUNT,{arn},{instance}"
    )


def test_image_repositories(aws: Clients, find: Finder) -> None:
    assert find("Repository", name="orders") is None
    aws("ecr").create_repository(repositoryName="orders")
    assert find("Repository", name="orders") == "orders"
    assert Finder(aws, region=OTHER)("Repository", name="orders") is None


def test_event_buses(aws: Clients, find: Finder) -> None:
    assert find("EventBus", name="landfall-source-events") is None
    aws("events").create_event_bus(Name="landfall-source-events")
    assert find("EventBus", name="landfall-source-events") == "landfall-source-events"


def test_service_linked_roles(aws: Clients, find: Finder) -> None:
    create = aws("iam").create_service_linked_role
    wanted = {"awsServiceName": "config.amazonaws.com"}
    create(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="orders")
    assert find("ServiceLinkedRole", **wanted) is None
    arn = create(AWSServiceName="config.amazonaws.com")["Role"]["Arn"]
    assert find("ServiceLinkedRole", **wanted) == arn
    scaling = {"awsServiceName": "autoscaling.amazonaws.com"}
    assert find("ServiceLinkedRole", **scaling) is None
    assert str(find("ServiceLinkedRole", **scaling, customSuffix="orders")).endswith("_orders")


def test_trails_but_not_their_shadows(aws: Clients, organization: Any, find: Finder) -> None:
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{MANAGEMENT}:trail/*"}}
    name = bucket(aws, MANAGEMENT, delivery("cloudtrail", MANAGEMENT, "AWSLogs/*", source))
    create = aws("cloudtrail").create_trail
    create(Name="other", S3BucketName=name)
    assert find("Trail", name="all") is None
    arn = create(Name="all", S3BucketName=name, IsMultiRegionTrail=True)["TrailARN"]
    assert find("Trail", name="all") == arn
    assert Finder(aws, region=OTHER)("Trail", name="all") is None


def test_administrators(aws: Clients, organization: Any, member: str, find: Finder) -> None:
    trusted(organization, "cloudtrail")
    kind, wanted = "OrganizationDelegatedAdminAccount", {"accountId": member}
    assert find(kind, **wanted) is None
    aws("cloudtrail").register_organization_delegated_admin(MemberAccountId=member)
    assert find(kind, **wanted) == member
    for service in ("guardduty", "securityhub"):
        kind = f"aws:{service}/organizationAdminAccount:OrganizationAdminAccount"
        assert find(kind, adminAccountId=member) is None
        aws(service).enable_organization_admin_account(AdminAccountId=member)
        assert find(kind, adminAccountId=member) == member


def test_packs_of_the_organization(aws: Clients, organization: Any, find: Finder) -> None:
    trusted(organization, "config-multiaccountsetup", "config")
    assert find("OrganizationConformancePack", name="landfall-encryption") is None
    aws("config").put_organization_conformance_pack(
        OrganizationConformancePackName="landfall-encryption", TemplateBody=PACK
    )
    found = find("OrganizationConformancePack", name="landfall-encryption")
    assert found == "landfall-encryption"


def test_detectors(aws: Clients, find: Finder) -> None:
    assert find("Detector", enable=True) is None
    detector = aws("guardduty").create_detector(Enable=True)["DetectorId"]
    assert find("Detector", enable=True) == detector
    assert Finder(aws, region=OTHER)("Detector", enable=True) is None


def test_macie_and_inspector(aws: Clients, organization: Any, member: str, find: Finder) -> None:
    audit = create_account(organization, "audit")
    theirs = Finder(aws, audit)
    assert theirs("aws:macie2/account:Account") is None
    delegation = "aws:macie2/organizationAdminAccount:OrganizationAdminAccount"
    assert find(delegation, adminAccountId=audit) is None
    aws("macie2").enable_organization_admin_account(adminAccountId=audit)
    assert find(delegation, adminAccountId=audit) == audit
    assert theirs("aws:macie2/account:Account") == audit
    covered = {"accountId": member, "email": "member@example.com"}
    assert theirs("aws:macie2/member:Member", **covered) is None
    client = aws("macie2", account=audit)
    client.create_member(account=covered)
    assert theirs("aws:macie2/member:Member", **covered) == member
    client.disassociate_member(id=member)
    assert theirs("aws:macie2/member:Member", **covered) is None

    delegation = "aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount"
    assert find(delegation, accountId=audit) is None
    aws("inspector2").enable_delegated_admin_account(delegatedAdminAccountId=audit)
    assert find(delegation, accountId=audit) == audit
    association = "aws:inspector2/memberAssociation:MemberAssociation"
    assert theirs(association, accountId=member) is None
    aws("inspector2", account=audit).associate_member(accountId=member)
    assert theirs(association, accountId=member) == member
    for kind, key in ((delegation, "accountId"), (_MACIE, "adminAccountId")):
        with pytest.raises(identities.OccupiedError):
            find(kind, **{key: member})


_MACIE = "aws:macie2/organizationAdminAccount:OrganizationAdminAccount"


def test_detective_and_firewall_manager(
    aws: Clients, organization: Any, member: str, find: Finder
) -> None:
    audit = create_account(organization, "audit")
    theirs = Finder(aws, audit)
    delegation = "aws:detective/organizationAdminAccount:OrganizationAdminAccount"
    assert theirs("aws:detective/graph:Graph") is None
    assert find(delegation, accountId=audit) is None
    aws("detective").enable_organization_admin_account(AccountId=audit)
    assert find(delegation, accountId=audit) == audit
    graph = theirs("aws:detective/graph:Graph")
    wanted = {"graphArn": graph, "accountId": member}
    assert theirs("aws:detective/member:Member", **wanted) is None
    account = {"AccountId": member, "EmailAddress": "member@example.com"}
    aws("detective", account=audit).create_members(GraphArn=graph, Accounts=[account])
    assert theirs("aws:detective/member:Member", **wanted) == f"{graph}/{member}"

    firewall = Finder(aws, region=OTHER)
    assert firewall("aws:fms/adminAccount:AdminAccount", accountId=audit) is None
    aws("fms", region=OTHER).associate_admin_account(AdminAccount=audit)
    assert firewall("aws:fms/adminAccount:AdminAccount", accountId=audit) == audit
    for finder, kind in ((find, delegation), (firewall, "aws:fms/adminAccount:AdminAccount")):
        with pytest.raises(identities.OccupiedError):
            finder(kind, accountId=member)


def test_security_hub(aws: Clients, organization: Any, member: str) -> None:
    find = Finder(aws, member)
    assert find("Account") is None
    aws("securityhub").enable_organization_admin_account(AdminAccountId=member)
    hub = aws("securityhub", account=member)
    assert find("Account") == member
    assert Finder(aws, create_account(organization, "second"))("Account") is None

    linking = {"linkingMode": "ALL_REGIONS"}
    assert find("FindingAggregator", **linking) is None
    arn = hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")["FindingAggregatorArn"]
    assert find("FindingAggregator", **linking) == arn

    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    ids = {}
    for name in ("other", "landfall"):
        assert find("ConfigurationPolicy", name="landfall") is None
        policy = {"SecurityHub": {"ServiceEnabled": False}}
        ids[name] = hub.create_configuration_policy(Name=name, ConfigurationPolicy=policy)["Id"]
    assert find("ConfigurationPolicy", name="landfall") == ids["landfall"]


def test_channels_of_teams(aws: Clients, find: Finder) -> None:
    inputs = {"teamId": TEAM, "configurationName": "orders"}
    assert find("TeamsChannelConfiguration", **inputs) is None
    aws("chatbot").create_microsoft_teams_channel_configuration(
        ConfigurationName="orders",
        TeamId=TEAM,
        TenantId=TEAM,
        ChannelId="19%3aabc%40thread.tacv2",
        IamRoleArn=ROLE,
    )
    assert find("TeamsChannelConfiguration", **inputs) == TEAM
    assert find("TeamsChannelConfiguration", teamId=TEAM, configurationName="others") is None


def test_report_groups(aws: Clients, find: Finder) -> None:
    arn = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:report-group/orders"
    for name in ("orders-more", "orders"):
        assert find("ReportGroup", name="orders") is None
        config = {"exportConfigType": "NO_EXPORT"}
        aws("codebuild").create_report_group(name=name, type="TEST", exportConfig=config)
    assert find("ReportGroup", name="orders") == arn


def test_approval_rules(aws: Clients, find: Finder) -> None:
    client = aws("codecommit")
    statement = {"Type": "Approvers", "NumberOfApprovalsNeeded": 1}
    rule = {"Version": "2018-11-08", "Statements": [statement]}
    assert find("ApprovalRuleTemplate", name="orders") is None
    client.create_approval_rule_template(
        approvalRuleTemplateName="orders", approvalRuleTemplateContent=json.dumps(rule)
    )
    assert find("ApprovalRuleTemplate", name="orders") == "orders"
    pair = {"approvalRuleTemplateName": "orders", "repositoryName": "sources"}
    kind = "ApprovalRuleTemplateAssociation"
    assert find(kind, **pair) is None  # there is no such repository either
    client.create_repository(repositoryName="sources")
    assert find(kind, **pair) is None
    client.associate_approval_rule_template_with_repository(**pair)
    assert find(kind, **pair) == "orders,sources"


def test_hosts(aws: Clients, find: Finder) -> None:
    client, server = aws("codeconnections"), "GitHubEnterpriseServer"
    assert find("Host", name="own") is None
    arns = {
        name: client.create_host(
            Name=name, ProviderType=server, ProviderEndpoint="https://git.example.com"
        )["HostArn"]
        for name in ("other", "own")
    }
    assert find("Host", name="own") == arns["own"]


def test_password_policies(aws: Clients, find: Finder) -> None:
    assert find("AccountPasswordPolicy") is None
    aws("iam").update_account_password_policy(MinimumPasswordLength=12)
    assert find("AccountPasswordPolicy") == "iam-account-password-policy"


def test_analyzers_of_any_name_and_the_same_type(aws: Clients, find: Finder) -> None:
    wanted = {"analyzerName": "landfall-account", "type": "ACCOUNT"}
    assert find("Analyzer", **wanted) is None
    unused = {"unusedAccess": {"unusedAccessAge": 90}}
    analyzer = aws("accessanalyzer")
    analyzer.create_analyzer(
        analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS", configuration=unused
    )
    assert find("Analyzer", **wanted) is None
    analyzer.create_analyzer(analyzerName="by-hand", type="ACCOUNT")
    assert find("Analyzer", **wanted) == "by-hand"


@pytest.mark.parametrize("name", ["default", "aws-controltower-BaselineConfigRecorder"])
def test_recorders_and_channels_of_any_name_but_not_of_control_tower(
    aws: Clients, organization: Any, member: str, name: str
) -> None:
    find = Finder(aws, member)
    for kind in ("Recorder", "DeliveryChannel"):
        assert find(kind, name="landfall") is None
    role = aws("iam", account=member).create_service_linked_role(
        AWSServiceName="config.amazonaws.com"
    )["Role"]["Arn"]
    config = aws("config", account=member)
    recorder = {"name": name, "roleARN": role}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    store = bucket(aws, member, delivery("config", member, "AWSLogs/*", {}))
    channel = {"name": name, "s3BucketName": store}
    config.put_delivery_channel(DeliveryChannel=channel)
    for kind in ("Recorder", "DeliveryChannel"):
        if name == "default":
            assert find(kind, name="landfall") == "default"
            continue
        with pytest.raises(identities.OccupiedError, match="Control Tower manages"):
            find(kind, name="landfall")


def test_aggregators_of_the_organization(aws: Clients, organization: Any, find: Finder) -> None:
    source = {"allRegions": True}
    wanted = {"name": "landfall", "organizationAggregationSource": source}
    assert find("ConfigurationAggregator", **wanted) is None
    config = aws("config")
    sources = [{"AccountIds": [MANAGEMENT], "AllAwsRegions": True}]
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="accounts", AccountAggregationSources=sources
    )
    assert find("ConfigurationAggregator", **wanted) is None
    assert find("ConfigurationAggregator", name="accounts") == "accounts"
    trusted(organization, "config")
    principal = {"Service": "config.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = aws("iam").create_role(RoleName="all", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for name in ("aws-controltower-ConfigAggregatorForOrganizations", "everything"):
        config.put_configuration_aggregator(
            ConfigurationAggregatorName=name,
            OrganizationAggregationSource={"RoleArn": role, "AllAwsRegions": True},
        )
    assert find("ConfigurationAggregator", **wanted) == "everything"


def test_another_administrator_or_aggregation_region_is_refused(
    aws: Clients, organization: Any, member: str, find: Finder
) -> None:
    other = create_account(organization, "other")
    aws("guardduty").enable_organization_admin_account(AdminAccountId=other)
    trusted(organization, "securityhub")
    aws("securityhub", account=other).enable_security_hub()
    aws("securityhub").enable_organization_admin_account(AdminAccountId=other)
    for service in ("guardduty", "securityhub"):
        kind = f"aws:{service}/organizationAdminAccount:OrganizationAdminAccount"
        assert find(kind, adminAccountId=other) == other
        with pytest.raises(identities.OccupiedError, match=f"account {other}, not {member}"):
            find(kind, adminAccountId=member)
    aws("securityhub", account=other).create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    with pytest.raises(identities.OccupiedError, match=f"in {REGION}, not {OTHER}"):
        Finder(aws, other, OTHER)("FindingAggregator")


def test_a_list_is_read_to_its_last_page() -> None:
    def operation(**asked: str) -> dict[str, Any]:
        page = int(asked.get("NextToken", "1"))
        more = {"NextToken": str(page + 1)} if page < 3 else {}
        return {"Things": [f"{asked['Kind']}{page}"], **more}

    listed = pages_by_token(operation, "Things", "NextToken", Kind="a")
    assert list(listed) == ["a1", "a2", "a3"]


def test_sinks_links_and_shares(aws: Clients, organization: Any, member: str, find: Finder) -> None:
    source = Finder(aws, member)
    assert find("aws:oam/sink:Sink", name="landfall") is None
    sink = aws("oam").create_sink(Name="landfall")["Arn"]
    assert find("aws:oam/sink:Sink", name="landfall") == sink
    with pytest.raises(identities.OccupiedError, match="the monitoring sink 'landfall'"):
        find("aws:oam/sink:Sink", name="other")
    allowed = {"Effect": "Allow", "Principal": "*", "Resource": "*", "Action": "oam:CreateLink"}
    aws("oam").put_sink_policy(SinkIdentifier=sink, Policy=json.dumps({"Statement": [allowed]}))
    assert source("aws:oam/link:Link", sinkIdentifier=sink) is None
    types = ["AWS::Logs::LogGroup"]
    made = aws("oam", account=member).create_link(
        LabelTemplate="a", SinkIdentifier=sink, ResourceTypes=types
    )
    assert source("aws:oam/link:Link", sinkIdentifier=sink) == made["Arn"]
    ram = aws("ram")
    first = ram.create_resource_share(name="a")["resourceShare"]["resourceShareArn"]
    kind = "aws:ram/resourceShare:ResourceShare"
    assert find(kind, name="a") == first
    ram.delete_resource_share(resourceShareArn=first)
    assert find(kind, name="a") is None
