"""`make bench-tests`: how long each test file takes, and the whole suite.

Runs the suite as `make test` does, prints one JSON line a file (seconds of its tests, fixtures
included), the slowest last, then one for the suite, and keeps the seconds of each file in
`tests/durations.json`, by which the suite orders its files.
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
_KEPT_FROM: Final = 1.0  # seconds; below that the order of files does not matter


def by_file(cases: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sum seconds by test file; takes pairs of pytest's class name (`tests.iam.test_x`), seconds.

    A test in a class has a further part in that name, which is no module.
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
    # The report is what the run before has written.
    tree = ElementTree.parse(report)  # noqa: S314
    return [
        (case.get("classname", ""), float(case.get("time", 0))) for case in tree.iter("testcase")
    ]


def write(seconds: Mapping[str, float], file: Path = DURATIONS) -> None:
    """Keep the files that take a second or more, in whole seconds, so that noise changes little."""
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
