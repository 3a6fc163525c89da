"""Security services of a stack against mocks: resources, accounts and permissions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from components.security import finding_events
from components.security.security_hub import standard_arn
from landfall.validation import parse
from tests.components.conftest import ORGANIZATION, Registered

Runner = Callable[[Callable[[], Any]], Registered]
HOMES = {"aws": "eu-west-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
FURTHER = {"aws": "us-east-1", "aws-us-gov": "us-gov-east-1", "aws-cn": "cn-northwest-1"}
MANAGEMENT = "999999999999"


def config(partition: str = "aws", **security: Any) -> dict[str, Any]:
    return {
        "aws:region": HOMES[partition],
        "landfall:organization": {"regions": [HOMES[partition], FURTHER[partition]]},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
            "orders": {"email": "orders@example.com"},
        },
        "landfall:baseline": {"enabled": False},
        "landfall:security": security,
    }


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    settings = config(findings={"notify": ["security@example.com"]})
    return run(lambda: LandingZone(parse(settings)))


def by_sid(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in document["Statement"]}


@pytest.mark.parametrize("partition", HOMES)
def test_log_bucket_accepts_only_the_trail_and_config_of_the_organization(
    run: Runner, partition: str
) -> None:
    registered = run(lambda: LandingZone(parse(config(partition))))
    policy = by_sid(registered.document("aws:s3/bucketPolicy:BucketPolicy", "logs", "policy"))
    assert set(policy) == {
        "TlsOnly",
        "OnlyThisKey",
        "TrailLooks",
        "TrailWrites",
        "ConfigLooks",
        "ConfigWrites",
    }
    trail = f"arn:{partition}:cloudtrail:{HOMES[partition]}:{MANAGEMENT}:trail/landfall"
    for sid in ("TrailLooks", "TrailWrites"):
        assert policy[sid]["Principal"] == {"Service": ["cloudtrail.amazonaws.com"]}
        assert policy[sid]["Condition"]["ArnEquals"] == {"aws:SourceArn": trail}
    paths = [resource.partition("/AWSLogs/")[2] for resource in policy["TrailWrites"]["Resource"]]
    assert paths == [f"{MANAGEMENT}/*", f"{ORGANIZATION}/*"]
    for sid in ("ConfigLooks", "ConfigWrites"):
        assert policy[sid]["Principal"] == {"Service": ["config.amazonaws.com"]}
        assert policy[sid]["Condition"]["StringEquals"]["aws:SourceOrgID"] == ORGANIZATION
    key = by_sid(registered.document("aws:kms/key:Key", "logs", "policy"))
    assert key["TrailEncrypts"]["Condition"]["ArnEquals"] == {"aws:SourceArn": trail}
    uses = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
    assert not uses & set(key["AdministrationByThisAccount"]["Action"])
    assert partition in key["AdministrationByThisAccount"]["Principal"]["AWS"].split(":")


def test_log_bucket_accepts_digests_of_the_trail(registered: Registered) -> None:
    """CloudTrail encrypts them with S3's keys; only another key of KMS is refused."""
    policy = by_sid(registered.document("aws:s3/bucketPolicy:BucketPolicy", "logs", "policy"))
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    assert policy["OnlyThisKey"]["Condition"]["Null"] == {header: "false"}
    assert "s3:x-amz-server-side-encryption" not in policy["OnlyThisKey"]["Condition"].get(
        "StringNotEquals", {}
    )


def test_log_readers_get_bucket_and_key_by_role_arn(run: Runner) -> None:
    archive = {"readers": [{"account": "audit", "role": "landfall/auditor"}]}
    registered = run(lambda: LandingZone(parse(config(logArchive=archive))))
    for token, name in (("aws:s3/bucketPolicy:BucketPolicy", "logs"), ("aws:kms/key:Key", "logs")):
        statement = by_sid(registered.document(token, name, "policy"))["Readers"]
        assert statement["Principal"] == {"AWS": ["arn:aws:iam::111111111111:root"]}
        assert statement["Condition"] == {
            "ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:role/landfall/auditor"]},
            "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
        }


