"""`make fleet-interruptions`: a first `landfall fleet up`, throttled and killed, must end clean.

A fifth of the calls is throttled. The command and its engines are killed KILLS times at random
moments; each time, `landfall fleet up --resume` goes on. AWS must then have what it has after an
undisturbed run: nothing twice, nothing missing; no process may be left. Prints one JSON line for
each run.

Exit status 0 where it ended so, 1 where it did not.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

from bench import fleet_file
from landfall.sandbox.faults import client
from tests.sandbox import inventory
from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.interrupting import after, request_log
from tests.sandbox.test_fleet import FILE, STACK

_THROTTLED: Final = ("organizations:*", "iam:*", "sts:*", "sso-admin:*", "identitystore:*")
_RATE: Final = 0.2
_SECONDS: Final = 1800.0
_FEW: Final = 2  # as many accounts as the file of the tests has
_IN_STACK: Final = 5
_UP: Final = (str(BIN / "landfall"), "fleet", "up", "-s", STACK, "--sandbox", "--skip-preview")


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make fleet-interruptions", description=__doc__)
    parser.add_argument("--kills", type=int, default=5, help="how often the run is killed")
    parser.add_argument("--accounts", type=int, default=2, help="2, or more, five a stack")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; random by default")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    folder = Path(tempfile.mkdtemp(prefix="landfall-fleet-interruptions-"))
    project = copied(folder, STACK, checkpoints=True)
    count = options.accounts
    text = FILE if count == _FEW else fleet_file.of(count, max(1, count // _IN_STACK))
    (folder / f"Pulumi.{STACK}.yaml").write_text(text)
    _tell(seed=seed, kills=options.kills, accounts=count, throttled=_RATE)
    try:
        problem = _measured(project, options.kills, random.Random(seed))
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK, ok=False)
    if problem := problem or _left_over(folder):
        print(f"{problem}\nwhat it left is in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def _measured(project: Project, kills: int, moments: random.Random) -> str:
    """Return what is wrong after the disturbed run, empty if nothing is."""
    began = time.monotonic()
    project.run(*_UP)
    requests = _requests(project)
    expected = inventory.of(project)
    _tell(run="undisturbed", seconds=time.monotonic() - began, requests=requests)
    project.run(str(BIN / "landfall"), "sandbox", "reset", "-s", STACK)
    shutil.rmtree(project.folder / ".landfall" / "fleets", ignore_errors=True)
    project.__dict__.pop("environment", None)
    url = project.environment["AWS_ENDPOINT_URL"]
    client.add(url, "throttle", *_THROTTLED, rate=_RATE)
    began = time.monotonic()
    for number in range(kills):
        # Of an even share of the requests, so that the last kill is still within the run.
        later = moments.randrange(max(1, requests // (kills + 1)))
        killed = _killed(project, later, moments.uniform(0, 1))
        _tell(run=f"kill {number + 1}", after_requests=later, running=killed)
    done = project.run(*_UP, "--resume", ok=False)
    throttled = sum(each["met"] for each in client.listed(url))
    _tell(run="resumed", seconds=time.monotonic() - began, throttled=throttled)
    if done.returncode:
        return f"the resumed run failed\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    client.remove(url)
    found = inventory.of(project)
    more, less = found - expected, expected - found
    if more or less:
        return f"too many: {dict(more)}; missing: {dict(less)}"
    return _unsettled(project)


def _unsettled(project: Project) -> str:
    """Return what a preview of all parts would still change, empty if nothing."""
    command = (str(BIN / "landfall"), "fleet", "preview", "-s", STACK, "--sandbox", "--all")
    done = project.run(*command, "--format", "json", ok=False)
    summary = json.loads(done.stdout)
    changes = {
        each["part"]: {verb: count for verb, count in each["changes"].items() if verb != "same"}
        for each in summary["parts"]
    }
    left = {part: found for part, found in changes.items() if found}
    return f"a preview after it shows changes: {left}" if left or done.returncode else ""


def _killed(project: Project, requests: int, seconds: float) -> bool:
    """Kill a run and its engines; return whether it was still running."""
    due = after(project, _requests(project) + requests, seconds)
    with (project.folder / "interrupted.log").open("w") as log:
        process = subprocess.Popen(
            [*_UP, "--resume"],
            cwd=project.folder,
            env=project.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _SECONDS
    while not due():
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline, "the moment to kill did not come"
        time.sleep(0.02)
    engines = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGKILL)
    for each in engines:
        each.kill()
    psutil.wait_procs(engines, timeout=30)
    process.wait()
    return True


def _left_over(folder: Path) -> str:
    """Return the processes that work in the folder after all has ended, empty if there are none."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or belongs to the kernel
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    _, left = psutil.wait_procs(found, timeout=30)
    return "\n".join(f"still runs: {each.pid} {each.cmdline()}" for each in left)


def _requests(project: Project) -> int:
    log = request_log(project)
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _tell(**figures: Any) -> None:
    rounded = {key: round(it, 1) if isinstance(it, float) else it for key, it in figures.items()}
    print(json.dumps({"bench": "fleet-interruptions", **rounded}), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
