"""Metrics, logs and traces of accounts, seen from one monitoring account of the organization."""

from __future__ import annotations

from typing import Literal

from landfall.settings.base import Flag, ListOf
from landfall.settings.detection import Covering

Telemetry = Literal[
    "metrics",
    "logs",
    "traces",
    "application-insights",
    "application-signals",
    "internet-monitor",
]


class Monitoring(Covering):
    """Cross-account observability of CloudWatch: a sink in one account, links in the others."""

    account: str
    """The monitoring account, which sees the others' data."""
    share: ListOf[Telemetry] = ("metrics", "logs", "traces")
    """The kinds of data that accounts share."""
    management_account: Flag = True
    """The management account shares its data, too."""
