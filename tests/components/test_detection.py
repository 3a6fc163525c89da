"""Macie, Inspector, Detective, Firewall Manager and differences of services, against mocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.aws.trail_alarms import TRAIL_ALARMS
from landfall.validation import parse
from tests.components.conftest import Registered

Runner = Callable[[Callable[[], Any]], Registered]
MANAGEMENT = "999999999999"


def config(**security: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "units": {"Workloads": {"units": {"Dev": {}, "Prod": {}}}},
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
            "orders": {"email": "orders@example.com", "unit": "Workloads/Prod"},
            "trials": {"email": "trials@example.com", "unit": "Workloads/Dev"},
        },
        "landfall:baseline": {"enabled": False},
        "landfall:security": security,
    }


def made(run: Runner, **security: Any) -> Registered:
    settings = config(**security)
    return run(lambda: LandingZone(parse(settings)))


def test_new_services_are_off_until_they_are_settings(run: Runner) -> None:
    registered = made(run)
    prefixes = ("aws:macie2/", "aws:inspector2/", "aws:detective/", "aws:fms/")
    assert not [each for each in registered.resources if each.typ.startswith(prefixes)]


def test_macie_covers_every_account_but_those_left_out(run: Runner) -> None:
    macie = {"regions": "eu-west-1", "units": {"Workloads/Dev": {"enabled": False}}}
    registered = made(run, macie=macie)
    sessions = registered.of("aws:macie2/account:Account")
    assert set(sessions) == {"macie-eu-west-1", "management-macie-eu-west-1"}
    (delegated,) = registered.of(
        "aws:macie2/organizationAdminAccount:OrganizationAdminAccount"
    ).values()
    assert delegated["region"] == "eu-west-1"
    members = registered.of("aws:macie2/member:Member")
    assert set(members) == {
        f"macie-members-{name}-eu-west-1" for name in ("logs", "orders", "management")
    }
    assert members["macie-members-orders-eu-west-1"]["email"] == "orders@example.com"
    assert all(
        Registered.account_of(each) == "audit"
        for each in registered.resources
        if each.typ == "aws:macie2/member:Member"
    )


def test_detective_may_cover_one_unit_only(run: Runner) -> None:
    detective = {"enabled": False, "units": {"Workloads/Prod": {"enabled": True}}}
    registered = made(run, detective=detective)
    assert set(registered.of("aws:detective/graph:Graph")) == {
        "detective-eu-west-1",
        "detective-us-east-1",
    }
    members = registered.of("aws:detective/member:Member")
    assert set(members) == {
        f"detective-members-orders-{region}" for region in ("eu-west-1", "us-east-1")
    }
    assert all(each["disableEmailNotification"] for each in members.values())


def test_inspector_scans_by_account_and_has_no_member_of_its_own(run: Runner) -> None:
    inspector = {
        "regions": "eu-west-1",
        "scans": ["ec2", "lambda"],
        "accounts": {"trials": {"scans": []}, "orders": {"scans": ["lambda", "lambda-code"]}},
    }
    registered = made(run, inspector=inspector)
    enablers = registered.of("aws:inspector2/enabler:Enabler")
    scans = {
        name.removeprefix("inspector-").removesuffix("-eu-west-1"): each["resourceTypes"]
        for name, each in enablers.items()
    }
    whole = ["EC2", "LAMBDA"]
    assert scans == {
        "audit": whole,
        "logs": whole,
        "orders": ["LAMBDA", "LAMBDA_CODE"],
        "management": whole,
    }
    members = registered.of("aws:inspector2/memberAssociation:MemberAssociation")
    assert set(members) == set(enablers) - {"inspector-audit-eu-west-1"}


@pytest.mark.parametrize("home", ["eu-west-1", "us-east-1"])
def test_firewall_manager_is_delegated_in_the_region_of_its_api(run: Runner, home: str) -> None:
    settings = config(firewallManager=True)
    settings["aws:region"] = home
    settings["landfall:organization"]["regions"] = [home]
    registered = run(lambda: LandingZone(parse(settings)))
    assert len(registered.of("aws:fms/adminAccount:AdminAccount")) == 1
    providers = registered.of("pulumi:providers:aws")
    own = {name: each for name, each in providers.items() if name.startswith("management")}
    if home == "us-east-1":
        assert own == {}
    else:
        assert {name: each["region"] for name, each in own.items()} == {
            "management-us-east-1": "us-east-1"
        }


def test_features_of_some_accounts_are_set_in_each_account(run: Runner) -> None:
    guard_duty = {
        "regions": "eu-west-1",
        "features": ["s3-data-events", "rds-login-events"],
        "accounts": {"trials": {"features": "s3-data-events"}},
    }
    registered = made(run, guardDuty=guard_duty)
    features = registered.of(
        "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature"
    )
    assert {each["name"]: each["autoEnable"] for each in features.values()} == {
        "S3_DATA_EVENTS": "ALL",
        "RDS_LOGIN_EVENTS": "NONE",
    }
    members = registered.of("aws:guardduty/memberDetectorFeature:MemberDetectorFeature")
    assert {
        name.removeprefix("guardduty-").removesuffix("-eu-west-1-RDS_LOGIN_EVENTS"): each["status"]
        for name, each in members.items()
    } == {"logs": "ENABLED", "orders": "ENABLED", "trials": "DISABLED", "management": "ENABLED"}
    (own,) = registered.of("aws:guardduty/detectorFeature:DetectorFeature").values()
    assert own["status"] == "ENABLED"


def test_units_and_accounts_have_policies_of_security_hub(run: Runner) -> None:
    hub = {
        "disabledControls": ["CIS.1.1", "IAM.6", "PCI.IAM.4"],
        "units": {"Workloads/Dev": {"standards": "cis-5.0", "disabledControls": "PCI.S3.1"}},
        "accounts": {"orders": {"enabled": False}},
    }
    registered = made(run, securityHub=hub)
    policies = registered.of("aws:securityhub/configurationPolicy:ConfigurationPolicy")
    assert {each["name"] for each in policies.values()} == {
        "landfall",
        "landfall-Workloads-Dev",
        "landfall-orders",
    }
    controls = {
        name: each["configurationPolicy"]
        .get("securityControlsConfiguration", {})
        .get("disabledControlIdentifiers")
        for name, each in policies.items()
    }
    assert controls == {
        "security-hub-organization": ["CloudWatch.1", "IAM.20", "IAM.6"],
        "security-hub-organization-Workloads/Dev": ["S3.3"],
        "security-hub-organization-orders": None,
    }
    off = policies["security-hub-organization-orders"]["configurationPolicy"]
    assert off == {"serviceEnabled": False}
    targets = registered.of(
        "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation"
    )
    assert len({each["targetId"] for each in targets.values()}) == 3


def test_recorder_differs_by_account_and_pack_by_unit(run: Runner) -> None:
    pack = {"rules": {"S3_BUCKET_VERSIONING_ENABLED": {}}, "units": "Workloads/Prod"}
    registered = made(
        run,
        config={
            "regions": "eu-west-1",
            "packs": [],
            "ownPacks": {"company": pack},
            "units": {"Workloads": {"frequency": "daily"}},
            "accounts": {"trials": {"enabled": False}},
        },
    )
    recorders = registered.of("aws:cfg/recorder:Recorder")
    frequencies = {
        name.removesuffix("-config-eu-west-1"): each["recordingMode"]["recordingFrequency"]
        for name, each in recorders.items()
    }
    assert frequencies == {
        "management": "CONTINUOUS",
        "audit": "CONTINUOUS",
        "logs": "CONTINUOUS",
        "orders": "DAILY",
    }
    (made_pack,) = registered.of(
        "aws:cfg/organizationConformancePack:OrganizationConformancePack"
    ).values()
    assert len(made_pack["excludedAccounts"]) == 4
    assert MANAGEMENT in made_pack["excludedAccounts"]


def test_trail_alarms_publish_to_a_topic_that_only_they_use(run: Runner) -> None:
    own = {"sign-ins": {"pattern": "{$.eventName = ConsoleLogin}", "threshold": 10}}
    alarms = {"notify": "a@example.com", "own": own}
    registered = made(run, trail={"logGroupDays": 365, "alarms": alarms})
    filters = registered.of("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    assert len(filters) == len(TRAIL_ALARMS) + 1
    found = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert {each["threshold"] for each in found.values()} == {1, 10}
    root = filters["trail-alarms-root-use"]
    assert root["pattern"] == TRAIL_ALARMS["root-use"].pattern
    assert root["metricTransformation"]["name"] == found["trail-alarms-root-use"]["metricName"]
    policy = registered.document("aws:sns/topicPolicy:TopicPolicy", "trail-alarms", "policy")
    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    arns = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert sorted(arns) == sorted(
        f"arn:aws:cloudwatch:eu-west-1:{MANAGEMENT}:alarm:{each['name']}" for each in found.values()
    )
    key = registered.document("aws:kms/key:Key", "trail-alarms", "policy")
    assert [each["Sid"] for each in key["Statement"]] == [
        "AdministrationByThisAccount",
        "AlarmsToTheTopic",
    ]
