"""AWS Config: conformance packs of one account, and of the whole organization.

No rule is ever evaluated here. A pack of the organization is set up in each account as AWS does it,
and fails where nothing records.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from moto.config.models import config_backends

from landfall.sandbox.across_services.delegation import (
    accounts_of,
    administered,
    delegates,
    trusted,
)
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.services.config.additions_conformance_templates import rules_of
from landfall.sandbox.services.config.limits import OrganizationAccessDeniedError

_SETUP = "config-multiaccountsetup.amazonaws.com"
_RECORDER = "NoAvailableConfigurationRecorderException"
_packs: Store[dict[str, Any]] = Store()
_of_organizations: Store[dict[str, Any]] = Store()


class NoSuchConformancePackError(AWSError):
    """No such pack: AWS Config API Reference, DescribeConformancePacks."""

    code = "NoSuchConformancePackException"

    def __init__(self, name: str) -> None:
        super().__init__(f"The conformance pack '{name}' is not present in the account.")


class NoSuchOrganizationConformancePackError(AWSError):
    """No such pack: AWS Config API Reference, DescribeOrganizationConformancePacks."""

    code = "NoSuchOrganizationConformancePackException"
    message = (
        "One or more organization conformance packs with specified names are not present. Ensure "
        "your names are correct and try your request again later."
    )


class NoSuchAggregatorError(AWSError):
    """No such aggregator: API Reference, DescribeAggregateComplianceByConformancePacks."""

    code = "NoSuchConfigurationAggregatorException"
    message = "The configuration aggregator does not exist."


class TemplateValidationError(AWSError):
    """The template is no conformance pack: API Reference, PutConformancePack."""

    code = "ConformancePackTemplateValidationException"


class OrganizationTemplateValidationError(AWSError):
    """The template is no conformance pack: API Reference, PutOrganizationConformancePack."""

    code = "OrganizationConformancePackTemplateValidationException"


class NoRecorderError(AWSError):
    """Nothing records in the account: API Reference, PutConformancePack."""

    code = "NoAvailableConfigurationRecorderException"
    message = "Configuration recorder is not available to put conformance pack."


class MaxPacksExceededError(AWSError):
    """Too many packs: Developer Guide, 'Service Limits'."""

    code = "MaxNumberOfConformancePacksExceededException"
    message = "You have reached the limit of the number of conformance packs."


class MaxOrganizationPacksExceededError(AWSError):
    """Too many packs: Developer Guide, 'Service Limits'."""

    code = "MaxNumberOfOrganizationConformancePacksExceededException"
    message = "You have reached the limit of the number of organization conformance packs."


class OrganizationAccessNotEnabledError(AWSError):
    """Trusted access is not enabled: API Reference, PutOrganizationConformancePack."""

    code = "NoAvailableOrganizationException"
    message = "The service config-multiaccountsetup.amazonaws.com has no access to Organizations."


def _records(account: str, region: str) -> bool:
    recorders = config_backends[account][region].recorders.values()
    return any(recorder.status.recording for recorder in recorders)


def _template(request: Request, error: type[AWSError]) -> list[str]:
    """Return the rules of the template; one in S3 is not read."""
    body = request.params.get("TemplateBody")
    if body is None:
        if not request.params.get("TemplateS3Uri"):
            raise error("Template body is invalid.")
        return []
    found = rules_of(body)
    if isinstance(found, str):
        raise error(found)
    return found


@addition("config", "PutConformancePack")
def put_conformance_pack(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, PutConformancePack."""
    rules, name = _template(request, TemplateValidationError), request.params["ConformancePackName"]
    if not _records(request.account, request.region):
        raise NoRecorderError
    kept = _packs.of(request)
    if name not in kept and len(kept) >= quota("config.conformance_packs"):
        raise MaxPacksExceededError
    known = kept.get(name, {}).get("ConformancePackId")
    identity = known or f"conformance-pack-{uuid.uuid4().hex[:9]}"
    arn = request.arn("config", f"conformance-pack/{name}/{identity}")
    kept[name] = {
        "ConformancePackName": name,
        "ConformancePackArn": arn,
        "ConformancePackId": identity,
        "ConformancePackInputParameters": request.params.get("ConformancePackInputParameters", []),
        "LastUpdateRequestedTime": datetime.now(UTC),
        "rules": rules,
    }
    return {"ConformancePackArn": arn}


