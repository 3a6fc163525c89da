"""Systems Manager: service settings of an account in a region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_DEFAULTS = {
    "/ssm/appmanager/appmanager-enabled": "True",
    "/ssm/automation/customer-script-log-destination": "",
    "/ssm/automation/customer-script-log-group-name": "",
    "/ssm/automation/enable-adaptive-concurrency": "False",
    "/ssm/documents/console/public-sharing-permission": "Enable",
    "/ssm/managed-instance/activation-tier": "standard",
    "/ssm/managed-instance/default-ec2-instance-management-role": "$None",
    "/ssm/opsinsights/opscenter": "Disabled",
    "/ssm/parameter-store/default-parameter-tier": "Standard",
    "/ssm/parameter-store/high-throughput-enabled": "false",
}
"""Systems Manager API Reference, UpdateServiceSetting: the ids, and what they start as."""

_settings: Store[dict[str, Any]] = Store()


class ServiceSettingNotFoundError(AWSError):
    """No such setting: Systems Manager API Reference, GetServiceSetting."""

    code = "ServiceSettingNotFound"
    message = "The specified service setting was not found."


def _id(request: Request) -> str:
    """Return a setting's path; requests may name it by its ARN."""
    setting: str = request.params["SettingId"]
    setting = setting.rpartition(":servicesetting")[2] or setting
    if setting not in _DEFAULTS:
        raise ServiceSettingNotFoundError
    return setting


def _described(request: Request, setting: str) -> dict[str, Any]:
    kept = _settings.of(request).get(setting)
    default = {
        "SettingId": setting,
        "SettingValue": _DEFAULTS[setting],
        "ARN": request.arn("ssm", f"servicesetting{setting}"),
        "Status": "Default",
    }
    return default | (kept or {})


@addition("ssm", "GetServiceSetting")
def get_service_setting(request: Request) -> Mapping[str, Any]:
    """Systems Manager API Reference, GetServiceSetting."""
    return {"ServiceSetting": _described(request, _id(request))}


@addition("ssm", "UpdateServiceSetting")
def update_service_setting(request: Request) -> None:
    """Systems Manager API Reference, UpdateServiceSetting."""
    _settings.of(request)[_id(request)] = {
        "SettingValue": request.params["SettingValue"],
        "LastModifiedDate": datetime.now(UTC),
        "LastModifiedUser": request.caller.principal,
        "Status": "Customized",
    }


@addition("ssm", "ResetServiceSetting")
def reset_service_setting(request: Request) -> Mapping[str, Any]:
    """Systems Manager API Reference, ResetServiceSetting."""
    setting = _id(request)
    _settings.of(request).pop(setting, None)
    return {"ServiceSetting": _described(request, setting)}
