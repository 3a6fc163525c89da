"""Service Quotas: what it says of the organization's quotas, which the sandbox enforces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request

_QUOTAS: Final = {
    ("organizations", "L-E619E033"): (
        "Default maximum number of accounts",
        "organizations.accounts",
    ),
}


@addition("service-quotas", "GetServiceQuota")
def get_service_quota(request: Request) -> Mapping[str, Any]:
    """Service Quotas API Reference, GetServiceQuota."""
    service, code = request.params["ServiceCode"], request.params["QuotaCode"]
    if (service, code) not in _QUOTAS:
        raise PassOnError
    name, kept = _QUOTAS[service, code]
    return {
        "Quota": {
            "ServiceCode": service,
            "QuotaCode": code,
            "QuotaArn": request.arn("servicequotas", f"{service}/{code}"),
            "QuotaName": name,
            "Value": float(quota(kept)),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": True,
        }
    }
