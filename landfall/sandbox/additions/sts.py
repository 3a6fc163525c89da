"""STS: who calls, and the roles that callers assume."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request


@addition("sts", "GetCallerIdentity")
def get_caller_identity(request: Request) -> Mapping[str, Any]:
    """Answer with the caller that the gate knows: STS API Reference, GetCallerIdentity."""
    caller = request.caller
    return {"UserId": caller.principal_id, "Account": caller.account, "Arn": caller.principal}
