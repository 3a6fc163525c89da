"""Reset all state of the sandbox, the emulator's and the gate's."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from moto.iam.models import iam_backends
from moto.moto_api._internal.models import moto_api_backend

from landfall.sandbox.gate import background
from landfall.sandbox.gate.answers import Answer
from landfall.sandbox.gate.barrier import BusyError, barrier
from landfall.sandbox.gate.callers import callers
from landfall.sandbox.gate.state import forget_all

_begins: list[Callable[[], object]] = []

_log = logging.getLogger(__name__)


def begin_with(fill: Callable[[], object]) -> None:
    """Fill the empty sandbox by a function, now and after each reset."""
    fill()
    _begins.append(fill)


def reset() -> Answer:
    """Reset while no request runs, and answer as the emulator does: `{"status": "ok"}`.

    The status is 503 where a request does not end, and nothing was reset then; it is 500 where the
    emulator's own reset fails. `message` and the log contain the reason.
    """
    try:
        with barrier.alone():
            background.forget()
            callers.forget()
            forget_all()
            # Their own reset would create 1,500 managed policies again, only to drop them.
            iam_backends.clear()
            moto_api_backend.reset()
            for fill in _begins:
                fill()
    except BusyError as error:
        _log.error("reset: %s", error)
        return _answer(503, "busy", f"Nothing was reset: {error}.")
    except Exception as error:
        _log.exception("reset")
        reason = f"{type(error).__name__}: {error}"
        return _answer(
            500, "failed", f"The emulator's reset failed ({reason}). Restart the sandbox."
        )
    return _answer(200, "ok")


def _answer(code: int, status: str, message: str = "") -> Answer:
    members = {"status": status, **({"message": message} if message else {})}
    body = json.dumps(members).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Answer(code, headers, body, "" if code == 200 else status)
