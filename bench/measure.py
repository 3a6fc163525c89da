"""Runs a command and measures wall seconds and peak memory of its whole process tree."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from landfall.problems import refuse

_SAMPLED_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """The cost of one run; `megabytes` is the peak of the tree's total resident memory."""

    seconds: float
    megabytes: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command and wait for it; raises `ProblemsError` with its output if it fails."""
    log = folder / "bench.log"
    began = time.perf_counter()
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            list(command), cwd=folder, env=dict(environment), stdout=stream, stderr=stream
        )
        peak = 0.0
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _tree(watched))
            time.sleep(_SAMPLED_EVERY)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise refuse(f"'{' '.join(command)}' failed", log.read_text(encoding="utf-8")[-2000:])
    return Measured(seconds, peak)


def _tree(process: psutil.Process) -> float:
    total = 0
    try:
        for member in (process, *process.children(recursive=True)):
            total += member.memory_info().rss
    except psutil.NoSuchProcess:
        pass  # it ended after it was listed; the next sample counts the rest
    return total / 1024 / 1024


def tell(figure: str, value: float, unit: str, floor: float | None = None) -> None:
    """Print one figure as a JSON line, with its ratio to the floor if one is given."""
    line: dict[str, object] = {"figure": figure, "value": round(value, 3), "unit": unit}
    if floor is not None:
        line |= {"floor": round(floor, 3), "ratio": round(value / floor, 2)}
    print(json.dumps(line), flush=True)
