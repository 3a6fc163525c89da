"""Cost Explorer: monitors of anomalies, and their subscriptions."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages_by_token

_TOKEN = "NextPageToken"  # noqa: S105 - the name of a member


@finds("aws:costexplorer/anomalyMonitor:AnomalyMonitor")
def _monitor(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # An account has one monitor of a dimension; AWS creates that of services for new accounts.
    # https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
    ask = client("ce").get_anomaly_monitors
    for each in pages_by_token(ask, "AnomalyMonitors", _TOKEN):
        same = each["MonitorType"] == inputs["monitorType"]
        if same and each.get("MonitorDimension") == inputs.get("monitorDimension"):
            return str(each["MonitorArn"])
    return None


@finds("aws:costexplorer/anomalySubscription:AnomalySubscription")
def _subscription(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    ask = client("ce").get_anomaly_subscriptions
    found = pages_by_token(ask, "AnomalySubscriptions", _TOKEN)
    own = (
        str(each["SubscriptionArn"]) for each in found if each["SubscriptionName"] == inputs["name"]
    )
    return next((arn for arn in own if arn not in taken), None)
