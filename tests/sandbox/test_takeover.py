"""Services that an organization uses already are taken over: nothing is created twice or deleted.

The tests of this file follow one organization and build on each other in their order. `make
takeover` runs them with 30 accounts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.sandbox import in_use
from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.in_use import AUDIT, HOME, InUse
from tests.sandbox.legacy import STACK, Beside, type_of

pytestmark = [pytest.mark.engine, pytest.mark.timeout(3600)]

FEW = 3
ACCOUNTS = int(os.environ.get("LANDFALL_TAKEOVER_ACCOUNTS", FEW))
# What exists before the services are switched on, of the types that the program creates.
TAKEN = {
    "aws:accessanalyzer/analyzer:Analyzer": 3 + ACCOUNTS,
    "aws:cfg/configurationAggregator:ConfigurationAggregator": 1,
    "aws:cfg/deliveryChannel:DeliveryChannel": 1 + ACCOUNTS,
    "aws:cfg/recorder:Recorder": 1 + ACCOUNTS,
    "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount": 1,
    "aws:cloudtrail/trail:Trail": 1,
    "aws:guardduty/detector:Detector": 2,
    "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount": 2,
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": 1 + ACCOUNTS,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ACCOUNTS,
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": 1 + ACCOUNTS,
    "aws:identitystore/group:Group": 1,
    "aws:organizations/resourcePolicy:ResourcePolicy": 1,
    "aws:securityhub/account:Account": 1,
    "aws:securityhub/findingAggregator:FindingAggregator": 1,
    "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount": 1,
    "aws:servicequotas/serviceQuota:ServiceQuota": 1 + ACCOUNTS,
    "aws:ssoadmin/accountAssignment:AccountAssignment": 1,
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": 1,
    "aws:ssoadmin/permissionSet:PermissionSet": 1,
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": 1,
}


class InUseBeside(Beside):
    """The organization beside a project."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.made: InUse = in_use.build(self.client, ACCOUNTS)
        in_use.raise_quotas(self.made)
        self.before = in_use.held(self.made)

    def takeover(self) -> str:
        """Run the command in a shell with the sandbox's credentials and backend."""
        script = f'eval "$({BIN}/landfall env -s {STACK})" && landfall takeover -s {STACK}'
        return self.project.run("bash", "-euo", "pipefail", "-c", script).stdout

    def settings(self) -> dict[str, Any]:
        path = self.project.folder / f"Pulumi.{STACK}.yaml"
        content: dict[str, Any] = yaml.safe_load(path.read_text())
        return content

    def switch_on(self) -> None:
        """Write settings for all that exists, as a user would after the adoption."""
        content = self.settings()
        config = content["config"]
        config["landfall:organization"]["regions"] = list(in_use.REGIONS)
        policy = in_use.resource_policy(self.made)["Statement"]
        config["landfall:organization"]["resourcePolicy"] = policy
        config["landfall:organization"]["delegatedPolicies"] = {"TAG_POLICY": [AUDIT]}
        config["landfall:accounts"][AUDIT]["purpose"] = "audit"
        config["landfall:accounts"]["log-archive"]["purpose"] = "log-archive"
        config["landfall:baseline"] = {
            "accessAnalyzer": True,
            "blockPublicBuckets": False,
            "quotas": {"vpc/L-F678F1CE": {"value": 20, "regions": [HOME]}},
        }
        config["landfall:security"] = {"config": {"regions": [HOME], "packs": []}}
        config["landfall:access"] = _access(self.made)
        path = self.project.folder / f"Pulumi.{STACK}.yaml"
        path.write_text(f"# Kept.\n{yaml.safe_dump(content, sort_keys=False)}# Kept, too.\n")


