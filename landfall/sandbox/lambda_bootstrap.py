"""Run in the process of an invocation: import the handler, call it, write its result.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any


class Context:
    """The context object of a handler."""

    def __init__(self) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = os.environ["AWS_LAMBDA_INVOKED_FUNCTION_ARN"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self._deadline = float(os.environ.pop("LANDFALL_DEADLINE"))
        self.aws_request_id = os.environ.pop("LANDFALL_REQUEST_ID")

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        return max(int((self._deadline - time.time()) * 1000), 0)


def _handler(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), attribute)


def _call(context: Context) -> tuple[Any, bool]:
    try:
        handler = _handler(os.environ["_HANDLER"])
        payload = handler(json.loads(sys.stdin.read() or "{}"), context)
        json.dumps(payload)
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        lines = traceback.format_tb(error.__traceback__)
        kind = type(error).__name__
        if isinstance(error, ImportError):
            kind = "Runtime.ImportModuleError"
        failure = {"errorMessage": str(error), "errorType": kind, "stackTrace": lines}
        return {**failure, "requestId": context.aws_request_id}, True
    return payload, False


def main() -> None:
    """Call the handler with the event on standard input."""
    # The folder of this file is first in the path, and is not the function's.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    context, result = Context(), Path(os.environ.pop("LANDFALL_RESULT"))
    payload, failed = _call(context)
    result.write_text(json.dumps({"payload": payload, "failed": failed}), encoding="utf-8")


if __name__ == "__main__":
    main()
