"""`landfall validate` of stacks of many accounts; times of the whole command.

Run alone as `python -m bench.many_accounts`; it needs no sandbox. The floor of each figure is the
same with 200 accounts in the stack file, in the same run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import stacks
from bench.measure import tell
from landfall.problems import refuse

_ROUNDS = 3
_FIRST = 200
_COUNTS = (_FIRST, 1_000, 5_000)
_MISTAKES = 500
_VALID, _WRONG = 0, 1


def main() -> None:
    """Print the figure of each number of accounts, in both forms, and then one with mistakes."""
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as folder:
        floor = 0.0
        for count in _COUNTS:
            place = Path(folder) / str(count)
            stacks.write(place / "file", count)
            seconds = _seconds(place / "file", _VALID)
            floor = floor or seconds
            tell(f"validate {count} accounts, one file", seconds, "s", floor)
            stacks.write(place / "files", count, in_files=True)
            tell(f"validate {count} accounts, a file each", _seconds(place / "files"), "s", floor)
        place = Path(folder) / "mistakes"
        stacks.write(place, _COUNTS[-1], mistakes=_MISTAKES)
        seconds = _seconds(place, _WRONG)
        tell(f"validate {_COUNTS[-1]} accounts, {_MISTAKES} mistakes", seconds, "s", floor)


def _seconds(folder: Path, expected: int = _VALID) -> float:
    """Return the median seconds of the command; raises `ProblemsError` for another exit status."""
    call = "from landfall.cli.main import main; main()"
    command = [sys.executable, "-c", call, "validate", "-s", stacks.NAME, "--directory", folder]
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=False
        )
        took.append(time.perf_counter() - began)
        if done.returncode != expected:
            raise refuse(f"validate ended with {done.returncode}", done.stderr[-2000:])
    return statistics.median(took)


if __name__ == "__main__":
    main()