def _access(made: InUse) -> dict[str, Any]:
    stop = {"sid": "Stop", "actions": ["ec2:StopInstances"]}
    look = {"managedPolicies": ["job-function/ViewOnlyAccess"], "statements": [stop]}
    subjects = ["repo:example/platform:environment:prod"]
    job = {"provider": "github", "subjects": subjects}
    return {
        "oidcProviders": {"github": {"issuer": "github"}},
        "roles": {"ci": {"federated": [job], "managedPolicies": ["SecurityAudit"]}},
        "identityCenter": {
            "instance": made.instance.rpartition("/")[2],
            "identityStore": made.store,
            "groups": {"developers": {"description": "Builds the applications"}},
            "permissionSets": {"look": look},
            "assignments": [
                {"group": "developers", "permissionSets": ["look"], "accounts": [AUDIT]}
            ],
        },
    }


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InUseBeside]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    try:
        yield InUseBeside(project)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK)


def test_adoption_creates_changes_and_deletes_nothing(organization: InUseBeside) -> None:
    organization.adopt()
    organization.project.up()
    assert set(organization.project.changes()) <= {"created", "imported", "changes"}
    assert in_use.held(organization.made) == organization.before


def test_takeover_finds_what_exists_and_keeps_the_rest_of_the_file(
    organization: InUseBeside,
) -> None:
    organization.switch_on()
    before = organization.settings()
    assert "cfg/recorder app-0-config-eu-west-1: default, then changes it" in (
        organization.takeover()
    )
    after = organization.settings()
    existing = after["config"].pop("landfall:adopted").pop("existing")
    adopted = before["config"].pop("landfall:adopted")
    assert after == before
    assert adopted
    assert {kind: len(ids) for kind, ids in existing.items()} == TAKEN
    detectors = existing["aws:guardduty/detector:Detector"]
    assert detectors["detectors-us-east-1"].endswith("@us-east-1")
    text = (organization.project.folder / f"Pulumi.{STACK}.yaml").read_text()
    assert text.startswith("# Kept.\n")
    assert text.endswith("# Kept, too.\n")


def test_preview_imports_what_exists_and_replaces_and_deletes_nothing(
    organization: InUseBeside,
) -> None:
    steps = [step for step in organization.preview() if type_of(step).startswith("aws:")]
    done = Counter(step["op"] for step in steps)
    assert not done.keys() - {"create", "import", "update", "same", "read"}
    imported = Counter(type_of(step) for step in steps if step["op"] == "import")
    assert imported == TAKEN


def test_up_switches_everything_on_without_a_duplicate_or_a_deletion(
    organization: InUseBeside,
) -> None:
    organization.project.up()
    assert not {"deleted", "replaced"} & organization.project.counts().keys()
    assert in_use.held(organization.made) == organization.before
    made = organization.made
    audit = made.accounts[AUDIT]
    detector = organization.client("guardduty", audit)
    (found,) = detector.list_detectors()["DetectorIds"]
    frequency = detector.get_detector(DetectorId=found)["FindingPublishingFrequency"]
    assert frequency == "FIFTEEN_MINUTES"
    for account in made.members:
        policy = organization.client("iam", account).get_account_password_policy()
        assert policy["PasswordPolicy"]["MinimumPasswordLength"] == 14
        config = organization.client("config", account)
        (channel,) = config.describe_delivery_channels()["DeliveryChannels"]
        assert channel["s3BucketName"].startswith("landfall-")


def test_second_preview_is_clean(organization: InUseBeside) -> None:
    organization.project.pulumi(f"preview --expect-no-changes -s {STACK}")


@pytest.mark.skipif(ACCOUNTS == FEW, reason="make takeover")
def test_second_takeover_finds_nothing(organization: InUseBeside) -> None:
    assert "Nothing to take over" in organization.takeover()


@pytest.mark.skipif(ACCOUNTS == FEW, reason="make takeover")
def test_ids_can_be_removed_after_the_import(organization: InUseBeside) -> None:
    path = organization.project.folder / f"Pulumi.{STACK}.yaml"
    content = organization.settings()
    # The quotas are above their settings.
    quotas = "aws:servicequotas/serviceQuota:ServiceQuota"
    existing = content["config"].pop("landfall:adopted")["existing"]
    content["config"]["landfall:adopted"] = {"existing": {quotas: existing[quotas]}}
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    steps = [step for step in organization.preview() if type_of(step).startswith("aws:")]
    assert {step["op"] for step in steps} <= {"same", "read", "update"}
    assert not [step for step in steps if step.get("detailedDiff")]
