"""Detection services, differences of services and alarms on the trail, read from AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from landfall.aws.trail_alarms import TRAIL_ALARMS
from tests.sandbox import dev_security
from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization: {units: {Workloads: {units: {Dev: {}}}}}
  landfall:accounts:
    audit: {email: audit@example.com, purpose: audit}
    logs: {email: logs@example.com, purpose: log-archive}
    trials: {email: trials@example.com, unit: Workloads/Dev}
  landfall:baseline: {enabled: false}
  landfall:access:
    roles:
      remediation:
        services: [ssm]
        units: [Workloads]
        statements: [{actions: 's3:PutBucketVersioning', resources: 'arn:aws:s3:::*'}]
  landfall:security:
    logArchive: {forceDestroy: true}
    accessAnalyzer: {enabled: false}
    trail:
      logGroupDays: 365
      alarms:
        notify: [security@example.com]
        kinds: [root-use]
        own: {sign-ins: {pattern: '{$.eventName = ConsoleLogin}', threshold: 10}}
    securityHub:
      disabledControls: [CIS.1.14]
      units: {Workloads/Dev: {standards: cis-5.0}}
    guardDuty:
      features: [s3-data-events, rds-login-events]
      units: {Workloads: {features: s3-data-events}}
    config:
      packs: []
      accounts: {trials: {frequency: daily}}
      ownPacks:
        company:
          units: [Workloads]
          rules: {S3_BUCKET_VERSIONING_ENABLED: {}}
          customRules:
            named-buckets:
              types: AWS::S3::Bucket
              guard: 'rule named { configuration.name == /^example-/ }'
          remediations:
            S3_BUCKET_VERSIONING_ENABLED:
              document: AWS-ConfigureS3BucketVersioning
              role: remediation
              parameters: {BucketName: RESOURCE_ID, VersioningState: Enabled}
              automatic: true
    findings:
      receivers:
        on-call: {notify: [call@example.com], severity: critical, kinds: security-hub}
        team: {notify: [team@example.com], severity: low, highest: high, kinds: guardduty}
    macie: {accounts: {logs: {enabled: false}}}
    inspector: {scans: ec2, accounts: {trials: {scans: [ecr, lambda]}}}
    detective: {enabled: false, units: {Workloads: {enabled: true}}}
    firewallManager: true
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("detection"), "detection")
    (project.folder / "Pulumi.detection.yaml").write_text(FILE)
    try:
        project.up(preview=False)
        yield project
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", "detection")


@pytest.fixture(scope="module")
def accounts(project: Project) -> dict[str, str]:
    found: dict[str, str] = project.outputs()["accounts"]
    return found


def clients(project: Project, service: str) -> dict[str, Any]:
    """Return the clients of a service in each account by name."""
    accounts = {"management": None, **project.outputs()["accounts"]}
    return {name: project.aws(service, account) for name, account in accounts.items()}


def test_audit_account_administers_each_service(project: Project, accounts: dict[str, str]) -> None:
    services = project.aws("organizations").list_delegated_services_for_account(
        AccountId=accounts["audit"]
    )
    found = {each["ServicePrincipal"].partition(".")[0] for each in services["DelegatedServices"]}
    assert {"macie", "inspector2", "detective", "fms"} <= found
    administrator = project.aws("fms", region="us-east-1").get_admin_account()
    assert administrator["AdminAccount"] == accounts["audit"]


def test_macie_and_detective_cover_the_chosen_accounts(
    project: Project, accounts: dict[str, str]
) -> None:
    audit = accounts["audit"]
    members = project.aws("macie2", audit).list_members()["members"]
    covered = {each["accountId"] for each in members}
    assert covered == {project.outputs()["managementAccountId"], accounts["trials"]}
    session = project.aws("macie2", accounts["trials"]).get_macie_session()
    assert session["status"] == "ENABLED"
    detective = project.aws("detective", audit)
    (graph,) = detective.list_graphs()["GraphList"]
    linked = detective.list_members(GraphArn=graph["Arn"])["MemberDetails"]
    assert [(each["AccountId"], each["Status"]) for each in linked] == [
        (accounts["trials"], "ENABLED")
    ]


def test_inspector_scans_what_each_account_needs(project: Project) -> None:
    found = {}
    for name, client in clients(project, "inspector2").items():
        (status,) = client.batch_get_account_status()["accounts"]
        states: dict[str, Any] = status["resourceState"]
        found[name] = {kind for kind, state in states.items() if state["status"] == "ENABLED"}
    everywhere = {key: {"ec2"} for key in ("management", "audit", "logs")}
    assert found == {**everywhere, "trials": {"ecr", "lambda"}}


def test_features_of_guardduty_differ_by_account(project: Project) -> None:
    found = {}
    for name, client in clients(project, "guardduty").items():
        (detector,) = client.list_detectors()["DetectorIds"]
        features = client.get_detector(DetectorId=detector)["Features"]
        found[name] = {each["Name"]: each["Status"] for each in features}["RDS_LOGIN_EVENTS"]
    on = dict.fromkeys(("management", "audit", "logs"), "ENABLED")
    assert found == {**on, "trials": "DISABLED"}


def test_unit_has_its_own_standards_and_controls(
    project: Project, accounts: dict[str, str]
) -> None:
    def standards(account: str) -> str:
        hub = project.aws("securityhub", accounts[account])
        (found,) = hub.get_enabled_standards()["StandardsSubscriptions"]
        return str(found["StandardsArn"])

    assert "cis-aws-foundations-benchmark/v/5.0.0" in standards("trials")
    assert "aws-foundational-security-best-practices" in standards("logs")
    hub = project.aws("securityhub", accounts["audit"])
    listed = hub.list_configuration_policies()["ConfigurationPolicySummaries"]
    ids = {each["Name"]: each["Id"] for each in listed}
    assert set(ids) == {"landfall", "landfall-Workloads-Dev"}
    policy = hub.get_configuration_policy(Identifier=ids["landfall"])["ConfigurationPolicy"]
    controls = policy["SecurityHub"]["SecurityControlsConfiguration"]
    assert controls["DisabledSecurityControlIdentifiers"] == ["IAM.6"]


def test_pack_with_its_remediation_is_in_the_accounts_of_its_unit(project: Project) -> None:
    configs = clients(project, "config")
    for name, count in (("trials", 1), ("logs", 0), ("management", 0)):
        packs = configs[name].describe_conformance_packs()["ConformancePackDetails"]
        assert len(packs) == count, name
        for pack in packs:
            compliance = configs[name].describe_conformance_pack_compliance(
                ConformancePackName=pack["ConformancePackName"]
            )["ConformancePackRuleComplianceList"]
            rules = {each["ConfigRuleName"] for each in compliance}
            assert rules == {"s3-bucket-versioning-enabled", "named-buckets"}
    frequency = {
        name: configs[name].describe_configuration_recorders()["ConfigurationRecorders"][0][
            "recordingMode"
        ]["recordingFrequency"]
        for name in ("logs", "trials")
    }
    assert frequency == {"logs": "CONTINUOUS", "trials": "DAILY"}


def test_alarms_watch_the_trail_and_notify(project: Project) -> None:
    filters = project.aws("logs").describe_metric_filters()["metricFilters"]
    patterns = {each["filterName"]: each["filterPattern"] for each in filters}
    assert patterns == {
        "landfall-trail-root-use": TRAIL_ALARMS["root-use"].pattern,
        "landfall-trail-sign-ins": "{$.eventName = ConsoleLogin}",
    }
    alarms = project.aws("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {(each["MetricName"], each["Threshold"]) for each in alarms} == {
        ("landfall-trail-root-use", 1),
        ("landfall-trail-sign-ins", 10),
    }
    ((topic,), *_) = [each["AlarmActions"] for each in alarms]
    sns = project.aws("sns")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"]
    subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["Endpoint"] for each in subscribed] == ["security@example.com"]


def test_receivers_get_the_findings_of_their_severities(
    project: Project, accounts: dict[str, str]
) -> None:
    events, sns = project.aws("events", accounts["audit"]), project.aws("sns", accounts["audit"])
    hub = dev_security.event_of_hub(accounts["audit"])
    threat = dev_security.event_of_guardduty(accounts["audit"])
    sent = {
        "on-call": {"LOW": hub("LOW"), "HIGH": hub("HIGH"), "CRITICAL": hub("CRITICAL")},
        "team": {"LOW": threat(2), "HIGH": threat(8), "CRITICAL": threat(9.5)},
    }
    expected = {"on-call": {"CRITICAL"}, "team": {"LOW", "HIGH"}}
    for name, kind in (("on-call", "security-hub"), ("team", "guardduty")):
        rule = f"landfall-findings-{name}-{kind}"
        pattern = events.describe_rule(Name=rule)["EventPattern"]
        matched = {
            severity
            for severity, event in sent[name].items()
            if events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]
        }
        assert matched == expected[name], name
        (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
        (subscribed,) = sns.list_subscriptions_by_topic(TopicArn=target["Arn"])["Subscriptions"]
        assert subscribed["Endpoint"] == {"on-call": "call@example.com"}.get(
            name, "team@example.com"
        )


def test_second_up_changes_nothing(project: Project) -> None:
    project.up()
    assert project.changes() == {}
