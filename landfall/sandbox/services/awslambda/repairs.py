"""Lambda: what other services invoke runs as a process, like any invocation.

The emulator would start a container. A function that S3, SNS or an event source invokes runs after
the request that caused it: Lambda Developer Guide, 'Invoking a Lambda function asynchronously'.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from landfall.sandbox.services.awslambda.event_invocations import later


def _invoke(self: LambdaFunction, body: str, *_: Any) -> bytes:
    later(self.account_id, self.region, f"{self.function_name}:{self.version}", body)
    return b"{}"


LambdaFunction.invoke = _invoke
