"""What holds for the whole suite."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from landfall.forking import own_server
from tests.suite import closing, forks, properties, schedule

# gRPC logs the end of every connection to stderr; it reads this variable when it is imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

# A git hook runs with the index and the folder of its repository in variables. Tests that make
# repositories of their own would write into that one.
for _name in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[_name]

# A shell starts background jobs with interrupts ignored, and children would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Collecting thousands of tests makes many objects that stay.
gc.set_threshold(100_000, 50, 100)

properties.register()


# A limit ends what hangs, and is no measure of speed: a busy machine takes ten times as long.
ENGINE_SECONDS = 1800


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's fork server; workers find it by its variable."""
    is_worker = hasattr(config, "workerinput")
    if own_server.possible() and not is_worker and not config.option.collectonly:
        config.add_cleanup(forks.started().end)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the longest files first; note the files before marks deselect any."""
    schedule.note(config, items)
    schedule.sort(items)
    for item in items:
        if item.get_closest_marker("engine") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(ENGINE_SECONDS))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Say how to run each failed test alone, after pytest's own summary."""
    yield
    nodeids = [
        report.nodeid
        for outcome in ("failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
    ]
    if commands := closing.lines(nodeids):
        terminalreporter.section("run a failed test alone")
        for command in commands:
            terminalreporter.line(command)
