"""`make fuzz MINUTES=10`: run every property with new seeds until the time is over.

Exit status 0 where nothing was found, 1 where a property failed, 2 for wrong input.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.suite.properties import EXAMPLES, PROFILE_VARIABLE

ROOT: Final = Path(__file__).parents[2]
FOUND: Final = """
A property failed. To turn what was found into a fixed case:
  1. Copy the 'Falsifying example' printed above into an @example(...) on the property, or into a
     plain test. The failing input is also kept in {examples}, so `make test` fails
     until the cause is mended.
  2. Run the property alone until it passes: {alone} TEST
  3. Commit the case and the mend, without the files in {examples} that the
     case makes superfluous.
"""


def command(*selected: str) -> list[str]:
    """Return the pytest command that runs each property once, on two processes."""
    options = ["-m", "hypothesis", "--numprocesses", "2", "--dist", "load", "--timeout", "3600"]
    return [sys.executable, "-m", "pytest", *options, *selected]


def environment() -> dict[str, str]:
    """Return the environment that makes Hypothesis and the hashes of strings choose new seeds."""
    return {**os.environ, PROFILE_VARIABLE: "fuzz", "PYTHONHASHSEED": "random"}


def explore(
    minutes: float, run: Callable[[], int], clock: Callable[[], float] = time.monotonic
) -> tuple[int, int]:
    """Run rounds until `minutes` are over or one fails; return its status and how many ran."""
    end = clock() + minutes * 60
    rounds = 0
    while True:
        status = run()
        rounds += 1
        if status or clock() >= end:
            return status, rounds


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Explore with new seeds.")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, at least one round")
    parser.add_argument("tests", nargs="*", help="files or tests; all properties by default")
    options = parser.parse_args(arguments)

    def run() -> int:
        done = subprocess.run(command(*options.tests), cwd=ROOT, env=environment(), check=False)
        return done.returncode

    status, rounds = explore(options.minutes, run)
    if status:
        alone = f"{PROFILE_VARIABLE}=fuzz .venv/bin/pytest"
        print(FOUND.format(examples=EXAMPLES.relative_to(ROOT), alone=alone), file=sys.stderr)
        return 1
    print(f"Nothing found in {rounds} rounds of every property.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
