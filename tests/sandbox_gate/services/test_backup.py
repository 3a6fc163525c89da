"""AWS Backup's settings: opted-in services of a region, and settings of the organization."""

from __future__ import annotations

from typing import Any

from landfall.aws.backup import SERVICES
from tests.sandbox_gate.conftest import Clients, Sandbox, error_of


def opted_in(client: Any) -> dict[str, bool]:
    found: dict[str, bool] = client.describe_region_settings()["ResourceTypeOptInPreference"]
    return found


def test_the_first_vault_of_a_region_opts_in_to_every_service(aws: Clients) -> None:
    here, there = aws("backup"), aws("backup", region="us-east-1")
    assert not any(opted_in(here).values())
    here.create_backup_vault(BackupVaultName="one")
    assert all(opted_in(here).values())
    assert opted_in(here).keys() > {*SERVICES}
    assert not any(opted_in(there).values())
    here.update_region_settings(ResourceTypeOptInPreference={"S3": False})
    here.create_backup_vault(BackupVaultName="two")
    assert [name for name, value in opted_in(here).items() if not value] == ["S3"]
    update = here.update_region_settings
    code, _ = error_of(update, ResourceTypeOptInPreference={"Floppy": True})
    assert code == "InvalidParameterValueException"
    update(ResourceTypeManagementPreference={"DynamoDB": True})
    found = here.describe_region_settings()["ResourceTypeManagementPreference"]
    assert found["DynamoDB"] is True


def test_global_settings_belong_to_the_management_account(aws: Clients, member: str) -> None:
    own, theirs = aws("backup"), aws("backup", account=member)
    before = {"isCrossAccountBackupEnabled": "false"}
    assert before.items() <= own.describe_global_settings()["GlobalSettings"].items()
    change = {"GlobalSettings": {"isCrossAccountBackupEnabled": "true"}}
    assert error_of(theirs.update_global_settings, **change)[0] == "InvalidRequestException"
    own.update_global_settings(**change)
    # The whole organization has them, in every region.
    found = aws("backup", account=member, region="us-east-1").describe_global_settings()
    assert found["GlobalSettings"]["isCrossAccountBackupEnabled"] == "true"
    wrong = {"GlobalSettings": {"isCrossAccountBackupEnabled": "maybe"}}
    assert error_of(own.update_global_settings, **wrong)[0] == "InvalidParameterValueException"


def test_global_settings_without_an_organization_are_refused(aws: Clients) -> None:
    assert error_of(aws("backup").describe_global_settings)[0] == "InvalidRequestException"


def test_tags_of_a_vault_are_listed_with_and_without_the_last_slash(sandbox: Sandbox) -> None:
    client = sandbox.new_client("backup")
    made = client.create_backup_vault(BackupVaultName="tagged", BackupVaultTags={"a": "b"})
    arn = made["BackupVaultArn"]
    assert client.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}

    def cut(request: Any, **_: Any) -> None:
        request.url = request.url.rstrip("/")

    client.meta.events.register("before-sign.backup.ListTags", cut)
    assert client.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
