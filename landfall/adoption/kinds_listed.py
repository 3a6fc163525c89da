"""Kinds of resources that are listed only: `landfall adopt` says what takes them over.

A snapshot has none of them, so its summary lists what the twin lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.adoption.kinds import Kind, Listed, Open, as_listed, pages
from landfall.blueprint.costs import EXPORT

_REQUESTED: Final = frozenset({"APPROVED", "CASE_OPENED", "PENDING"})
_BESIDE: Final = "it stays beside what the settings create"


def _sinks(client: Open) -> Iterator[Listed]:
    for each in pages(client("oam"), "list_sinks", "Items"):
        yield Listed(each["Name"])


def _links(client: Open) -> Iterator[Listed]:
    for each in pages(client("oam"), "list_links", "Items"):
        yield Listed(each["Label"])


def _shares(client: Open) -> Iterator[Listed]:
    asked = {"resourceOwner": "SELF", "resourceShareStatus": "ACTIVE"}
    for each in pages(client("ram"), "get_resource_shares", "resourceShares", **asked):
        yield Listed(each["name"])


def _macie(client: Open) -> Iterator[Listed]:
    try:
        client("macie2").get_macie_session()
    except ClientError as error:
        # An account without Macie answers with this code, and says so only in the message.
        if "not enabled" in error.response["Error"].get("Message", ""):
            return
        raise
    yield Listed("session")


def _inspector(client: Open) -> Iterator[Listed]:
    for each in client("inspector2").batch_get_account_status()["accounts"]:
        if each["state"]["status"] == "ENABLED":
            yield Listed(each["accountId"])


def _graphs(client: Open) -> Iterator[Listed]:
    found = client("detective").list_graphs()["GraphList"]
    yield from (Listed(each["Arn"]) for each in found)


def _own_exports(client: Open) -> Iterator[Listed]:
    yield from (each for each in _exports(client) if each.name == EXPORT)


def _other_exports(client: Open) -> Iterator[Listed]:
    yield from (each for each in _exports(client) if each.name != EXPORT)


def _exports(client: Open) -> Iterator[Listed]:
    for each in pages(client("bcm-data-exports"), "list_exports", "Exports"):
        yield Listed(each["ExportName"])


def _reports(client: Open) -> Iterator[Listed]:
    for each in pages(client("cur"), "describe_report_definitions", "ReportDefinitions"):
        yield Listed(each["ReportName"])


def _monitors(client: Open) -> Iterator[Listed]:
    for each in _by_token(client("ce").get_anomaly_monitors, "AnomalyMonitors"):
        if each.get("MonitorDimension") == "SERVICE":
            yield Listed(each["MonitorName"])


def _other_monitors(client: Open) -> Iterator[Listed]:
    for each in _by_token(client("ce").get_anomaly_monitors, "AnomalyMonitors"):
        if each.get("MonitorDimension") != "SERVICE":
            yield Listed(each["MonitorName"])


def _subscriptions(client: Open) -> Iterator[Listed]:
    for each in _by_token(client("ce").get_anomaly_subscriptions, "AnomalySubscriptions"):
        yield Listed(each["SubscriptionName"])


def _allocation_tags(client: Open) -> Iterator[Listed]:
    asked = {"Status": "Active", "Type": "UserDefined"}
    for each in pages(client("ce"), "list_cost_allocation_tags", "CostAllocationTags", **asked):
        yield Listed(each["TagKey"])


def _template(client: Open) -> Iterator[Listed]:
    operation = "list_service_quota_increase_requests_in_template"
    key = "ServiceQuotaIncreaseRequestInTemplateList"
    for each in pages(client("service-quotas"), operation, key):
        yield Listed(f"{each['ServiceCode']}/{each['QuotaCode']}")


def _quota_requests(client: Open) -> Iterator[Listed]:
    operation = "list_requested_service_quota_change_history"
    for each in pages(client("service-quotas"), operation, "RequestedQuotas"):
        if each["Status"] in _REQUESTED:
            yield Listed(f"{each['ServiceCode']}/{each['QuotaCode']}")


def _firewall_administrator(client: Open) -> Iterator[Listed]:
    yield Listed(client("fms").get_admin_account()["AdminAccount"])


def _by_token(ask: Any, key: str) -> Iterator[Any]:
    answer = ask()
    yield from answer[key]
    while token := answer.get("NextPageToken"):
        answer = ask(NextPageToken=token)
        yield from answer[key]


_MONITORING, _SECURITY, _COSTS = "landfall:monitoring", "landfall:security", "landfall:costs"
_QUOTAS = "landfall:baseline.quotas"

REGIONAL: Final = (
    ("oam", Kind("monitoring sink", _sinks, as_listed, _MONITORING)),
    ("oam", Kind("monitoring link", _links, as_listed, _MONITORING)),
    ("ram", Kind("resource share", _shares, as_listed, "landfall:sharing, if it has the name")),
    ("macie2", Kind("Macie", _macie, as_listed, f"{_SECURITY}.macie")),
    ("inspector2", Kind("Inspector", _inspector, as_listed, f"{_SECURITY}.inspector")),
    ("service-quotas", Kind("quota request", _quota_requests, as_listed, _QUOTAS)),
    ("detective", Kind("Detective graph", _graphs, as_listed, f"{_SECURITY}.detective")),
)
"""Kinds, each with its service, which some regions lack."""

MANAGEMENT: Final = (
    Kind("cost export", _own_exports, as_listed, f"{_COSTS}.export"),
    Kind("cost export", _other_exports, as_listed, why=_BESIDE),
    Kind("cost and usage report", _reports, as_listed, why=_BESIDE),
    Kind("cost anomaly monitor", _monitors, as_listed, f"{_COSTS}.anomalies"),
    Kind("cost anomaly monitor", _other_monitors, as_listed, why=_BESIDE),
    Kind("cost anomaly subscription", _subscriptions, as_listed, why=_BESIDE),
    Kind("cost allocation tag", _allocation_tags, as_listed, f"{_COSTS}.allocationTags"),
    Kind("quota template", _template, as_listed, "landfall:organization.quotaTemplate"),
    Kind(
        "Firewall Manager administrator",
        _firewall_administrator,
        as_listed,
        f"{_SECURITY}.firewallManager",
    ),
)
"""Kinds of the management account, whose APIs are in us-east-1; other partitions lack them."""
