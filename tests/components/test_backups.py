"""Accounts that a backup policy covers have what it names; it is attached after that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.everything import EVERYTHING

Runner = Callable[[Callable[[], Any]], Registered]
REGIONS = {"eu-west-1", "us-east-1"}
STACK: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {
        "regions": ["eu-west-1", "us-east-1"],
        "units": {"Prod": {"guardrails": ["daily-backups"]}, "Dev": {}},
    },
    "landfall:accounts": {
        "orders": {"email": "orders@example.com", "unit": "Prod"},
        "trials": {"email": "trials@example.com", "unit": "Dev"},
    },
}
VAULT = "aws:backup/vault:Vault"
SETTINGS = "aws:backup/regionSettings:RegionSettings"


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    return made(run, STACK)


def made(run: Runner, config: dict[str, Any]) -> Registered:
    settings = parse(config, stack="test", locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def places(registered: Registered, token: str) -> set[tuple[str, str]]:
    """Return the account and region of each resource of a type."""
    return {
        (Registered.account_of(each), each.inputs["region"])
        for each in registered.resources
        if each.typ == token
    }


def test_covered_account_has_an_encrypted_vault_in_each_region(registered: Registered) -> None:
    assert places(registered, VAULT) == {("orders", region) for region in REGIONS}
    for name, vault in registered.of(VAULT).items():
        assert vault["kmsKeyArn"].endswith(f":key/key-{name}")
        assert registered.of("aws:kms/key:Key")[name]["enableKeyRotation"] is True


def test_policy_names_exactly_the_vault_and_the_role_of_the_account(
    registered: Registered,
) -> None:
    token = "aws:organizations/policy:Policy"
    plan = registered.document(token, "organization/daily-backups", "content")["plans"]["daily"]
    vault = plan["rules"]["nightly"]["target_backup_vault_name"]["@@assign"]
    arn = plan["selections"]["tags"]["tagged"]["iam_role_arn"]["@@assign"]
    assert {each["name"] for each in registered.of(VAULT).values()} == {vault}
    role = registered.of("aws:iam/role:Role")["orders-backups"]
    assert arn == f"arn:aws:iam::$account:role{role['path']}{role['name']}"
    assert {*plan["regions"]["@@assign"]} == REGIONS


def test_role_is_trusted_only_for_backups_of_its_account(registered: Registered) -> None:
    token = "aws:iam/role:Role"
    (trust,) = registered.document(token, "orders-backups", "assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": ["backup.amazonaws.com"]}
    assert "StringEqualsIfExists" in trust["Condition"]
    attached = {
        each["policyArn"].rpartition("/")[2]
        for name, each in registered.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment").items()
        if name == "orders-backups"
    }
    assert attached <= {
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForS3Backup",
    }


def test_services_are_opted_in_in_the_account_and_in_the_management_account(
    registered: Registered,
) -> None:
    assert places(registered, SETTINGS) == {
        (account, region) for account in ("orders", "") for region in REGIONS
    }
    for settings in registered.of(SETTINGS).values():
        assert {*settings["resourceTypeOptInPreference"].values()} == {True}


def test_backup_has_trusted_access_and_no_global_settings(registered: Registered) -> None:
    organization = registered.of("aws:organizations/organization:Organization")["organization"]
    assert "backup.amazonaws.com" in organization["awsServiceAccessPrincipals"]
    assert registered.of("aws:backup/globalSettings:GlobalSettings") == {}


def test_policy_is_attached_after_the_vaults(registered: Registered) -> None:
    order = [(each.typ, each.name) for each in registered.resources]
    token = "aws:organizations/policyAttachment:PolicyAttachment"
    attached = order.index((token, "organization/daily-backups@Prod"))
    assert all(order.index((VAULT, f"orders-backups-{region}")) < attached for region in REGIONS)


def test_policy_of_the_root_with_copies_covers_the_management_account(run: Runner) -> None:
    registered = made(run, EVERYTHING)
    assert ("", "eu-west-1") in places(registered, VAULT)
    found = registered.of("aws:backup/globalSettings:GlobalSettings")["backups"]
    assert found["globalSettings"] == {"isCrossAccountBackupEnabled": "true"}


def test_delegated_administrator_of_backups_is_a_global_setting(run: Runner) -> None:
    config = json.loads(json.dumps(STACK))
    config["landfall:organization"]["delegatedAdministrators"] = {
        "backup.amazonaws.com": ["orders"],
        "sso.amazonaws.com": ["orders"],
    }
    registered = made(run, config)
    found = registered.of("aws:backup/globalSettings:GlobalSettings")["backups"]
    assert found["globalSettings"] == {"isDelegatedAdministratorEnabled": "true"}
    delegated = registered.of(
        "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
    ).values()
    services = {"backup.amazonaws.com", "sso.amazonaws.com"}
    assert {each["servicePrincipal"] for each in delegated} == services
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert services <= set(organization["awsServiceAccessPrincipals"])


def test_policy_attached_to_an_account_covers_only_that_account(run: Runner) -> None:
    config = json.loads(json.dumps(STACK))
    config["landfall:organization"]["units"]["Prod"] = {}
    config["landfall:accounts"]["trials"]["guardrails"] = ["daily-backups"]
    registered = made(run, config)
    assert {account for account, _ in places(registered, VAULT)} == {"trials"}
    attachments = registered.of("aws:organizations/policyAttachment:PolicyAttachment")
    assert "trials/daily-backups" in attachments
