"""Service Quotas: quotas, requests for higher ones, and the organization's template.

Service Quotas API Reference. A request is approved after the seconds of a quota of the sandbox, at
once by default, except for quotas that the sandbox enforces: those stay as the stack file says. The
sandbox does not know every quota of AWS, and takes an unknown code for a quota of 1.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from landfall.sandbox.across_services.delegation import trusted
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.background import later
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

SERVICE: Final = "servicequotas.amazonaws.com"
_ENFORCED: Final = {
    ("organizations", "L-E619E033"): (
        "Default maximum number of accounts",
        "organizations.accounts",
    ),
}
_KNOWN: Final = {
    ("iam", "L-0DA4ABF3"): ("Managed policies attached to an IAM role", 10.0),
    ("iam", "L-FE177D64"): ("Roles per account", 1000.0),
    ("lambda", "L-B99A9384"): ("Concurrent executions", 1000.0),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5.0),
    ("vpc", "L-FE5A380F"): ("NAT gateways per Availability Zone", 5.0),
}
_MOST_IN_TEMPLATE: Final = 10
_TEMPLATES: Final = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


class NoSuchResourceError(AWSError):
    """It is not there: Service Quotas API Reference, 'NoSuchResourceException'."""

    code = "NoSuchResourceException"


class IllegalArgumentError(AWSError):
    """A value is wrong: Service Quotas API Reference, 'IllegalArgumentException'."""

    code = "IllegalArgumentException"


class AlreadyExistsError(AWSError):
    """A request is open: Service Quotas API Reference, 'ResourceAlreadyExistsException'."""

    code = "ResourceAlreadyExistsException"


class QuotaExceededError(AWSError):
    """The template is full: Service Quotas API Reference, 'QuotaExceededException'."""

    code = "QuotaExceededException"


class AccessNotEnabledError(AWSError):
    """No trusted access: API Reference, 'AWSServiceAccessNotEnabledException'."""

    code = "AWSServiceAccessNotEnabledException"


class NotInRegionError(AWSError):
    """Templates are elsewhere: API Reference, 'TemplatesNotAvailableInRegionException'."""

    code = "TemplatesNotAvailableInRegionException"


class NoOrganizationError(AWSError):
    """Not the management account: API Reference, 'NoAvailableOrganizationException'."""

    code = "NoAvailableOrganizationException"


_raised: Store[float] = Store()
_requests: Store[dict[str, Any]] = Store()
_template: Store[dict[str, Any]] = Store(everywhere=True)
_associated: Store[bool] = Store(everywhere=True)


def _key(request: Request) -> tuple[str, str]:
    return request.params["ServiceCode"], request.params["QuotaCode"]


def _default(key: tuple[str, str]) -> tuple[str, float]:
    if key in _ENFORCED:
        name, kept = _ENFORCED[key]
        return name, float(quota(kept))
    return _KNOWN.get(key, (f"Quota {key[1]}", 1.0))


def _described(request: Request, value: float) -> dict[str, Any]:
    service, code = _key(request)
    return {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaCode": code,
        "QuotaArn": request.arn("servicequotas", f"{service}/{code}"),
        "QuotaName": _default((service, code))[0],
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": service in ("iam", "organizations"),
    }


def _value(request: Request) -> float:
    return max(_default(_key(request))[1], _raised.of(request).get("/".join(_key(request)), 0.0))


@addition("service-quotas", "GetServiceQuota")
def get_service_quota(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetServiceQuota."""
    return {"Quota": _described(request, _value(request))}


