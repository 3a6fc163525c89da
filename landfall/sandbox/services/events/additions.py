"""EventBridge: trying a pattern on an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.events.additions_patterns import PatternError, matches

_NEEDED = ("id", "account", "source", "time", "region", "resources", "detail-type")


class InvalidEventPatternError(AWSError):
    """The pattern is not one: EventBridge API Reference, TestEventPattern."""

    code = "InvalidEventPatternException"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Event pattern is not valid. Reason: {reason}")


class ValidationError(AWSError):
    """The event is not one: EventBridge API Reference, TestEventPattern."""

    code = "ValidationException"


@addition("events", "TestEventPattern")
def test_event_pattern(request: Request) -> Mapping[str, Any]:
    """EventBridge API Reference, TestEventPattern: the event has all its mandatory fields."""
    try:
        event = json.loads(request.params["Event"])
    except ValueError:
        raise ValidationError("Parameter Event is not valid.") from None
    lacking = [name for name in _NEEDED if not isinstance(event, dict) or name not in event]
    if lacking:
        raise ValidationError(f"Parameter Event is not valid. Reason: {lacking[0]} is missing.")
    try:
        pattern = json.loads(request.params["EventPattern"])
        return {"Result": matches(pattern, event)}
    except PatternError as error:
        raise InvalidEventPatternError(str(error)) from error
    except (ValueError, TypeError, AttributeError):
        raise InvalidEventPatternError("it is no JSON object of arrays") from None
