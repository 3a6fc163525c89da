"""Service Quotas: a quota that is raised, or whose request is open, is not requested again."""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.recovery.identities.registry import Client, Inputs, finds, pages

_OPEN: Final = frozenset({"CASE_OPENED", "PENDING"})


@finds("aws:servicequotas/serviceQuota:ServiceQuota")
def _service_quota(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # AWS refuses a second request while one is open, and a value below the present one.
    quotas = client("service-quotas")
    key = {"ServiceCode": inputs["serviceCode"], "QuotaCode": inputs["quotaCode"]}
    operation = "list_requested_service_quota_change_history_by_quota"
    requests = list(pages(quotas, operation, "RequestedQuotas", **key))
    is_open = any(each["Status"] in _OPEN for each in requests)
    if is_open or _present(quotas, key) >= float(inputs["value"]):
        return f"{key['ServiceCode']}/{key['QuotaCode']}"
    return None


def _present(quotas: Any, key: dict[str, str]) -> float:
    """Return the applied value; a quota that nobody raised may have its default only."""
    try:
        return float(quotas.get_service_quota(**key)["Quota"]["Value"])
    except ClientError as error:
        if "NoSuchResource" not in error.response["Error"]["Code"]:
            raise
    return float(quotas.get_aws_default_service_quota(**key)["Quota"]["Value"])
