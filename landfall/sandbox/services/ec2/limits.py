"""EC2: calls from new accounts."""

from __future__ import annotations

from landfall.sandbox.across_services import activation
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


@limit("ec2", "*")
def new_accounts(request: Request) -> None:
    """EC2 API Reference, 'Error codes', OptInRequired."""
    activation.require_subscription(request, activation.OptInRequiredError)