def _all_packs(request: Request) -> dict[str, dict[str, Any]]:
    """Return an account's own packs, and those that the organization has set up in it."""
    found = dict(_packs.of(request))
    backend = memberships.organization_of(request.account)
    if backend is None:
        return found
    for owner in (backend.account_id, *delegates(backend, _SETUP)):
        for pack in _of_organizations.at(owner, request.region).values():
            excluded = request.account in pack["ExcludedAccounts"]
            if not excluded and _records(request.account, request.region):
                name = f"OrgConformsPack-{pack['suffix']}"
                identity = f"conformance-pack-{pack['suffix'].lower()}"
                found[name] = {
                    "ConformancePackName": name,
                    "ConformancePackArn": request.arn(
                        "config", f"conformance-pack/{name}/{identity}"
                    ),
                    "ConformancePackId": identity,
                    "ConformancePackInputParameters": pack["ConformancePackInputParameters"],
                    "LastUpdateRequestedTime": pack["LastUpdateTime"],
                    "CreatedBy": _SETUP,
                    "rules": pack["rules"],
                }
    return found


def _chosen(request: Request) -> list[dict[str, Any]]:
    found, names = _all_packs(request), request.params.get("ConformancePackNames") or []
    for name in names:
        if name not in found:
            raise NoSuchConformancePackError(name)
    return [found[name] for name in names or found]


