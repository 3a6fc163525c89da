"""Backup of a snapshot: vaults, without what is in them."""

from __future__ import annotations

from moto.backup.models import Vault, backup_backends

from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("backup vault")
def vault(place: Place, found: Found) -> None:
    """Make a vault."""
    backend = backup_backends[place.account][place.region]
    made = Vault(
        found["BackupVaultName"],
        found.get("EncryptionKeyArn"),
        found.get("CreatorRequestId"),
        backend,
    )
    made.locked = found.get("Locked", False)
    made.min_retention_days = found.get("MinRetentionDays")
    made.max_retention_days = found.get("MaxRetentionDays")
    backend.vaults[made.backup_vault_name] = made
    if found["tags"]:
        backend.tag_resource(made.backup_vault_arn, dict(found["tags"]))
