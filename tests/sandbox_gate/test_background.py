"""Work that continues after its request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from landfall.sandbox.gate import background
from landfall.sandbox.gate.barrier import barrier

_LONG = 10.0  # seconds; bounds a hang


@pytest.fixture
def done() -> Iterator[list[str]]:
    """Yield the list of completed work; drop pending work afterwards."""
    yield []
    background.forget()


def test_work_is_done_after_its_time(done: list[str]) -> None:
    background.later("test", 0.0, lambda: done.append("it")).join(_LONG)
    assert done == ["it"]
    assert background.settle() == 0


def test_settle_runs_pending_work_once_in_order(done: list[str]) -> None:
    timers = [background.later(each, 600, lambda each=each: done.append(each)) for each in "abc"]
    assert background.settle() == 3
    assert done == ["a", "b", "c"]
    for timer in timers:
        timer.join(_LONG)
        assert not timer.is_alive()
    assert background.settle() == 0


def test_work_pending_at_a_reset_is_dropped(done: list[str]) -> None:
    timer = background.later("test", 600, lambda: done.append("it"))
    background.forget()
    timer.join(_LONG)
    assert not timer.is_alive()
    assert background.settle() == 0
    assert done == []


def test_work_due_while_a_reset_runs_is_dropped(done: list[str]) -> None:
    with barrier.alone():
        timer = background.later("test", 0.0, lambda: done.append("it"))
        timer.join(0.05)
        assert timer.is_alive()
        background.forget()
    timer.join(_LONG)
    assert not timer.is_alive()
    assert done == []