@addition("config", "DescribeConformancePacks")
def describe_conformance_packs(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, DescribeConformancePacks."""
    details = [_without_rules(pack) for pack in _chosen(request)]
    return paged("ConformancePackDetails", details, request.params, size="Limit")


def _without_rules(pack: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pack.items() if key[:1].isupper()}


@addition("config", "DescribeConformancePackStatus")
def describe_conformance_pack_status(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, DescribeConformancePackStatus."""
    names = request.params.get("ConformancePackNames") or []
    found = _all_packs(request)
    details = [
        {
            **{key: pack[key] for key in pack if key.startswith("ConformancePack") and key[15:]},
            "ConformancePackState": "CREATE_COMPLETE",
            "StackArn": request.arn("cloudformation", f"stack/awsconfigconforms-{name}/1"),
            "LastUpdateRequestedTime": pack["LastUpdateRequestedTime"],
        }
        for name, pack in found.items()
        if not names or name in names
    ]
    for each in details:
        each.pop("ConformancePackInputParameters", None)
    return paged("ConformancePackStatusDetails", details, request.params, size="Limit")


@addition("config", "DescribeConformancePackCompliance")
def describe_conformance_pack_compliance(request: Request) -> Mapping[str, Any]:
    """No rule is evaluated: AWS Config API Reference, DescribeConformancePackCompliance."""
    name = request.params["ConformancePackName"]
    if name not in _all_packs(request):
        raise NoSuchConformancePackError(name)
    rules = [
        {"ConfigRuleName": rule, "ComplianceType": "INSUFFICIENT_DATA"}
        for rule in _all_packs(request)[name]["rules"]
    ]
    listed = paged("ConformancePackRuleComplianceList", rules, request.params, size="Limit")
    return {"ConformancePackName": name, **listed}


@addition("config", "DeleteConformancePack")
def delete_conformance_pack(request: Request) -> None:
    """AWS Config API Reference, DeleteConformancePack."""
    if _packs.of(request).pop(request.params["ConformancePackName"], None) is None:
        raise NoSuchConformancePackError(request.params["ConformancePackName"])


def _require_administrator(request: Request) -> None:
    backend = memberships.organization_of(request.account)
    if administered(request.account, _SETUP) is None or backend is None:
        raise OrganizationAccessDeniedError
    if not trusted(backend, _SETUP):
        raise OrganizationAccessNotEnabledError


@addition("config", "PutOrganizationConformancePack")
def put_organization_conformance_pack(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, PutOrganizationConformancePack."""
    _require_administrator(request)
    params, kept = request.params, _of_organizations.of(request)
    rules, name = _template(request, OrganizationTemplateValidationError), _name(request)
    if name not in kept and len(kept) >= quota("config.conformance_packs"):
        raise MaxOrganizationPacksExceededError
    suffix = kept.get(name, {}).get("suffix") or f"{name}-{uuid.uuid4().hex[:8]}"
    arn = request.arn("config", f"organization-conformance-pack/{suffix}")
    kept[name] = {
        "OrganizationConformancePackName": name,
        "OrganizationConformancePackArn": arn,
        "ConformancePackInputParameters": params.get("ConformancePackInputParameters", []),
        "ExcludedAccounts": params.get("ExcludedAccounts", []),
        "LastUpdateTime": datetime.now(UTC),
        **{
            key: params[key] for key in ("DeliveryS3Bucket", "DeliveryS3KeyPrefix") if key in params
        },
        "rules": rules,
        "suffix": suffix,
        # What its states begin with, there and in every account of it.
        "phase": "UPDATE" if name in kept else "CREATE",
    }
    return {"OrganizationConformancePackArn": arn}


def _name(request: Request) -> str:
    return str(request.params["OrganizationConformancePackName"])


def _chosen_of_organization(request: Request) -> list[dict[str, Any]]:
    _require_administrator(request)
    kept = _of_organizations.of(request)
    names = request.params.get("OrganizationConformancePackNames") or list(kept)
    if any(name not in kept for name in names):
        raise NoSuchOrganizationConformancePackError
    return [kept[name] for name in names]


@addition("config", "DescribeOrganizationConformancePacks")
def describe_organization_conformance_packs(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, DescribeOrganizationConformancePacks."""
    packs = [_without_rules(pack) for pack in _chosen_of_organization(request)]
    return paged("OrganizationConformancePacks", packs, request.params, size="Limit")


def _in_accounts(request: Request, pack: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    backend = memberships.organization_of(request.account)
    for account in accounts_of(backend) if backend is not None else ():
        if account in pack["ExcludedAccounts"]:
            continue
        status: dict[str, Any] = {
            "AccountId": account,
            "ConformancePackName": f"OrgConformsPack-{pack['suffix']}",
            "Status": f"{pack['phase']}_SUCCESSFUL",
            "LastUpdateTime": pack["LastUpdateTime"],
        }
        if not _records(account, request.region):
            status |= {
                "Status": f"{pack['phase']}_FAILED",
                "ErrorCode": _RECORDER,
                "ErrorMessage": NoRecorderError.message,
            }
        yield status


@addition("config", "GetOrganizationConformancePackDetailedStatus")
def get_detailed_status(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, GetOrganizationConformancePackDetailedStatus."""
    _require_administrator(request)
    pack = _of_organizations.of(request).get(_name(request))
    if pack is None:
        raise NoSuchOrganizationConformancePackError
    wanted = (request.params.get("Filters") or {}).get("Status")
    found = [each for each in _in_accounts(request, pack) if wanted in (None, each["Status"])]
    name = "OrganizationConformancePackDetailedStatuses"
    return paged(name, found, request.params, size="Limit")


@addition("config", "DescribeOrganizationConformancePackStatuses")
def describe_organization_statuses(request: Request) -> Mapping[str, Any]:
    """AWS Config API Reference, DescribeOrganizationConformancePackStatuses."""
    statuses = []
    for pack in _chosen_of_organization(request):
        failed = [each for each in _in_accounts(request, pack) if "ErrorCode" in each]
        status: dict[str, Any] = {
            "OrganizationConformancePackName": pack["OrganizationConformancePackName"],
            "Status": f"{pack['phase']}_{'FAILED' if failed else 'SUCCESSFUL'}",
            "LastUpdateTime": pack["LastUpdateTime"],
        }
        if failed:
            status |= {key: failed[0][key] for key in ("ErrorCode", "ErrorMessage")}
        statuses.append(status)
    name = "OrganizationConformancePackStatuses"
    return paged(name, statuses, request.params, size="Limit")


@addition("config", "DeleteOrganizationConformancePack")
def delete_organization_conformance_pack(request: Request) -> None:
    """AWS Config API Reference, DeleteOrganizationConformancePack."""
    _require_administrator(request)
    if _of_organizations.of(request).pop(_name(request), None) is None:
        raise NoSuchOrganizationConformancePackError


@addition("config", "DescribeAggregateComplianceByConformancePacks")
def describe_aggregate_compliance(request: Request) -> Mapping[str, Any]:
    """No rule is evaluated: API Reference, DescribeAggregateComplianceByConformancePacks."""
    wanted = request.params["ConfigurationAggregatorName"]
    aggregators = config_backends[request.account][request.region].config_aggregators
    backend = memberships.organization_of(request.account)
    if wanted not in aggregators:
        raise NoSuchAggregatorError
    found = [
        {
            "ConformancePackName": name,
            "Compliance": {
                "ComplianceType": "INSUFFICIENT_DATA",
                "CompliantRuleCount": 0,
                "NonCompliantRuleCount": 0,
                "TotalRuleCount": len(pack["rules"]),
            },
            "AccountId": account,
            "AwsRegion": request.region,
        }
        for account in (accounts_of(backend) if backend is not None else ())
        for name, pack in _all_packs(replace(request, caller=Caller(account, ""))).items()
    ]
    listed = "AggregateComplianceByConformancePacks"
    return paged(listed, found, request.params, size="Limit")
