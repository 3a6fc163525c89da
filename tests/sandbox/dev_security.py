"""Checks of the dev stack's security services in AWS; `test_dev_stack` runs them.

Each check gets the project, whose stack is up, and the accounts by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.sandbox.conftest import Project

Accounts = dict[str, str]
Check = Callable[[Project, Accounts], None]
MEMBERS = ("audit", "log-archive", "delivery", "orders-dev", "orders-prod")
HOME = "eu-west-1"


def _management(project: Project) -> str:
    described = project.aws("organizations").describe_organization()["Organization"]
    identity: str = described["MasterAccountId"]
    return identity


def logs_are_kept_encrypted_and_apart(project: Project, accounts: Accounts) -> None:
    archive = accounts["log-archive"]
    s3, kms = project.aws("s3", archive), project.aws("kms", archive)
    bucket = f"landfall-logs-{archive}-{HOME}"
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    key = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    for name in (bucket, f"{bucket}-access"):
        block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        assert set(block.values()) == {True}
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
        owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]
    assert lifecycle["Expiration"]["Days"] == 1096
    assert [each["StorageClass"] for each in lifecycle["Transitions"]] == ["GLACIER_IR"]
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetBucket"].endswith(
        "-access"
    )
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    allowed = {
        service
        for statement in statements
        if statement["Effect"] == "Allow"
        for service in _listed(statement["Principal"]["Service"])
    }
    assert allowed == {"cloudtrail.amazonaws.com", "config.amazonaws.com"}


def one_trail_records_every_account(project: Project, accounts: Accounts) -> None:
    cloudtrail = project.aws("cloudtrail")
    (trail,) = cloudtrail.describe_trails()["trailList"]
    for flag in ("IsOrganizationTrail", "IsMultiRegionTrail", "LogFileValidationEnabled"):
        assert trail[flag] is True, flag
    assert trail["S3BucketName"] == f"landfall-logs-{accounts['log-archive']}-{HOME}"
    assert trail["KmsKeyId"].split(":")[4] == accounts["log-archive"]
    assert cloudtrail.get_trail_status(Name=trail["Name"])["IsLogging"] is True


def config_records_in_every_account(project: Project, accounts: Accounts) -> None:
    for account in (None, *(accounts[name] for name in MEMBERS)):
        config = project.aws("config", account)
        (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        assert status["recording"] is True
        (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
        assert recorder["recordingGroup"]["includeGlobalResourceTypes"] is True
        assert recorder["roleARN"].endswith("/config.amazonaws.com/AWSServiceRoleForConfig")
        (channel,) = config.describe_delivery_channels()["DeliveryChannels"]
        assert channel["s3BucketName"] == f"landfall-logs-{accounts['log-archive']}-{HOME}"


def packs_stand_in_every_account(project: Project, accounts: Accounts) -> None:
    audit = project.aws("config", accounts["audit"])
    statuses = audit.describe_organization_conformance_pack_statuses()
    assert {
        (each["OrganizationConformancePackName"], each["Status"])
        for each in statuses["OrganizationConformancePackStatuses"]
    } == {
        ("landfall-encryption", "CREATE_SUCCESSFUL"),
        ("landfall-least-privilege", "CREATE_SUCCESSFUL"),
    }
    for account in (None, accounts["orders-prod"]):
        packs = project.aws("config", account).describe_conformance_packs()
        assert len(packs["ConformancePackDetails"]) == 2
    (aggregator,) = audit.describe_configuration_aggregators()["ConfigurationAggregators"]
    assert aggregator["OrganizationAggregationSource"]["AllAwsRegions"] is True


def services_are_the_audit_accounts(project: Project, accounts: Accounts) -> None:
    organizations, audit = project.aws("organizations"), accounts["audit"]
    services = organizations.list_delegated_services_for_account(AccountId=audit)
    assert {each["ServicePrincipal"] for each in services["DelegatedServices"]} == {
        f"{name}.amazonaws.com"
        for name in (
            "access-analyzer",
            "cloudtrail",
            "config",
            "config-multiaccountsetup",
            "guardduty",
            "securityhub",
        )
    }


def guardduty_and_security_hub_are_on_everywhere(project: Project, accounts: Accounts) -> None:
    audit = project.aws("guardduty", accounts["audit"])
    (detector,) = audit.list_detectors()["DetectorIds"]
    found = audit.describe_organization_configuration(DetectorId=detector)
    assert found["AutoEnableOrganizationMembers"] == "ALL"
    on = {each["Name"] for each in found["Features"] if each["AutoEnable"] == "ALL"}
    assert on == {"S3_DATA_EVENTS"}
    for account in (None, *(accounts[name] for name in MEMBERS)):
        assert len(project.aws("guardduty", account).list_detectors()["DetectorIds"]) == 1
        hub = project.aws("securityhub", account)
        (standard,) = hub.get_enabled_standards()["StandardsSubscriptions"]
        assert "aws-foundational-security-best-practices" in standard["StandardsArn"]


def an_analyzer_looks_at_the_organization(project: Project, accounts: Accounts) -> None:
    analyzers = project.aws("accessanalyzer", accounts["audit"]).list_analyzers()["analyzers"]
    organization = [each for each in analyzers if each["type"].startswith("ORGANIZATION")]
    assert [(each["type"], each["status"]) for each in organization] == [("ORGANIZATION", "ACTIVE")]


def findings_go_to_an_encrypted_topic(project: Project, accounts: Accounts) -> None:
    audit = accounts["audit"]
    sns, events = project.aws("sns", audit), project.aws("events", audit)
    topic = f"arn:aws:sns:{HOME}:{audit}:landfall-findings"
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    key = project.aws("kms", audit).describe_key(KeyId="alias/landfall/findings")["KeyMetadata"]
    assert attributes["KmsMasterKeyId"] == key["Arn"]
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    rules = events.list_rules(NamePrefix="landfall-findings-")["Rules"]
    sources = _listed(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert {rule["Arn"] for rule in rules} == set(sources)
    for rule in rules:
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Arn"] == topic
    patterns = {
        rule["Name"].removeprefix("landfall-findings-"): rule["EventPattern"] for rule in rules
    }
    assert set(patterns) == {
        "security-hub",
        "guardduty",
        "non-compliance",
        "root-use",
        "trail-changes",
    }
    for kind, detail in EVENTS.items():
        matched = {
            name
            for name, pattern in patterns.items()
            if events.test_event_pattern(EventPattern=pattern, Event=_event(audit, *detail))[
                "Result"
            ]
        }
        assert matched == ({kind} if kind in patterns else set()), kind
    subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["Endpoint"] for each in subscribed] == ["security@example.com"]


def _finding(product: str, label: str, **more: Any) -> dict[str, Any]:
    return {
        "findings": [
            {
                "ProductName": product,
                "RecordState": "ACTIVE",
                "Workflow": {"Status": "NEW"},
                "Severity": {"Label": label},
                **more,
            }
        ]
    }


_HUB = ("aws.securityhub", "Security Hub Findings - Imported")
_GUARDDUTY = ("aws.guardduty", "GuardDuty Finding")
EVENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "security-hub": (*_HUB, _finding("Security Hub", "CRITICAL")),
    "non-compliance": (*_HUB, _finding("Config", "LOW", Compliance={"Status": "FAILED"})),
    "guardduty": (*_GUARDDUTY, {"severity": 8, "type": "Recon:EC2/PortProbe"}),
    "root-use": (*_GUARDDUTY, {"severity": 2, "type": "Policy:IAMUser/RootCredentialUsage"}),
    "trail-changes": (
        *_GUARDDUTY,
        {"severity": 2, "type": "Stealth:IAMUser/CloudTrailLoggingDisabled"},
    ),
    "nothing, a finding of no weight": (*_HUB, _finding("Security Hub", "LOW")),
    "nothing, told by GuardDuty itself": (*_HUB, _finding("GuardDuty", "HIGH")),
    "nothing, harmless": (*_GUARDDUTY, {"severity": 2, "type": "Recon:EC2/PortProbe"}),
}


def _event(account: str, source: str, kind: str, detail: dict[str, Any]) -> str:
    return json.dumps(
        {
            "id": "1",
            "account": account,
            "source": source,
            "time": "2026-11-26T12:00:00Z",
            "region": HOME,
            "resources": [],
            "detail-type": kind,
            "detail": detail,
        }
    )


def event_of_hub(account: str) -> Callable[[str], str]:
    """Return a maker of events of Security Hub's findings, by severity label."""
    return lambda label: _event(account, *_HUB, _finding("Security Hub", label))


