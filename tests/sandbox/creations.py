"""Account creations that end when a test ends them, not after a time.

On a busy machine a signal can arrive seconds late. A test that interrupts a creation therefore
starts its sandbox with `HELD`, and calls `finish` or `finishing` for the creations that may end.
"""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

HELD = "organizations.creation_seconds=86400"
_PAUSE = 1.0  # Seconds.


def finish(endpoint: str) -> None:
    """End all pending work of the sandbox at `endpoint`."""
    request = urllib.request.Request(f"{endpoint}/_landfall/settle", method="POST")  # noqa: S310
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).close()


@contextmanager
def finishing(endpoint: str) -> Iterator[None]:
    """Let pending work of the sandbox end about a second after it began."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(_PAUSE):
            finish(endpoint)

    thread = threading.Thread(target=work, name="finishing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
