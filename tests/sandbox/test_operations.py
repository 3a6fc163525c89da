"""Monitoring, sharing, costs and quotas of a stack, read from AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    units: {Workloads: {}}
    quotaTemplate: {vpc/L-F678F1CE: {value: 10}}
  landfall:accounts:
    watch: {email: watch@example.com}
    orders:
      email: orders@example.com
      unit: Workloads
      baseline:
        quotas: {vpc/L-F678F1CE: {value: 20}}
        sessions: {enabled: true, encrypt: true, runAs: operator}
    audit: {email: audit@example.com, purpose: audit}
    logs: {email: logs@example.com, purpose: log-archive}
  landfall:baseline:
    passwordPolicy: {enabled: false}
    blockPublicBuckets: false
    encryptVolumes: false
    blockPublicSnapshots: false
    blockPublicImages: false
    requireImdsv2: false
    accessAnalyzer: false
  landfall:monitoring: {account: watch, share: [metrics, logs]}
  landfall:sharing:
    shares: {network: {account: watch, units: [Root, Workloads], accounts: [orders]}}
  landfall:costs:
    export: {forceDestroy: true}
    anomalies: {notify: [costs@example.com]}
    allocationTags: [team]
  landfall:security:
    logArchive: {forceDestroy: true}
    trail: {enabled: false}
    config: {enabled: false}
    guardDuty: {enabled: false}
    securityHub: {enabled: false}
    accessAnalyzer: {enabled: false}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("operations"), "operations")
    (project.folder / "Pulumi.operations.yaml").write_text(FILE)
    try:
        project.up(preview=False)
        yield project
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", "operations")


def test_settings_are_in_aws_and_a_second_up_changes_nothing(project: Project) -> None:
    accounts = project.outputs()["accounts"]
    watch, orders = accounts["watch"], accounts["orders"]
    sinks = project.aws("oam", watch)
    (sink,) = sinks.list_sinks()["Items"]
    links = sinks.list_attached_links(SinkIdentifier=sink["Arn"])["Items"]
    linked = {each["LinkArn"].split(":")[4] for each in links}
    members = {*accounts.values()} - {watch}
    assert linked == {*members, project.outputs()["managementAccountId"]}
    shares = project.aws("ram", orders).get_resource_shares(resourceOwner="OTHER-ACCOUNTS")
    assert {each["name"] for each in shares["resourceShares"]} == {"network"}
    vpcs = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
    for account, value in ((orders, 20), (watch, 5)):
        found = project.aws("service-quotas", account).get_service_quota(**vpcs)["Quota"]
        assert found["Value"] == value
    template = project.aws("service-quotas", region="us-east-1")
    listed = template.list_service_quota_increase_requests_in_template()
    (quota,) = listed["ServiceQuotaIncreaseRequestInTemplateList"]
    assert (quota["AwsRegion"], quota["DesiredValue"]) == ("eu-west-1", 10)
    exports = project.aws("bcm-data-exports", region="us-east-1").list_exports()["Exports"]
    assert [each["ExportName"] for each in exports] == ["landfall-costs"]
    costs = project.aws("ce", region="us-east-1")
    (subscription,) = costs.get_anomaly_subscriptions()["AnomalySubscriptions"]
    assert subscription["Frequency"] == "DAILY"
    assert [each["Address"] for each in subscription["Subscribers"]] == ["costs@example.com"]
    (tag,) = costs.list_cost_allocation_tags(TagKeys=["team"])["CostAllocationTags"]
    assert tag["Status"] == "Active"
    _sessions(project, orders, accounts["logs"])
    project.up()
    assert project.changes() == {}


def _sessions(project: Project, account: str, archive: str) -> None:
    """Check the preferences, and that an account's logs reach its own part of the archive only."""
    document = project.aws("ssm", account).get_document(Name="SSM-SessionManagerRunShell")
    inputs = json.loads(document["Content"])["inputs"]
    bucket = f"landfall-logs-{archive}-eu-west-1-sessions"
    assert (inputs["s3BucketName"], inputs["s3KeyPrefix"]) == (bucket, f"{account}/eu-west-1")
    assert (inputs["runAsEnabled"], inputs["runAsDefaultUser"]) == (True, "operator")
    key = project.aws("kms", account).describe_key(KeyId=inputs["kmsKeyId"])["KeyMetadata"]
    assert key["KeyManager"] == "CUSTOMER"
    profile = project.aws("iam", account).get_instance_profile(
        InstanceProfileName="session-manager"
    )["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["session-manager"]
    s3 = project.aws("s3", account)
    s3.put_object(Bucket=bucket, Key=f"{account}/eu-west-1/session.log", Body=b"log")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key=f"{archive}/eu-west-1/session.log", Body=b"log")
