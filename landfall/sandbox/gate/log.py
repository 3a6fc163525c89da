"""The request log: one line a request with time, operation, caller, result and duration.

It contains no bodies, parameters or credentials.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TextIO

from landfall.sandbox.gate.incoming import Incoming
from landfall.sandbox.gate.request import Caller


class RequestLog:
    """Append lines to a file; without a file, write nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self._file: TextIO | None = None
        self._lock = threading.Lock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", buffering=1, encoding="utf-8")

    def write(
        self,
        incoming: Incoming,
        caller: Caller,
        status: int,
        error: str,
        started: float,
        judged: float,
    ) -> None:
        """Write the line of one request; `started` and `judged` are `time.perf_counter()`s."""
        if self._file is None:
            return
        now = time.perf_counter()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        line = (
            f"{stamp}Z {incoming.scope.region} {incoming.model.service_name}:"
            f"{incoming.operation.name} {status} {error or '-'} account={caller.account} "
            f"principal={caller.principal.rpartition(':')[2] or '-'} "
            f"gate_ms={(judged - started) * 1e3:.2f} total_ms={(now - started) * 1e3:.2f}\n"
        )
        with self._lock:
            self._file.write(line)
