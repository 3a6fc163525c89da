"""An organization whose accounts use what the stack can switch on, made through boto3."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Client = Callable[..., Any]
"""Returns the client of a service, by `account` and `region`."""

HOME, OTHER = "eu-west-1", "us-east-1"
REGIONS = (HOME, OTHER)
AUDIT, LOGS = "Audit", "log archive"
ISSUER = "https://token.actions.githubusercontent.com"
QUOTA = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
SERVICES = (
    "access-analyzer.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "guardduty.amazonaws.com",
    "securityhub.amazonaws.com",
    "sso.amazonaws.com",
)


@dataclass
class InUse:
    """Ids of the organization, of its accounts by name, and of Identity Center."""

    client: Client
    organization: str = ""
    root: str = ""
    management: str = ""
    accounts: dict[str, str] = field(default_factory=dict)
    instance: str = ""
    store: str = ""

    @property
    def members(self) -> list[str]:
        """The ids of the member accounts."""
        return list(self.accounts.values())


def build(client: Client, count: int) -> InUse:
    """Make an organization of `count` member accounts."""
    made = InUse(client)
    organizations = client("organizations")
    described = organizations.create_organization(FeatureSet="ALL")["Organization"]
    made.organization, made.management = described["Id"], described["MasterAccountId"]
    made.root = organizations.list_roots()["Roots"][0]["Id"]
    for service in SERVICES:
        organizations.enable_aws_service_access(ServicePrincipal=service)
    for name in (AUDIT, LOGS, *(f"app {number}" for number in range(count - 2))):
        made.accounts[name] = _account(organizations, name)
    organizations.tag_resource(
        ResourceId=made.management, Tags=[{"Key": "owner", "Value": "finance"}]
    )
    _administrators(made)
    _organization_services(made)
    _config(made)
    for account in (made.management, *made.members):
        _account_settings(made, account)
    _identity_center(made)
    organizations.put_resource_policy(Content=json.dumps(resource_policy(made)))
    return made


def _account(organizations: Any, name: str) -> str:
    email = f"aws+{name.replace(' ', '.')}@example.com"
    status = organizations.create_account(AccountName=name, Email=email)["CreateAccountStatus"]
    while status["State"] == "IN_PROGRESS":
        time.sleep(0.05)
        status = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])[
            "CreateAccountStatus"
        ]
    found: str = status["AccountId"]
    return found


def _administrators(made: InUse) -> None:
    audit, client = made.accounts[AUDIT], made.client
    for region in REGIONS:
        client("guardduty", account=audit, region=region).create_detector(
            Enable=True, FindingPublishingFrequency="SIX_HOURS", Tags={"made": "by hand"}
        )
        client("guardduty", region=region).enable_organization_admin_account(AdminAccountId=audit)
    client("securityhub", account=audit).enable_security_hub(EnableDefaultStandards=True)
    client("securityhub").enable_organization_admin_account(AdminAccountId=audit)
    client("cloudtrail").register_organization_delegated_admin(MemberAccountId=audit)
    for service in ("access-analyzer", "config", "config-multiaccountsetup"):
        client("organizations").register_delegated_administrator(
            AccountId=audit, ServicePrincipal=f"{service}.amazonaws.com"
        )


def _organization_services(made: InUse) -> None:
    audit, client = made.accounts[AUDIT], made.client
    hub = client("securityhub", account=audit)
    hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    for region in REGIONS:
        client("accessanalyzer", account=audit, region=region).create_analyzer(
            analyzerName="from-the-console", type="ORGANIZATION"
        )
    bucket = _bucket(made, made.management, "cloudtrail", f"AWSLogs/{made.management}/*")
    client("cloudtrail").create_trail(
        Name="landfall", S3BucketName=bucket, IsMultiRegionTrail=True, IsOrganizationTrail=True
    )
    client("cloudtrail").start_logging(Name="landfall")


def _bucket(made: InUse, account: str, service: str, prefix: str) -> str:
    s3, name = made.client("s3", account=account), f"by-hand-{service}-{account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
    arn = f"arn:aws:s3:::{name}"
    common = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    reads = {"Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": arn}
    writes = {"Action": "s3:PutObject", "Resource": f"{arn}/AWSLogs/*"}
    statements = [{**common, **reads}, {**common, **writes}]
    policy = {"Version": "2012-10-17", "Statement": statements}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def _config(made: InUse) -> None:
    """Record in the home region of every account, and see it all in the audit account."""
    bucket = _bucket(made, made.accounts[LOGS], "config", "AWSLogs/*")
    for account in (made.management, *made.members):
        iam = made.client("iam", account=account)
        role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
        config = made.client("config", account=account)
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role["Arn"]}
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": bucket})
        config.start_configuration_recorder(ConfigurationRecorderName="default")
    audit = made.accounts[AUDIT]
    iam = made.client("iam", account=audit)
    principal = {"Service": "config.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    role = iam.create_role(RoleName="aggregator", AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(
        RoleName="aggregator",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations",
    )
    made.client("config", account=audit).put_configuration_aggregator(
        ConfigurationAggregatorName="everything",
        OrganizationAggregationSource={"RoleArn": role["Role"]["Arn"], "AllAwsRegions": True},
    )


def _account_settings(made: InUse, account: str) -> None:
    iam = made.client("iam", account=account)
    iam.update_account_password_policy(MinimumPasswordLength=8, RequireSymbols=True)
    iam.create_open_id_connect_provider(
        Url=ISSUER, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["1" * 40]
    )
    made.client("accessanalyzer", account=account).create_analyzer(
        analyzerName="by-hand", type="ACCOUNT"
    )
    made.client("backup", account=account).create_backup_vault(BackupVaultName="Default")


def raise_quotas(made: InUse) -> None:
    """Let AWS raise a quota in the home region of every account; no snapshot has it."""
    for account in (made.management, *made.members):
        made.client("service-quotas", account=account).request_service_quota_increase(
            **QUOTA, DesiredValue=50
        )


def _identity_center(made: InUse) -> None:
    center = made.client("sso-admin")
    found = center.list_instances()["Instances"][0]
    made.instance, made.store = found["InstanceArn"], found["IdentityStoreId"]
    group = made.client("identitystore").create_group(
        IdentityStoreId=made.store, DisplayName="developers", Description="by hand"
    )["GroupId"]
    arn = center.create_permission_set(
        InstanceArn=made.instance, Name="look", SessionDuration="PT4H"
    )["PermissionSet"]["PermissionSetArn"]
    of_set = {"InstanceArn": made.instance, "PermissionSetArn": arn}
    center.attach_managed_policy_to_permission_set(
        **of_set, ManagedPolicyArn="arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    )
    document = {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*"}
    center.put_inline_policy_to_permission_set(
        **of_set,
        InlinePolicy=json.dumps({"Version": "2012-10-17", "Statement": [document]}),
    )
    center.create_account_assignment(
        **of_set,
        TargetId=made.accounts[AUDIT],
        TargetType="AWS_ACCOUNT",
        PrincipalType="GROUP",
        PrincipalId=group,
    )


def resource_policy(made: InUse) -> dict[str, Any]:
    statement = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{made.accounts[AUDIT]}:root"},
        "Action": ["organizations:DescribeOrganization"],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def held(made: InUse) -> dict[str, Any]:
    """Return the identities of all that exists once in an account, read through boto3."""
    return dict(_held(made))


def _held(made: InUse) -> Iterator[tuple[str, Any]]:
    client, audit = made.client, made.accounts[AUDIT]
    trails = client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    yield "trails", [each["TrailARN"] for each in trails]
    delegates = client("organizations").list_delegated_administrators()["DelegatedAdministrators"]
    yield "delegated", [each["Id"] for each in delegates]
    for region in REGIONS:
        guard_duty = client("guardduty", account=audit, region=region)
        yield f"detectors {region}", guard_duty.list_detectors()["DetectorIds"]
        analyzers = client("accessanalyzer", account=audit, region=region).list_analyzers(
            type="ORGANIZATION"
        )["analyzers"]
        yield f"analyzers {region}", [each["arn"] for each in analyzers]
    hub = client("securityhub", account=audit)
    yield "aggregators", hub.list_finding_aggregators()["FindingAggregators"]
    yield "hub", hub.describe_hub()["SubscribedAt"]
    aggregators = client("config", account=audit).describe_configuration_aggregators()
    names = [
        each["ConfigurationAggregatorName"] for each in aggregators["ConfigurationAggregators"]
    ]
    yield "config aggregators", names
    center, store = client("sso-admin"), client("identitystore")
    yield "sets", center.list_permission_sets(InstanceArn=made.instance)["PermissionSets"]
    groups = store.list_groups(IdentityStoreId=made.store)["Groups"]
    yield "groups", [(each["GroupId"], each["DisplayName"]) for each in groups]
    policy = client("organizations").describe_resource_policy()["ResourcePolicy"]
    sids = {each["Sid"] for each in json.loads(policy["Content"])["Statement"]}
    yield "resource policy", (policy["ResourcePolicySummary"]["Id"], "Read" in sids)
    for account in (made.management, *made.members):
        yield account, _of_account(client, account)


def _of_account(client: Client, account: str) -> dict[str, Any]:
    iam, config = client("iam", account=account), client("config", account=account)
    analyzers = client("accessanalyzer", account=account).list_analyzers(type="ACCOUNT")
    linked = iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]
    recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    vaults = client("backup", account=account).list_backup_vaults()["BackupVaultList"]
    quotas = client("service-quotas", account=account)
    requests = quotas.list_requested_service_quota_change_history()["RequestedQuotas"]
    return {
        "recorders": [each["name"] for each in recorders],
        "channels": [each["name"] for each in channels],
        "config roles": [each["RoleId"] for each in linked if "ForConfig" in each["RoleName"]],
        "providers": iam.list_open_id_connect_providers()["OpenIDConnectProviderList"],
        "analyzers": [each["arn"] for each in analyzers["analyzers"]],
        "vaults": [each["BackupVaultArn"] for each in vaults],
        "quotas": [(each["Id"], each["DesiredValue"]) for each in requests],
        "quota": quotas.get_service_quota(**QUOTA)["Quota"]["Value"],
    }
