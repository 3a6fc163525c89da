"""The SDK's server, extended to know which stack it checks.

The engine sends the stack's name, its configuration and whether this is a preview by
`ConfigureStack`; the SDK keeps only the stack's tags. This module replaces the
SDK's server class by one that passes the rest to the judge.
"""

from __future__ import annotations

from typing import Any

from pulumi_policy import PolicyPack, policy

from policies import pack, settings
from policies.judge import Judge

__all__ = ["serve"]


def servicer(judge: Judge) -> Any:
    """Return the SDK's server class for one judge."""

    class StackAware(policy._PolicyAnalyzerServicer):  # type: ignore[misc]
        def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802
            judge.configure(settings.of_request(request))
            return super().ConfigureStack(request, context)

    return StackAware


def serve() -> None:
    """Serve the pack until the engine has finished."""
    judge = Judge(settings.of_environment())
    policy._PolicyAnalyzerServicer = servicer(judge)
    PolicyPack(name="landfall", policies=pack.build(judge))
