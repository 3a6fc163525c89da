"""GuardDuty of an organization: its administrator, and what every account gets.

Where members are turned on by themselves they have detectors, as on AWS; nothing is ever found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.guardduty.models import guardduty_backends

from landfall.sandbox.across_services import linked_roles
from landfall.sandbox.across_services.delegation import (
    delegates,
    deregister,
    is_member,
    register,
    trust,
)
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.guardduty import additions_features
from landfall.sandbox.services.guardduty.additions_organization import (
    BadRequestError,
    administrator,
    administrators,
    configurations,
    configured,
    managed,
    turn_on,
)

__all__ = ["additions_features", "administrators", "configurations"]

_SERVICE = "guardduty.amazonaws.com"
_ROLE = "AWSServiceRoleForAmazonGuardDuty"
_FEATURES = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)


@addition("guardduty", "CreateDetector")
def create_detector(request: Request) -> Mapping[str, Any]:
    """One in each region: GuardDuty API Reference, CreateDetector.

    It creates the service-linked role: User Guide, 'Service-linked role permissions for GuardDuty'.
    """
    if guardduty_backends[request.account][request.region].detectors:
        raise BadRequestError("a detector already exists for the current account")
    linked_roles.create_once(request.account, request.partition, _SERVICE, _ROLE)
    raise PassOnError


@addition("guardduty", "EnableOrganizationAdminAccount")
def enable_administrator(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, EnableOrganizationAdminAccount.

    User Guide, 'Designating a delegated GuardDuty administrator account': it is one account in all
    regions, a member, and GuardDuty is turned on in it.
    """
    backend, account = managed(request), request.params["AdminAccountId"]
    if not is_member(backend, account):
        raise BadRequestError(f"{account} is not a member of the organization")
    held = administrators.of(request).get("id")
    others = [each for each in delegates(backend, _SERVICE) if each != account]
    if held == account:
        raise BadRequestError(f"{account} is already the delegated administrator")
    if others:
        raise BadRequestError(
            "another account is already the GuardDuty delegated administrator of the organization"
        )
    trust(backend, _SERVICE)
    if account not in delegates(backend, _SERVICE):
        register(backend, account, _SERVICE)
    administrators.of(request)["id"] = account
    turn_on(account, request.region)
    return {}


@addition("guardduty", "DisableOrganizationAdminAccount")
def disable_administrator(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, DisableOrganizationAdminAccount."""
    backend, account = managed(request), request.params["AdminAccountId"]
    if administrators.of(request).get("id") != account:
        raise BadRequestError(f"{account} is not the delegated administrator")
    del administrators.of(request)["id"]
    configurations.at(account, request.region).clear()
    if not administrators.everywhere(backend.account_id):
        deregister(backend, account, _SERVICE)
    return {}


@addition("guardduty", "ListOrganizationAdminAccounts")
def list_administrators(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, ListOrganizationAdminAccounts."""
    managed(request)
    held = administrators.of(request).get("id")
    found = [{"AdminAccountId": held, "AdminStatus": "ENABLED"}] if held else []
    return {"AdminAccounts": found}


@addition("guardduty", "DescribeOrganizationConfiguration")
def describe_configuration(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, DescribeOrganizationConfiguration."""
    kept = configured(request)
    features = [
        {"Name": name, "AutoEnable": "NONE", "AdditionalConfiguration": []}
        | kept["features"].get(name, {})
        for name in _FEATURES
    ]
    return {
        "AutoEnable": kept["members"] in ("ALL", "NEW"),
        "AutoEnableOrganizationMembers": kept["members"],
        "MemberAccountLimitReached": False,
        "DataSources": _data_sources(kept["features"]),
        "Features": features,
    }


def _data_sources(features: Mapping[str, Any]) -> dict[str, Any]:
    """Say of three features what the API said before it had them."""

    def on(name: str) -> bool:
        return features.get(name, {}).get("AutoEnable", "NONE") in ("ALL", "NEW")

    volumes = {"EbsVolumes": {"AutoEnable": on("EBS_MALWARE_PROTECTION")}}
    return {
        "S3Logs": {"AutoEnable": on("S3_DATA_EVENTS")},
        "Kubernetes": {"AuditLogs": {"AutoEnable": on("EKS_AUDIT_LOGS")}},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": volumes},
    }


@addition("guardduty", "UpdateOrganizationConfiguration")
def update_configuration(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, UpdateOrganizationConfiguration."""
    kept, params = configured(request), request.params
    if "AutoEnableOrganizationMembers" in params:
        kept["members"] = params["AutoEnableOrganizationMembers"]
    elif "AutoEnable" in params:
        kept["members"] = "NEW" if params["AutoEnable"] else "NONE"
    elif "Features" not in params:
        raise BadRequestError("autoEnableOrganizationMembers is needed")
    for feature in params.get("Features", []):
        kept["features"][feature["Name"]] = feature
    return {}


@addition("guardduty", "ListDetectors")
def list_detectors(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, ListDetectors; members are turned on before one can look.

    User Guide, 'Considerations and recommendations for using GuardDuty with AWS Organizations': the
    management account needs GuardDuty's role first, which enabling GuardDuty there creates.
    """
    held = administrator(request)
    if held is not None and not memberships.is_management(request.account):
        kept = configurations.at(held, request.region).get("it", {})
        if kept.get("members") == "ALL":
            turn_on(request.account, request.region)
    raise PassOnError


def _tags(request: Request) -> dict[str, str]:
    """Return the tags of the detector that an ARN names; of other resources there are none."""
    arn = request.params["ResourceArn"]
    found = re.fullmatch(r".*:detector/([0-9a-f]+)", arn)
    backend = guardduty_backends[request.account][request.region]
    if found is None or found[1] not in backend.detectors:
        raise BadRequestError("an invalid or out-of-range value is specified as an input parameter")
    tags: dict[str, str] = backend.detectors[found[1]].tags
    return tags


@addition("guardduty", "TagResource")
def tag_resource(request: Request) -> None:
    """GuardDuty API Reference, TagResource."""
    _tags(request).update(request.params["Tags"])


@addition("guardduty", "UntagResource")
def untag_resource(request: Request) -> None:
    """GuardDuty API Reference, UntagResource."""
    kept = _tags(request)
    for key in request.params["TagKeys"]:
        kept.pop(key, None)


@addition("guardduty", "ListTagsForResource")
def list_tags_for_resource(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, ListTagsForResource."""
    return {"Tags": dict(_tags(request))}
