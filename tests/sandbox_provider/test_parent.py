"""A process that awaits the end of its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from landfall.sandbox.provider.plugin.parent import Parent

# Waits only when it is told to, by a line: its parent may be dead by then.
_CHILD = """
import os, sys
from landfall.sandbox.provider.plugin import parent
{before}
watched = parent.Parent()
print("ready", flush=True)
sys.stdin.readline()
never, _ = os.pipe()
print(watched.wait(never), flush=True)
"""
_PARENT = (
    "import signal, subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]);"
    "signal.pause()"
)
_WITHOUT_EVENTS = "parent._end_of = lambda pid: None"


@pytest.fixture(params=["", _WITHOUT_EVENTS], ids=["event", "no event"])
def process(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A parent, whose child shares its standard input and output."""
    started = subprocess.Popen(
        [sys.executable, "-c", _PARENT, _CHILD.format(before=request.param)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
        started.kill()


def test_parent_that_ends_is_noticed(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go on\n")
    process.stdin.flush()
    process.kill()
    assert process.stdout.readline() == "True\n"


def test_parent_that_ended_before_the_wait_is_noticed(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.kill()
    process.wait()
    process.stdin.write("go on\n")
    process.stdin.flush()
    assert process.stdout.readline() == "True\n"


def test_descriptor_that_can_be_read_ends_the_wait() -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"1")
    assert not Parent().wait(read_end)
    os.close(read_end)
    os.close(write_end)
