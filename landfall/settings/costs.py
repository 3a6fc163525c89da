"""Costs of the whole organization: an export, alerts on anomalies, cost allocation tags."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Flag, ListOf, Settings
from landfall.settings.baseline import TOPIC_ARN, Amount, Email
from landfall.settings.cross_account_access import Principal

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CostAllocationTagStatusEntry.html
TagKey = Annotated[str, StringConstraints(pattern=r"^[\s\S]+$", max_length=1024)]


class CostExport(Settings):
    """The costs and usage of the organization as files (CUR 2.0), in the management account."""

    granularity: Literal["hourly", "daily", "monthly"] = "daily"
    """The time that one line of the files is about."""
    resources: Flag = True
    """The ids of resources are in the files, which makes them larger."""
    expire_days: Count = Field(default=1096, ge=1, le=36500)
    """Days until files are deleted."""
    readers: ListOf[Principal] = ()
    """Roles that may read the files."""
    force_destroy: Flag = False
    """Delete the files with their bucket when the stack is destroyed; otherwise it is protected."""


class CostAnomalies(Settings):
    """Alerts on unusual costs of services, in all accounts."""

    minimum: Amount = 100
    """The least impact in US dollars to notify of."""
    notify: ListOf[Email] = ()
    """E-mail addresses to notify."""
    every: Literal["day", "week"] = "day"
    """How often to notify by e-mail."""
    topic: Annotated[str, StringConstraints(pattern=TOPIC_ARN)] | None = None
    """The ARN of an SNS topic to notify at once; its policy must let AWS Cost Anomaly Detection
    publish."""


class Costs(Settings):
    """Billing and cost management of the organization."""

    export: CostExport | None = None
    """The export. Default: none."""
    anomalies: CostAnomalies | None = None
    """The alerts. Default: none."""
    allocation_tags: ListOf[TagKey] = ()
    """Keys of tags that bills and budgets break costs down by. AWS knows a key up to 24 hours after
    it is first used on a resource."""
