"""CloudWatch: the history of alarms, with what their actions did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.cloudwatch.alarm_actions import DONE


@addition("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(request: Request) -> Mapping[str, Any]:
    """List the actions of alarms, the newest first: API Reference, DescribeAlarmHistory."""
    params = request.params
    kind, wanted = params.get("HistoryItemType", "Action"), params.get("AlarmName")
    found: list[dict[str, Any]] = [
        {
            "AlarmName": each.alarm,
            "AlarmType": "MetricAlarm",
            "Timestamp": each.at,
            "HistoryItemType": "Action",
            "HistorySummary": each.summary,
            "HistoryData": each.data,
        }
        for done in DONE.of(request).values()
        for each in done
        if kind == "Action" and wanted in (None, each.alarm)
    ]
    found.sort(key=lambda item: item["Timestamp"], reverse=True)
    return paged("AlarmHistoryItems", found, params, size="MaxRecords")
