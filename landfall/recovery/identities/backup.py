"""AWS Backup: vaults."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:backup/vault:Vault")
def _vault(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A vault's name is unique in an account and region.
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
    vaults = pages(client("backup"), "list_backup_vaults", "BackupVaultList")
    names = [str(each["BackupVaultName"]) for each in vaults]
    own: str = inputs["name"]
    return own if own in names else None
