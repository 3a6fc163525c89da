"""Check every request against AWS's service model, from botocore.

Checks required members, lengths, patterns, ranges and closed enums. A violation gets
the service's own error code. A model can be stricter than AWS, and a false rejection is worse
than leniency: `not_enforced` lists such constraints, and `lenient` the enums that AWS extends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.incoming import Incoming, RequestParserError
from landfall.sandbox.model.breaches import breaches_of
from landfall.sandbox.model.wording import refusal, unreadable


def check(incoming: Incoming) -> Mapping[str, Any]:
    """Return the parsed parameters; raises the service's validation error if invalid."""
    try:
        params = incoming.parse()
    except (RequestParserError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise unreadable(incoming) from error
    shape = incoming.operation.input_shape
    if shape is None:
        return params
    breaches = breaches_of(shape, params, incoming.model.service_name)
    if breaches:
        raise refusal(incoming, breaches)
    return params