def test_lock_and_lifecycle_follow_the_settings(run: Runner) -> None:
    archive = {
        "archiveDays": None,
        "expireDays": 400,
        "lock": {"mode": "compliance", "days": 365},
    }
    registered = run(lambda: LandingZone(parse(config(logArchive=archive))))
    locks = registered.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert list(locks) == ["logs"]
    assert locks["logs"]["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 365}}
    rules = registered.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert rules["logs"]["rules"][0]["expiration"] == {"days": 400}
    assert "transitions" not in rules["logs"]["rules"][0]


@pytest.mark.parametrize("lock", [None, {"mode": "governance", "days": 30}])
def test_config_delivers_to_a_bucket_without_lock(run: Runner, lock: dict[str, Any] | None) -> None:
    """AWS Config does not deliver to a bucket with default retention."""
    registered = run(lambda: LandingZone(parse(config(logArchive={"lock": lock}))))
    buckets = registered.of("aws:s3/bucket:Bucket")
    locks = registered.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    locked = {buckets[name]["bucket"] for name in locks}
    trail = registered.of("aws:cloudtrail/trail:Trail")["trail"]["s3BucketName"]
    channels = registered.of("aws:cfg/deliveryChannel:DeliveryChannel").values()
    used = {each["s3BucketName"] for each in channels}
    assert locked == ({trail} if lock else set())
    assert len(used) == 1
    assert not used & locked
    (archive,) = (each for each in buckets.values() if each["bucket"] in used)
    assert not archive.get("objectLockEnabled")


def test_trail_has_all_regions_validation_and_encryption(registered: Registered) -> None:
    trail = registered.of("aws:cloudtrail/trail:Trail")["trail"]
    for flag in (
        "isOrganizationTrail",
        "isMultiRegionTrail",
        "enableLogFileValidation",
        "includeGlobalServiceEvents",
        "enableLogging",
    ):
        assert trail[flag] is True, flag
    assert trail["kmsKeyId"].startswith("arn:aws:kms:")
    assert "cloudWatchLogsGroupArn" not in trail


def test_trail_with_options_has_a_log_group_insights_and_data_events(run: Runner) -> None:
    settings = {
        "logGroupDays": 365,
        "insights": ["api-error-rate"],
        "dataEvents": ["AWS::S3::Object"],
    }
    registered = run(lambda: LandingZone(parse(config(trail=settings))))
    trail = registered.of("aws:cloudtrail/trail:Trail")["trail"]
    assert trail["insightSelectors"] == [{"insightType": "ApiErrorRateInsight"}]
    assert [each["name"] for each in trail["advancedEventSelectors"]] == [
        "Management events",
        "AWS::S3::Object",
    ]
    trust = registered.document("aws:iam/role:Role", "trail", "assumeRolePolicy")
    # CloudTrail sends no source when it assumes this role.
    assert "Condition" not in trust["Statement"][0]
    writes = registered.document("aws:iam/rolePolicy:RolePolicy", "trail", "policy")
    assert writes["Statement"][0]["Resource"] == [
        f"arn:aws:logs:eu-west-1:{MANAGEMENT}:log-group:/landfall/landfall:log-stream:{stream}"
        for stream in (f"{MANAGEMENT}_CloudTrail_eu-west-1*", f"{ORGANIZATION}_*")
    ]


def test_config_records_in_every_account_and_region(registered: Registered) -> None:
    for token in ("recorder:Recorder", "recorderStatus:RecorderStatus"):
        made = registered.of(f"aws:cfg/{token}")
        assert set(made) == {
            f"{account}-config-{region}"
            for account in ("management", "audit", "logs", "orders")
            for region in ("eu-west-1", "us-east-1")
        }
    groups = {
        name: each["recordingGroup"]["includeGlobalResourceTypes"]
        for name, each in registered.of("aws:cfg/recorder:Recorder").items()
    }
    assert {name for name, it in groups.items() if it} == {n for n in groups if "eu-west" in n}
    assert len(registered.of("aws:iam/serviceLinkedRole:ServiceLinkedRole")) == 4


def test_packs_are_deployed_only_where_their_rules_apply(registered: Registered) -> None:
    packs = registered.of("aws:cfg/organizationConformancePack:OrganizationConformancePack")
    assert set(packs) == {
        "config-encryption-eu-west-1",
        "config-encryption-us-east-1",
        "config-least-privilege-eu-west-1",
    }


def test_an_external_account_keeps_its_own_recorder_and_gets_no_pack(run: Runner) -> None:
    settings = config()
    settings["landfall:organization"] |= {"mode": "adopt", "id": ORGANIZATION}
    settings["landfall:accounts"]["orders"] |= {"external": True, "id": "333333333333"}
    registered = run(lambda: LandingZone(parse(settings)))
    recorders = registered.of("aws:cfg/recorder:Recorder")
    assert not [name for name in recorders if name.startswith("orders")]
    packs = registered.of("aws:cfg/organizationConformancePack:OrganizationConformancePack")
    assert all(pack["excludedAccounts"] == ["333333333333"] for pack in packs.values())


def test_security_services_are_delegated_by_their_own_api(registered: Registered) -> None:
    audit = "111111111111"
    services = registered.of("aws:organizations/delegatedAdministrator:DelegatedAdministrator")
    assert {each["servicePrincipal"] for each in services.values()} == {
        "access-analyzer.amazonaws.com",
        "config.amazonaws.com",
        "config-multiaccountsetup.amazonaws.com",
    }
    assert {each["accountId"] for each in services.values()} == {audit}
    for token in (
        "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
    ):
        assert {each["adminAccountId"] for each in registered.of(token).values()} == {audit}
    detectors = registered.of("aws:guardduty/organizationAdminAccount:OrganizationAdminAccount")
    assert {each["region"] for each in detectors.values()} == {"eu-west-1", "us-east-1"}


def test_management_account_has_its_own_detectors_and_hubs(registered: Registered) -> None:
    for token, names in (
        (
            "aws:guardduty/detector:Detector",
            {"management-detectors-eu-west-1", "management-detectors-us-east-1"},
        ),
        (
            "aws:securityhub/account:Account",
            {"management-security-hub-eu-west-1", "management-security-hub-us-east-1"},
        ),
    ):
        found = {
            each.name: each.inputs["region"]
            for each in registered.resources
            if each.typ == token and not Registered.account_of(each)
        }
        assert set(found) == names
        assert set(found.values()) == {"eu-west-1", "us-east-1"}


def test_management_account_may_keep_what_others_enabled(run: Runner) -> None:
    registered = run(lambda: LandingZone(parse(config(managementAccount=False))))
    for token in ("aws:guardduty/detector:Detector", "aws:securityhub/account:Account"):
        made = [each for each in registered.resources if each.typ == token]
        assert {Registered.account_of(each) for each in made} == {"audit"}


@pytest.mark.parametrize(
    ("off", "gone"),
    [
        ("trail", "aws:cloudtrail/"),
        ("config", "aws:cfg/"),
        ("securityHub", "aws:securityhub/"),
        ("guardDuty", "aws:guardduty/"),
        ("accessAnalyzer", "aws:accessanalyzer/"),
    ],
)
def test_disabled_security_service_has_no_resources(run: Runner, off: str, gone: str) -> None:
    registered = run(lambda: LandingZone(parse(config(**{off: {"enabled": False}}))))
    assert not [each for each in registered.resources if each.typ.startswith(gone)]
    assert any(each.typ.startswith("aws:s3/") for each in registered.resources)


def test_stack_without_security_has_no_security_resources(run: Runner) -> None:
    settings = config()
    del settings["landfall:security"]
    registered = run(lambda: LandingZone(parse(settings)))
    assert not [each for each in registered.resources if "security" in each.typ]


@pytest.mark.parametrize("partition", HOMES)
def test_findings_topic_accepts_only_the_exact_rules(run: Runner, partition: str) -> None:
    settings = config(partition, findings={"notify": ["security@example.com"]})
    registered = run(lambda: LandingZone(parse(settings)))
    home = HOMES[partition]
    policy = registered.document("aws:sns/topicPolicy:TopicPolicy", "findings", "policy")
    (statement,) = policy["Statement"]
    kinds = ("security-hub", "guardduty", "non-compliance", "root-use", "trail-changes")
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:{partition}:events:{home}:111111111111:rule/landfall-findings-{kind}"
        for kind in kinds
    ]
    rules = registered.of("aws:cloudwatch/eventRule:EventRule")
    assert {rule["region"] for name, rule in rules.items() if name.endswith("-forward")} == {
        FURTHER[partition]
    }
    role = registered.document("aws:iam/rolePolicy:RolePolicy", "findings-forward", "policy")
    assert role["Statement"][0]["Resource"] == [
        f"arn:{partition}:events:{home}:111111111111:event-bus/default"
    ]


