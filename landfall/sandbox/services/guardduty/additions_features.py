"""GuardDuty's features in an account, and in the members of the administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.guardduty.models import Detector, guardduty_backends

from landfall.sandbox.across_services.delegation import accounts_of
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.guardduty.additions_organization import configured, turn_on


@addition("guardduty", "UpdateDetector")
def update_detector(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, UpdateDetector: features that are not named stay as they are."""
    params = request.params
    detector = guardduty_backends[request.account][request.region].detectors.get(
        params["DetectorId"]
    )
    if detector is None or not params.get("Features"):
        raise PassOnError
    detector.update(params.get("Enable"), params.get("FindingPublishingFrequency"), None, None)
    _set_features(detector, params["Features"])
    return {}


def _set_features(detector: Detector, features: Sequence[Mapping[str, Any]]) -> None:
    kept = {each["name"]: each for each in detector.features}
    for feature in features:
        more = [
            {"name": each["Name"], "status": each["Status"]}
            for each in feature.get("AdditionalConfiguration", [])
        ]
        kept[feature["Name"]] = {
            "name": feature["Name"],
            "status": feature["Status"],
            **({"additionalConfiguration": more} if more else {}),
        }
    detector.features = list(kept.values())


def _members(request: Request) -> tuple[dict[str, Detector], list[dict[str, str]]]:
    """Return the detectors of the named members, and accounts that are not members."""
    configured(request)
    backend, found, others = memberships.organization_of(request.account), {}, []
    for account in request.params["AccountIds"]:
        theirs = guardduty_backends[account][request.region].detectors
        if account == request.account or backend is None or account not in accounts_of(backend):
            why = "The request is rejected because the account is not an associated member."
            others.append({"AccountId": account, "Result": why})
            continue
        if not theirs and account != backend.account_id:
            turn_on(account, request.region)
        if not theirs:
            why = "The request is rejected because the account has not enabled GuardDuty."
            others.append({"AccountId": account, "Result": why})
            continue
        found[account] = next(iter(theirs.values()))
    return found, others


@addition("guardduty", "UpdateMemberDetectors")
def update_member_detectors(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, UpdateMemberDetectors."""
    found, others = _members(request)
    for detector in found.values():
        _set_features(detector, request.params.get("Features", []))
    return {"UnprocessedAccounts": others}


@addition("guardduty", "GetMemberDetectors")
def get_member_detectors(request: Request) -> Mapping[str, Any]:
    """GuardDuty API Reference, GetMemberDetectors."""
    found, others = _members(request)
    off = {"Status": "DISABLED"}
    listed = [
        {
            "AccountId": account,
            "DataSources": {"CloudTrail": off, "DNSLogs": off, "FlowLogs": off, "S3Logs": off},
            "Features": [_named(feature) for feature in detector.features],
        }
        for account, detector in found.items()
    ]
    return {"MemberDataSourceConfigurations": listed, "UnprocessedAccounts": others}


def _named(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feature with the names of the API's answer."""
    more = feature.get("additionalConfiguration", [])
    return {
        "Name": feature["name"],
        "Status": feature["status"],
        "AdditionalConfiguration": [
            {"Name": each["name"], "Status": each["status"]} for each in more
        ],
    }
