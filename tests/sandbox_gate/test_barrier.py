"""The lock between requests and resets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from landfall.sandbox.gate.barrier import Barrier, BusyError

_LONG = 10.0  # seconds; bounds a hang


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


class Requests:
    """Requests and resets of a barrier; `events` records their order of begin and end."""

    def __init__(self, barrier: Barrier, pool: ThreadPoolExecutor) -> None:
        self.barrier = barrier
        self.events: list[str] = []
        self._pool = pool

    def request(self, name: str, work: Callable[[], object] = lambda: None) -> Future[None]:
        return self._pool.submit(self._request, name, work)

    def reset(self) -> Future[None]:
        return self._pool.submit(self._reset)

    def _request(self, name: str, work: Callable[[], object]) -> None:
        with self.barrier.shared(lambda: name):
            self.events.append(f"{name} begins")
            work()
            self.events.append(f"{name} ends")

    def _reset(self) -> None:
        with self.barrier.alone():
            self.events.append("reset begins")
            self.events.append("reset ends")

    def begun(self, name: str, work: Callable[[], object]) -> Future[None]:
        """Begin a request and return once it runs."""
        running = threading.Event()
        future = self.request(name, lambda: (running.set(), work()))
        assert running.wait(_LONG)
        return future

    def await_reset(self) -> None:
        """Return once a reset waits, which holds back new requests."""
        deadline = time.monotonic() + _LONG
        while not self.barrier._closed:
            assert time.monotonic() < deadline, "no reset waits"
            time.sleep(0.001)


def test_reset_waits_for_running_and_holds_back_new_requests(pool: ThreadPoolExecutor) -> None:
    requests, go = Requests(Barrier(patience=_LONG), pool), threading.Event()
    old = requests.begun("old", lambda: go.wait(_LONG))
    reset = requests.reset()
    requests.await_reset()
    new = requests.request("new")
    go.set()
    for future in (old, reset, new):
        future.result(_LONG)
    assert requests.events == [
        *("old begins", "old ends"),
        *("reset begins", "reset ends"),
        *("new begins", "new ends"),
    ]


def test_requests_run_beside_each_other(pool: ThreadPoolExecutor) -> None:
    requests, both = Requests(Barrier(), pool), threading.Barrier(2)
    futures = [requests.request(name, lambda: both.wait(_LONG)) for name in ("one", "two")]
    for future in futures:
        future.result(_LONG)


def test_reset_waits_for_a_request_that_awaits_another(pool: ThreadPoolExecutor) -> None:
    requests, go = Requests(Barrier(patience=0.05), pool), threading.Event()

    def call_the_sandbox() -> None:
        assert go.wait(_LONG)
        requests.request("inner").result(_LONG)

    outer = requests.begun("outer", call_the_sandbox)
    reset = requests.reset()
    requests.await_reset()
    go.set()
    outer.result(_LONG)
    reset.result(_LONG)
    assert requests.events == [
        *("outer begins", "inner begins", "inner ends", "outer ends"),
        *("reset begins", "reset ends"),
    ]


def test_reset_names_the_requests_that_do_not_end(pool: ThreadPoolExecutor) -> None:
    requests = Requests(Barrier(patience=0.01, timeout=0.05), pool)
    go = threading.Event()
    endless = requests.begun("POST SQS.ReceiveMessage", lambda: go.wait(_LONG))
    with pytest.raises(BusyError, match=r"POST SQS\.ReceiveMessage"):
        requests.reset().result(_LONG)
    requests.request("later").result(_LONG)
    go.set()
    endless.result(_LONG)
    requests.reset().result(_LONG)
    assert requests.events.count("reset begins") == 1


def test_request_that_fails_holds_up_no_reset(pool: ThreadPoolExecutor) -> None:
    requests = Requests(Barrier(patience=_LONG), pool)
    with pytest.raises(ZeroDivisionError):
        requests.request("broken", lambda: 1 // 0).result(_LONG)
    requests.reset().result(_LONG)


def test_resets_and_requests_of_many_threads_never_overlap() -> None:
    barrier = Barrier(patience=0.001)
    requests: set[object] = set()
    overlaps: list[int] = []

    def request() -> None:
        for _ in range(200):
            with barrier.shared(lambda: "request"):
                requests.add(me := object())
                time.sleep(0)
                requests.discard(me)

    def reset() -> None:
        for _ in range(100):
            with barrier.alone():
                overlaps.append(len(requests))
                time.sleep(0)
                overlaps.append(len(requests))

    threads = [threading.Thread(target=each) for each in (request, request, request, reset, reset)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LONG)
        assert not thread.is_alive()
    assert overlaps == [0] * 400
