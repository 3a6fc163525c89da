"""`make interruptions`: a first `landfall up` is interrupted at random, and the next one goes on.

Each round resets the sandbox, interrupts a first `landfall up` at a random moment by INT, TERM, HUP
or KILL, or by those of `--signals`, and runs `landfall up` once. That must succeed, and AWS must
then have what it has after an uninterrupted run: nothing twice, nothing missing.

Exit status 0 where every round ended so, 1 where one did not, 2 for wrong input.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.sandbox import inventory
from tests.sandbox.conftest import BIN, ROOT, Project, copied
from tests.sandbox.interrupting import SIGNALS, after, interrupt, request_log
from tests.sandbox.small import STACK


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make interruptions", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="interruptions by each signal")
    parser.add_argument("--stack", default="small", help="small, or a stack file of this project")
    parser.add_argument(
        "--signals",
        nargs="+",
        choices=[each.name[3:] for each in SIGNALS],
        default=[each.name[3:] for each in SIGNALS],
        help="all by default",
    )
    parser.add_argument(
        "--skip-preview", action="store_true", help="start the runs without a preview"
    )
    parser.add_argument("--seed", type=int, default=None, help="of the moments; random by default")
    options = parser.parse_args(arguments)
    # A shell starts background jobs with interrupts ignored, and children would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if options.stack != "small" and not (ROOT / f"Pulumi.{options.stack}.yaml").is_file():
        parser.error(f"there is no stack file Pulumi.{options.stack}.yaml")
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    print(f"Seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="landfall-interruptions-"))
    project = copied(folder, options.stack, checkpoints=True)
    if options.stack == "small":
        (folder / "Pulumi.small.yaml").write_text(STACK)
    signals = [each for each in SIGNALS if each.name[3:] in options.signals]
    try:
        preview = not options.skip_preview
        failures = _rounds(project, options.count, signals, random.Random(seed), preview=preview)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", project.stack, ok=False)
    if failures:
        print(f"{failures} failed; what they left is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _rounds(
    project: Project,
    count: int,
    signals: Sequence[signal.Signals],
    moments: random.Random,
    *,
    preview: bool,
) -> int:
    """Run the rounds, print each and their sum, and return how many failed."""
    began = time.monotonic()
    project.up(preview=preview)
    seconds = time.monotonic() - began
    requests = len(request_log(project).read_text().splitlines())
    expected = inventory.of(project)
    twice = [name for name, number in expected.items() if number > 1]
    print(
        f"An uninterrupted run: {seconds:.0f} s, {requests} requests, {len(expected)} things",
        flush=True,
    )
    assert not twice, f"there twice without any interruption: {twice}"
    failures = 0
    for number in range(count):
        for name in signals:
            place, delay = moments.randrange(requests), moments.uniform(0, 1)
            project.run(str(BIN / "landfall"), "sandbox", "reset", "-s", project.stack)
            project.__dict__.pop("environment", None)
            running = interrupt(project, name, after(project, place, delay), preview=preview)
            problem = _problem(project, expected, preview=preview)
            failures += bool(problem)
            when = f"{delay:.1f} s after request {place}" if running else "after its end"
            print(f"{number + 1} {name.name} {when}: {problem or 'clean'}", flush=True)
    total = count * len(signals)
    print(f"{total - failures} of {total} clean", flush=True)
    return failures


def _problem(project: Project, expected: Counter[str], *, preview: bool) -> str:
    done = project.up(ok=False, preview=preview)
    if done.returncode:
        return f"up failed\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    found = inventory.of(project)
    more, less = found - expected, expected - found
    return f"too many: {dict(more)}; missing: {dict(less)}" if more or less else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