def test_receivers_of_other_severities_have_topics_of_their_own(run: Runner) -> None:
    receivers = {
        "on-call": {"notify": ["call@example.com"], "severity": "critical"},
        "team": {
            "notify": ["team@example.com"],
            "severity": "medium",
            "highest": "high",
            "kinds": ["security-hub", "guardduty"],
        },
    }
    registered = run(lambda: LandingZone(parse(config(findings={"receivers": receivers}))))
    topics = registered.of("aws:sns/topic:Topic")
    named = {"landfall-findings-on-call", "landfall-findings-team"}
    assert {each["name"] for each in topics.values()} == named
    subscriptions = registered.of("aws:sns/topicSubscription:TopicSubscription").values()
    assert {each["endpoint"] for each in subscriptions} == {"call@example.com", "team@example.com"}
    rules = registered.of("aws:cloudwatch/eventRule:EventRule")
    own = {each["name"]: each.get("eventPattern") for each in rules.values()}
    finding = json.loads(own["landfall-findings-team-security-hub"])["detail"]["findings"]
    assert finding["Severity"]["Label"] == ["MEDIUM", "HIGH"]
    detail = json.loads(own["landfall-findings-team-guardduty"])["detail"]
    assert detail["severity"] == [{"numeric": [">=", 4, "<", 9]}]
    assert {name for name in own if "team" in name} == {
        "landfall-findings-team-guardduty",
        "landfall-findings-team-security-hub",
    }
    # One channel forwards the findings of other regions, for all.
    assert {name for name in own if "forward" in name} == {"landfall-findings-on-call-forward"}
    aliases = registered.of("aws:kms/alias:Alias").values()
    assert {"alias/landfall/findings-on-call", "alias/landfall/findings-team"} <= {
        each["name"] for each in aliases
    }


def test_guardduty_findings_are_not_notified_again_by_security_hub() -> None:
    def products(tells: bool) -> list[str]:
        pattern = finding_events.pattern("security-hub", "high", guardduty_tells=tells)
        finding = json.loads(pattern)["detail"]["findings"]
        assert finding["Severity"]["Label"] == ["HIGH", "CRITICAL"]
        apart: list[str] = finding["ProductName"][0]["anything-but"]
        return apart

    assert products(True) == ["Config", "GuardDuty"]
    assert products(False) == ["Config"]
    guardduty = json.loads(finding_events.pattern("guardduty", "medium", guardduty_tells=True))
    assert guardduty["detail"]["severity"] == [{"numeric": [">=", 4]}]


@pytest.mark.parametrize(
    ("name", "partition", "arn"),
    [
        (
            "fsbp",
            "aws",
            "arn:aws:securityhub:eu-west-1::standards/"
            "aws-foundational-security-best-practices/v/1.0.0",
        ),
        (
            "cis-1.2",
            "aws-cn",
            "arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        ),
    ],
)
def test_standards_have_aws_names(name: str, partition: str, arn: str) -> None:
    assert standard_arn(name, partition, "eu-west-1") == arn