@addition("service-quotas", "GetAWSDefaultServiceQuota")
def get_default(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetAWSDefaultServiceQuota."""
    return {"Quota": _described(request, _default(_key(request))[1])}


@addition("service-quotas", "RequestServiceQuotaIncrease")
def request_increase(request: Request) -> Mapping[str, Any]:
    """RequestServiceQuotaIncrease: only a higher value, and one open request for a quota."""
    desired, now = request.params["DesiredValue"], datetime.now(UTC)
    if desired <= _value(request):
        raise IllegalArgumentError(
            "You must provide a quota value greater than the current quota value"
        )
    key = _key(request)
    same = [each for each in _requests.of(request).values() if each["key"] == key]
    if any(each["Status"] == "PENDING" for each in same):
        raise AlreadyExistsError("Only one open service quota increase request is allowed.")
    identity = uuid.uuid4().hex
    raised, kept = _raised.of(request), _requests.of(request)
    kept[identity] = {
        "key": key,
        "Id": identity,
        "ServiceCode": key[0],
        "QuotaCode": key[1],
        "DesiredValue": desired,
        "Status": "PENDING",
        "Created": now,
        "LastUpdated": now,
    }

    def approve() -> None:
        raised["/".join(key)] = desired
        kept[identity] |= {"Status": "APPROVED", "LastUpdated": datetime.now(UTC)}

    seconds = quota("service_quotas.approval_seconds")
    if key not in _ENFORCED and seconds:
        later("quota request", seconds, approve)
    elif key not in _ENFORCED:
        approve()
    return {"RequestedQuota": _shown(kept[identity])}


def _shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != "key"}


@addition("service-quotas", "GetRequestedServiceQuotaChange")
def get_change(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetRequestedServiceQuotaChange."""
    found = _requests.of(request).get(request.params["RequestId"])
    if found is None:
        raise NoSuchResourceError("There is no such request.")
    return {"RequestedQuota": _shown(found)}


@addition("service-quotas", "ListRequestedServiceQuotaChangeHistory")
def list_all_changes(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, ListRequestedServiceQuotaChangeHistory."""
    wanted = {name: request.params.get(name) for name in ("ServiceCode", "Status")}
    found = [
        _shown(each)
        for each in _requests.of(request).values()
        if all(value in (None, each[name]) for name, value in wanted.items())
    ]
    return paged("RequestedQuotas", found, request.params, size="MaxResults")


@addition("service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota")
def list_changes(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, ListRequestedServiceQuotaChangeHistoryByQuota."""
    key = _key(request)
    found = [_shown(each) for each in _requests.of(request).values() if each["key"] == key]
    return paged("RequestedQuotas", found, request.params, size="MaxResults")


def _managed(request: Request) -> None:
    """Raise unless the request may be about the organization's template."""
    if request.region != _TEMPLATES[request.partition]:
        raise NotInRegionError("Quota request templates are not available in this Region.")
    backend = memberships.organization_of(request.account)
    if backend is None or backend.account_id != request.account:
        raise NoOrganizationError("The account is not the management account of an organization.")
    if not trusted(backend, SERVICE):
        raise AccessNotEnabledError("Trusted access for Service Quotas is not enabled.")


@addition("service-quotas", "AssociateServiceQuotaTemplate")
def associate(request: Request) -> None:
    """Service Quotas API Reference, AssociateServiceQuotaTemplate."""
    _managed(request)
    _associated.of(request)["it"] = True


@addition("service-quotas", "DisassociateServiceQuotaTemplate")
def disassociate(request: Request) -> None:
    """Service Quotas API Reference, DisassociateServiceQuotaTemplate."""
    _managed(request)
    _associated.of(request)["it"] = False


@addition("service-quotas", "GetAssociationForServiceQuotaTemplate")
def get_association(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetAssociationForServiceQuotaTemplate."""
    _managed(request)
    is_on = _associated.of(request).get("it", False)
    return {"ServiceQuotaTemplateAssociationStatus": "ASSOCIATED" if is_on else "DISASSOCIATED"}


def _place(request: Request) -> str:
    return "/".join((*_key(request), request.params["AwsRegion"]))


@addition("service-quotas", "PutServiceQuotaIncreaseRequestIntoTemplate")
def put_into_template(request: Request) -> Mapping[str, Any]:
    """PutServiceQuotaIncreaseRequestIntoTemplate: ten quotas at most."""
    _managed(request)
    kept, place = _template.of(request), _place(request)
    if place not in kept and len(kept) >= _MOST_IN_TEMPLATE:
        raise QuotaExceededError("The template has the maximum number of quotas.")
    service, code = _key(request)
    kept[place] = {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaCode": code,
        "QuotaName": _default((service, code))[0],
        "DesiredValue": request.params["DesiredValue"],
        "AwsRegion": request.params["AwsRegion"],
        "Unit": "None",
        "GlobalQuota": service in ("iam", "organizations"),
    }
    return {"ServiceQuotaIncreaseRequestInTemplate": kept[place]}


def _in_template(request: Request) -> dict[str, Any]:
    _managed(request)
    found = _template.of(request).get(_place(request))
    if found is None:
        raise NoSuchResourceError("The template has no such quota.")
    return found


@addition("service-quotas", "GetServiceQuotaIncreaseRequestFromTemplate")
def get_from_template(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetServiceQuotaIncreaseRequestFromTemplate."""
    return {"ServiceQuotaIncreaseRequestInTemplate": _in_template(request)}


@addition("service-quotas", "DeleteServiceQuotaIncreaseRequestFromTemplate")
def delete_from_template(request: Request) -> None:
    """Service Quotas API Reference, DeleteServiceQuotaIncreaseRequestFromTemplate."""
    _in_template(request)
    del _template.of(request)[_place(request)]


@addition("service-quotas", "ListServiceQuotaIncreaseRequestsInTemplate")
def list_template(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, ListServiceQuotaIncreaseRequestsInTemplate."""
    _managed(request)
    found = list(_template.of(request).values())
    return paged(
        "ServiceQuotaIncreaseRequestInTemplateList", found, request.params, size="MaxResults"
    )
