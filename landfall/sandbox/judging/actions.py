"""The IAM actions of an API operation."""

from __future__ import annotations

from functools import lru_cache

from landfall.aws import api_actions
from landfall.iam import actions


@lru_cache(maxsize=4096)
def actions_of(service: str, operation: str) -> tuple[str, ...]:
    """Return the actions that an operation needs; empty if none is known.

    `service` is botocore's name of the service.
    """
    other = api_actions.ACTIONS.get(service, {}).get(operation)
    if other is not None:
        return other
    named = actions.find(f"{api_actions.PREFIXES.get(service, service)}:{operation}")
    return (named.name,) if named else ()
