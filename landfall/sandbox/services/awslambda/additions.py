"""Lambda: invocations by callers and by rules of EventBridge."""

from __future__ import annotations

from landfall.sandbox.gate.registry import addition
from landfall.sandbox.services.awslambda import event_invocations as event_invocations
from landfall.sandbox.services.awslambda import running

addition("lambda", "Invoke")(running.invoke)