def event_of_guardduty(account: str) -> Callable[[float], str]:
    """Return a maker of events of GuardDuty's findings, by severity."""
    detail = {"type": "Recon:EC2/PortProbe"}
    return lambda severity: _event(account, *_GUARDDUTY, {**detail, "severity": severity})


def people_have_access_by_their_groups(project: Project, accounts: Accounts) -> None:
    admin, store = project.aws("sso-admin"), project.aws("identitystore")
    (instance,) = admin.list_instances()["Instances"]
    arn = instance["InstanceArn"]
    groups = store.list_groups(IdentityStoreId=instance["IdentityStoreId"])["Groups"]
    names = {group["GroupId"]: group["DisplayName"] for group in groups}
    assert set(names.values()) == {"developers", "incident-responders"}
    found = set()
    for permission_set in admin.list_permission_sets(InstanceArn=arn)["PermissionSets"]:
        where = {"InstanceArn": arn, "PermissionSetArn": permission_set}
        described = admin.describe_permission_set(**where)["PermissionSet"]
        for name in MEMBERS:
            assigned = admin.list_account_assignments(**where, AccountId=accounts[name])
            for each in assigned["AccountAssignments"]:
                found.add((names[each["PrincipalId"]], described["Name"], name))
        if described["Name"] == "stop-workloads":
            bound = admin.get_permissions_boundary_for_permission_set(**where)
            reference = bound["PermissionsBoundary"]["CustomerManagedPolicyReference"]
            assert reference == {"Name": "incident-response", "Path": "/landfall/"}
    assert found == {
        ("developers", "look", "orders-dev"),
        ("developers", "look", "orders-prod"),
        ("incident-responders", "look", "orders-prod"),
        ("incident-responders", "stop-workloads", "orders-prod"),
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


CHECKS: tuple[Check, ...] = (
    logs_are_kept_encrypted_and_apart,
    one_trail_records_every_account,
    config_records_in_every_account,
    packs_stand_in_every_account,
    services_are_the_audit_accounts,
    guardduty_and_security_hub_are_on_everywhere,
    an_analyzer_looks_at_the_organization,
    findings_go_to_an_encrypted_topic,
    people_have_access_by_their_groups,
)
