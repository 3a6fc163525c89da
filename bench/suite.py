"""`make bench-tests`: the time of each test file, and of the whole suite.

Runs the suite as `make test` does. Prints one JSON line for each file (seconds of its tests,
including fixtures), the slowest last, then one for the suite. Writes the seconds of each file to
`tests/durations.json`, which determines the order of files in the suite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DURATIONS: Final = ROOT / "tests" / "durations.json"
REPORT: Final = ROOT / "build" / "tests.xml"
_KEPT_FROM: Final = 1.0  # seconds; for shorter files the order does not matter


def by_file(cases: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sum seconds by test file, from pairs of pytest's class name (`tests.iam.test_x`) and seconds.

    For a test in a class, the name ends with the class, which is no module.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    for name, taken in cases:
        parts = name.split(".")
        while parts and not parts[-1].startswith("test_"):
            parts.pop()
        seconds["/".join(parts) + ".py"] += taken
    return dict(seconds)


def read(report: Path) -> list[tuple[str, float]]:
    """Return class name and seconds of each test in a JUnit report."""
    # This program's own test run has written the report.
    tree = ElementTree.parse(report)  # noqa: S314
    return [
        (case.get("classname", ""), float(case.get("time", 0))) for case in tree.iter("testcase")
    ]


def write(seconds: Mapping[str, float], file: Path = DURATIONS) -> None:
    """Write the files that take a second or more, in whole seconds, to reduce noise."""
    kept = {name: round(taken) for name, taken in sorted(seconds.items()) if taken >= _KEPT_FROM}
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Run the suite and print the figures; the exit status is pytest's."""
    REPORT.parent.mkdir(exist_ok=True)
    started, before = time.monotonic(), os.times()
    command = ["make", "--no-print-directory", "pytest", f"PYTEST_OPTIONS=--junitxml={REPORT}"]
    status = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode
    wall, after = time.monotonic() - started, os.times()
    seconds = by_file(read(REPORT))
    for name, taken in sorted(seconds.items(), key=lambda each: each[1]):
        print(json.dumps({"figure": "test file", "file": name, "seconds": round(taken, 2)}))
    cpu = sum(after[2:4]) - sum(before[2:4])
    print(json.dumps({"figure": "suite", "seconds": round(wall, 1), "cpu_seconds": round(cpu, 1)}))
    if status == 0:
        write(seconds)
    return status


if __name__ == "__main__":
    sys.exit(main())
