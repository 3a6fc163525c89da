"""`make bench-enforced`: first runs of `landfall up` with and without judged calls, in turn.

Prints one JSON line for each run, then the ratios of the medians, judged to not judged: `up_ratio`
of the durations, and `server_cpu_ratio` of the sandbox's CPU, which other programs on the machine
disturb less. A third kind of run has a fifth of the calls of Organizations and IAM throttled. Each
run starts in an empty sandbox.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from landfall.sandbox.faults import client
from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.small import STACK

KINDS: Final = ("enforced", "not enforced", "throttled")
_THROTTLED: Final = ("organizations:*", "iam:*")


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make bench-enforced", description=__doc__)
    parser.add_argument("--count", type=int, default=3, help="runs of each kind")
    parser.add_argument("--stack", default="dev", help="small, or a stack file of this project")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS)
    options = parser.parse_args(arguments)
    runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in options.kinds}
    with tempfile.TemporaryDirectory(prefix="landfall-enforced-") as folder:
        project = copied(Path(folder), options.stack, checkpoints=True)
        if options.stack == "small":
            (Path(folder) / "Pulumi.small.yaml").write_text(STACK)
        try:
            for _ in range(options.count):
                for kind in options.kinds:
                    run = measure(project, kind)
                    print(json.dumps({"bench": "enforced", "stack": project.stack, **run}))
                    sys.stdout.flush()
                    runs[kind].append(run)
        finally:
            project.run(str(BIN / "landfall"), "down", "-s", project.stack, ok=False)
    if {"enforced", "not enforced"} <= set(runs):
        names = {"up_ratio": "up_seconds", "server_cpu_ratio": "server_cpu_seconds"}
        ratios = {name: _ratio(runs, of) for name, of in names.items()}
        print(json.dumps({"bench": "enforced", **ratios}))
    return 0


def _ratio(runs: dict[str, list[dict[str, Any]]], name: str) -> float:
    judged, free = (statistics.median(run[name] for run in runs[kind]) for kind in KINDS[:2])
    return round(judged / free, 3)


def measure(project: Project, kind: str) -> dict[str, Any]:
    """Build the stack in an empty sandbox; fail if the run does."""
    command = [str(BIN / "landfall"), "sandbox", "reset", "-s", project.stack]
    project.run(*command, *(["--no-enforce-iam"] if kind == "not enforced" else []))
    project.__dict__.pop("environment", None)
    url = project.environment["AWS_ENDPOINT_URL"]
    if kind == "throttled":
        client.add(url, "throttle", *_THROTTLED, rate=0.2)
    began = time.monotonic()
    project.up()
    took = time.monotonic() - began
    server = psutil.Process(int(project.environment["LANDFALL_SERVER"].split()[0]))
    used = server.cpu_times()
    return {
        "kind": kind,
        "up_seconds": round(took, 1),
        "server_cpu_seconds": round(used.user + used.system, 1),
        "load": round(psutil.getloadavg()[0], 1),
        "resources": project.counts(),
        "throttled": sum(each["met"] for each in client.listed(url)),
        "denied": _denied(project),
    }


def _denied(project: Project) -> list[str]:
    """Return the messages of what roles and services were denied."""
    command = [str(BIN / "landfall"), "sandbox", "access", "-s", project.stack]
    found = json.loads(project.run(*command, "--format", "json").stdout)
    denials = [one for each in found for one in each.get("denied", [each])]
    return [one["message"] for one in denials]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
