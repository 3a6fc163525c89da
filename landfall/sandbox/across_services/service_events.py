"""Events that AWS's services send to EventBridge, for the rules of the default bus.

EventBridge User Guide, 'Events from AWS services'.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.events.models import events_backends

from landfall.sandbox.services.events.delivering import arrive


def send(account: str, region: str, detail_type: str, detail: Mapping[str, Any], arn: str) -> None:
    """Send the event of a service about its resource `arn` to the default bus of the account."""
    event = event_of(account, region, detail_type, detail, arn)
    arrive(events_backends[account][region].event_buses["default"], event)


def event_of(
    account: str, region: str, detail_type: str, detail: Mapping[str, Any], arn: str
) -> dict[str, Any]:
    """Return the event of a service about its resource `arn`."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": f"aws.{arn.split(':')[2]}",
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [arn],
        "detail": dict(detail),
    }
