"""`make bench-fleet-memory`: memory of a fleet and of one stack with the real provider.

Applies a stack of `--accounts` alike accounts in the sandbox, first as a fleet with `--parallel`
parts at once, then as one stack. Prints one JSON line for each: seconds, the greatest number of
provider processes, and the peak of memory in MiB. Memory is the sum of proportional set sizes
(pages that processes share count once) of every process that has the project's folder in its
environment, whatever its parent is, but for the sandbox itself: on AWS nothing stands in its place.

Exit status 1 if a run fails or if the fleet needs more than `LIMIT`, 2 for wrong input.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from bench import fleet_file
from landfall.sandbox.provider.plugin.rendezvous import LINGER_VARIABLE
from tests.sandbox.conftest import BIN, Project, copied

STACK: Final = "many"
LIMIT: Final = 2048.0  # MiB
_SERVER: Final = "landfall.sandbox.server"
_PROVIDER: Final = "terraform-provider-aws"
_SAMPLED_EVERY: Final = 1.0
_PSS: Final = re.compile(r"^Pss: +([0-9]+) kB", re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make bench-fleet-memory", description=__doc__)
    parser.add_argument("--accounts", type=int, default=30)
    parser.add_argument("--slice", type=int, default=5, help="accounts of a slice")
    parser.add_argument("--parallel", type=int, default=2, help="parts at once")
    options = parser.parse_args(arguments)
    stacks = max(1, options.accounts // options.slice)
    text = fleet_file.of(options.accounts, stacks)
    runs = {
        "fleet": ["fleet", "up", "--sandbox", "--parallel", str(options.parallel)],
        "one stack": ["up"],
    }
    peaks = {}
    for kind, command in runs.items():
        found = _measured(text if kind == "fleet" else _whole(text), command)
        print(json.dumps({"bench": "fleet-memory", "kind": kind, **vars(options), **found}))
        sys.stdout.flush()
        if found["status"]:
            return 1
        peaks[kind] = found["peak_mib"]
    ratio = round(peaks["fleet"] / peaks["one stack"], 3)
    print(json.dumps({"bench": "fleet-memory", "ratio": ratio, "limit_mib": LIMIT}))
    return 1 if peaks["fleet"] >= LIMIT else 0


def _whole(text: str) -> str:
    """Return the stack file as one stack."""
    read = json.loads(text)
    del read["config"]["landfall:fleet"]
    return json.dumps(read)


def _measured(text: str, command: Sequence[str]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="landfall-fleet-memory-"))
    project = copied(folder, STACK, checkpoints=True)
    (folder / f"Pulumi.{STACK}.yaml").write_text(text)
    project.env.pop(LINGER_VARIABLE)  # a user has the default
    try:
        return _watched(project, command)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK, ok=False)
        shutil.rmtree(folder)


def _watched(project: Project, command: Sequence[str]) -> dict[str, Any]:
    log = project.folder / "bench.log"
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [str(BIN / "landfall"), *command, "-s", STACK, "--skip-preview"],
            cwd=project.folder,
            env={**project.env, "PWD": str(project.folder)},  # as a shell sets it
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
        peak, providers = 0.0, 0
        while process.poll() is None:
            found = list(_started(str(project.folder)))
            peak = max(peak, sum(megabytes for _, megabytes in found))
            providers = max(providers, sum(_PROVIDER in name for name, _ in found))
            time.sleep(_SAMPLED_EVERY)
    if process.returncode:
        print(log.read_text(encoding="utf-8")[-3000:], file=sys.stderr)
    return {
        "status": process.returncode,
        "seconds": round(time.monotonic() - began, 1),
        "providers": providers,
        "peak_mib": round(peak),
    }


def _started(folder: str) -> Iterator[tuple[str, float]]:
    """Yield command line and memory of each process of the folder, but for the sandbox."""
    for process in psutil.process_iter():
        try:
            if not any(folder in value for value in process.environ().values()):
                continue
            name = " ".join(process.cmdline())
            read = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except (psutil.Error, OSError):
            continue  # it has ended, or belongs to the kernel
        matched = _PSS.search(read)
        if matched and _SERVER not in name:
            yield name, int(matched[1]) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
