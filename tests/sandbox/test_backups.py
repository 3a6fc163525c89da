"""What a backup policy names exists in each account that it covers, as AWS has both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from landfall.aws.backup import SERVICES
from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    regions: [eu-west-1, us-east-1]
    units:
      Prod: {guardrails: [daily-backups, protect-backups]}
      Dev: {}
  landfall:accounts:
    orders: {email: orders@example.com, unit: Prod}
    trials: {email: trials@example.com, unit: Dev}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("backups"), "backups")
    (project.folder / "Pulumi.backups.yaml").write_text(FILE)
    try:
        project.up(preview=False)
        yield project
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", "backups")


def plan_of(project: Project) -> dict[str, Any]:
    """Return the plan of the policy that is attached to unit Prod."""
    organizations = project.aws("organizations")
    unit = project.outputs()["units"]["Prod"]
    (policy,) = organizations.list_policies_for_target(TargetId=unit, Filter="BACKUP_POLICY")[
        "Policies"
    ]
    content = organizations.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
    plan: dict[str, Any] = json.loads(content)["plans"]["daily"]
    return plan


def test_covered_account_has_the_vault_and_the_role_that_the_policy_names(project: Project) -> None:
    plan, orders = plan_of(project), project.outputs()["accounts"]["orders"]
    vault = plan["rules"]["nightly"]["target_backup_vault_name"]["@@assign"]
    role = plan["selections"]["tags"]["tagged"]["iam_role_arn"]["@@assign"]
    regions = plan["regions"]["@@assign"]
    assert regions == ["eu-west-1", "us-east-1"]
    found = project.aws("iam", orders).get_role(RoleName=role.rpartition("/")[2])["Role"]
    assert found["Arn"] == role.replace("$account", orders)
    for region in regions:
        client = project.aws("backup", orders, region)
        key = client.describe_backup_vault(BackupVaultName=vault)["EncryptionKeyArn"]
        described = project.aws("kms", orders, region).describe_key(KeyId=key)["KeyMetadata"]
        assert (described["KeyManager"], described["KeyState"]) == ("CUSTOMER", "Enabled")
        opted_in = client.describe_region_settings()["ResourceTypeOptInPreference"]
        assert {name: opted_in[name] for name in SERVICES} == dict.fromkeys(SERVICES, True)


def test_management_account_is_opted_in_and_trusts_aws_backup(project: Project) -> None:
    for region in ("eu-west-1", "us-east-1"):
        client = project.aws("backup", region=region)
        opted_in = client.describe_region_settings()["ResourceTypeOptInPreference"]
        assert {name: opted_in[name] for name in SERVICES} == dict.fromkeys(SERVICES, True)
        assert client.list_backup_vaults()["BackupVaultList"] == []
    trusted = project.aws("organizations").list_aws_service_access_for_organization()
    principals = {each["ServicePrincipal"] for each in trusted["EnabledServicePrincipals"]}
    assert "backup.amazonaws.com" in principals


def test_account_without_a_backup_policy_has_no_vault(project: Project) -> None:
    trials = project.outputs()["accounts"]["trials"]
    assert project.aws("backup", trials).list_backup_vaults()["BackupVaultList"] == []


def test_second_up_and_a_refresh_change_nothing(project: Project) -> None:
    project.up()
    assert project.changes() == {}
    project.pulumi("refresh --yes --expect-no-changes --skip-preview -s backups")
