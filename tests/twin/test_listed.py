"""What no snapshot contains is listed: `landfall adopt` says what takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from landfall.adoption import snapshot as snapshots
from landfall.adoption.members import Members
from landfall.adoption.reading import read_organization
from landfall.adoption.services import with_services
from tests.sandbox_gate.conftest import Sandbox
from tests.twin.conftest import HOME, OTHER, Reader, running


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("listed") / "original.log") as sandbox:
        organizations = sandbox.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        sandbox.client("oam").create_sink(Name="watch")
        sandbox.client("macie2", region=OTHER).enable_macie()
        sandbox.client("inspector2").enable(resourceTypes=["EC2"])
        sandbox.client("detective").create_graph()
        sandbox.client("ram").create_resource_share(name="network")
        sandbox.client("service-quotas").request_service_quota_increase(
            ServiceCode="vpc", QuotaCode="L-F678F1CE", DesiredValue=20
        )
        costs = sandbox.client("ce", region="us-east-1")
        for kind, more in (
            ("DIMENSIONAL", {"MonitorDimension": "SERVICE"}),
            ("CUSTOM", {"MonitorSpecification": {"Tags": {"Key": "team", "Values": ["a"]}}}),
        ):
            monitor = {"MonitorName": kind.lower(), "MonitorType": kind, **more}
            costs.create_anomaly_monitor(AnomalyMonitor=monitor)
        sandbox.client("cur", region="us-east-1").put_report_definition(
            ReportDefinition={
                "ReportName": "old",
                "TimeUnit": "DAILY",
                "Format": "textORcsv",
                "Compression": "GZIP",
                "AdditionalSchemaElements": [],
                "S3Bucket": "old-costs",
                "S3Prefix": "costs",
                "S3Region": "us-east-1",
            }
        )
        yield sandbox


def test_adoption_lists_newer_services_with_their_setting(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reader(tmp_path, monkeypatch).take(sandbox.url, "original.json")  # sets the environment
    session = boto3.Session(region_name=HOME)
    organization = read_organization(session, lambda *_: None)
    members = Members(session, organization.partition, ("OrganizationAccountAccessRole",))
    found = with_services(organization, members, (HOME, OTHER), lambda *_: None)
    assert found.unread == ()
    listed = {(each.kind, each.region, each.setting) for each in found.in_use}
    assert {
        ("monitoring sink", HOME, "landfall:monitoring"),
        ("quota request", HOME, "landfall:baseline.quotas"),
        ("Macie", OTHER, "landfall:security.macie"),
        ("Inspector", HOME, "landfall:security.inspector"),
        ("Detective graph", HOME, "landfall:security.detective"),
        ("resource share", HOME, "landfall:sharing, if it has the name"),
        ("cost anomaly monitor", "us-east-1", "landfall:costs.anomalies"),
        ("cost anomaly monitor", "us-east-1", ""),
        ("cost and usage report", "us-east-1", ""),
    } <= listed
    assert ("Macie", HOME, "landfall:security.macie") not in listed


def test_summary_of_a_snapshot_lists_what_the_twin_lacks(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, original = Reader(tmp_path, monkeypatch).take(sandbox.url, "original.json")
    lines = "\n".join(snapshots.summary(original, file))
    assert "Not in the file, so that the twin lacks it:" in lines
    assert f"\n  monitoring sink 1 in 'master', {HOME}\n" in lines
