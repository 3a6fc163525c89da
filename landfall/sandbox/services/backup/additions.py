"""AWS Backup: services that an account opts in to, and settings of the organization.

The sandbox creates no plans from backup policies, and no backups.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.backup.models import backup_backends

from landfall.aws.backup import SERVICES
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_SUPPORTED: Final = (*SERVICES, "CloudFormation", "Redshift", "Storage Gateway", "Timestream")
_GLOBAL: Final = {
    "isCrossAccountBackupEnabled": "false",
    "isDelegatedAdministratorEnabled": "false",
    "isMpaEnabled": "false",
}
_opted_in: Store[bool] = Store()
_managed: Store[bool] = Store()
_global: Store[Any] = Store(everywhere=True)


class InvalidRequestError(AWSError):
    """The input is of the wrong type: AWS Backup API Reference, UpdateGlobalSettings."""

    code = "InvalidRequestException"


class InvalidParameterError(AWSError):
    """A value is wrong: AWS Backup API Reference, UpdateRegionSettings."""

    code = "InvalidParameterValueException"


@addition("backup", "CreateBackupVault")
def create_vault(request: Request) -> Mapping[str, Any]:
    """Developer Guide, 'Assign resources': the first vault of a region opts in to every service."""
    if not backup_backends[request.account][request.region].vaults:
        _opted_in.of(request).update(dict.fromkeys(_SUPPORTED, True))
    raise PassOnError


@addition("backup", "DescribeRegionSettings")
def describe_region_settings(request: Request) -> Mapping[str, Any]:
    """AWS Backup API Reference, DescribeRegionSettings: every service, opted in or not."""
    opted_in, managed = _opted_in.of(request), _managed.of(request)
    return {
        "ResourceTypeOptInPreference": {name: opted_in.get(name, False) for name in _SUPPORTED},
        "ResourceTypeManagementPreference": {
            name: managed.get(name, False) for name in ("DynamoDB", "EFS")
        },
    }


@addition("backup", "UpdateRegionSettings")
def update_region_settings(request: Request) -> None:
    """AWS Backup API Reference, UpdateRegionSettings: services that are not listed stay."""
    opted_in = request.params.get("ResourceTypeOptInPreference", {})
    managed = request.params.get("ResourceTypeManagementPreference", {})
    for name in (*opted_in, *managed):
        if name not in _SUPPORTED:
            raise InvalidParameterError(f"Unsupported resource type: {name}")
    _opted_in.of(request).update(opted_in)
    _managed.of(request).update(managed)


@addition("backup", "DescribeGlobalSettings")
def describe_global_settings(request: Request) -> Mapping[str, Any]:
    """AWS Backup API Reference, DescribeGlobalSettings: an error outside of an organization."""
    backend = memberships.organization_of(request.account)
    if backend is None:
        raise InvalidRequestError("The account is not a member of an organization.")
    kept = _global.at(backend.account_id)
    return {"GlobalSettings": _GLOBAL | kept.get("settings", {}), "LastUpdateTime": kept.get("at")}


@addition("backup", "UpdateGlobalSettings")
def update_global_settings(request: Request) -> None:
    """AWS Backup API Reference, UpdateGlobalSettings: only in the management account."""
    if not memberships.is_management(request.account):
        raise InvalidRequestError("The account is not the management account of an organization.")
    given = request.params.get("GlobalSettings", {})
    for name, value in given.items():
        if name not in _GLOBAL or value not in ("true", "false"):
            raise InvalidParameterError(f"Invalid global setting: {name}={value}")
    kept = _global.at(request.account)
    kept["settings"] = kept.get("settings", {}) | given
    kept["at"] = datetime.now(UTC)


@addition("backup", "ListTags")
def list_tags(request: Request) -> Mapping[str, Any]:
    """AWS Backup API Reference, ListTags. The emulator needs a slash that not every SDK sends."""
    backend = backup_backends[request.account][request.region]
    return {"Tags": backend.list_tags(request.params["ResourceArn"])}
