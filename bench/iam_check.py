"""`landfall iam check` over all of AWS's managed policies, compared with other installed tools.

Run alone as `python -m bench.iam_check`; it needs no sandbox and no stack. The time of a document
is the one that `--batch` prints: reading it, and every rule. Other tools check the same documents
in the same run if `make bench-tools` has installed them; their figures include the ratio to ours.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import iam_tools
from bench.measure import tell
from landfall.iam.policy_checks import reading

_ROUNDS = 3
# Other tools take seconds for some documents.
_SAMPLE = 200
# Other tools have a separate environment: their dependencies differ from the project's.
TOOLS = Path(__file__).parents[1] / ".venv-bench" / "bin" / "python"


def main() -> None:
    """Print every figure."""
    policies = _managed()
    took = _ours(policies)
    median = statistics.median(took)
    tell("iam check: policies", len(took), "documents")
    tell("iam check: document, median", median, "ms")
    tell("iam check: document, p99", statistics.quantiles(took, n=100)[98], "ms")
    tell("iam check: document, slowest", max(took), "ms")
    _command(policies)
    _others(policies)


def _managed() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return {
        name: policy["Document"] for name, policy in json.loads(aws_managed_policies_data).items()
    }


def _ours(policies: dict[str, Any]) -> list[float]:
    """Return the milliseconds of each document in one batch; each round is a new process."""
    code = "import sys; from bench.iam_check import tell_batch; tell_batch(sys.stdin.read())"
    text = json.dumps(policies)
    rounds = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(_ROUNDS)
    ]
    return [min(times) for times in zip(*rounds, strict=True)]


def tell_batch(text: str) -> None:
    """Check a batch and print the milliseconds of its documents."""
    print(json.dumps([one.found["milliseconds"] for one in reading.batch(text, "batch")]))


def _command(policies: dict[str, Any]) -> None:
    """Measure the whole command, for one document and for all of them."""
    call = [sys.executable, "-c", "from landfall.cli.main import main; main()", "iam", "check"]
    with tempfile.TemporaryDirectory() as folder:
        one, every = Path(folder) / "one.json", Path(folder) / "all.json"
        one.write_text(json.dumps(policies["ReadOnlyAccess"]), encoding="utf-8")
        every.write_text(json.dumps(policies), encoding="utf-8")
        python = _seconds([sys.executable, "-c", "pass"])
        tell("iam check: command, one document", _seconds([*call, "--identity", one]), "s", python)
        tell("iam check: command, all of them", _seconds([*call, "--batch", every]), "s", python)


def _seconds(command: list[Any]) -> float:
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], capture_output=True, check=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _others(policies: dict[str, Any]) -> None:
    """Measure the tools of `make bench-tools` on a sample of documents, as ratios to ours."""
    names = sorted(policies)[:: max(len(policies) // _SAMPLE, 1)]
    texts = [json.dumps(policies[name]) for name in names]
    if not TOOLS.exists():
        print(json.dumps({"figure": "iam check: other tools", "unit": "not installed"}), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.json"
        sample.write_text(json.dumps(texts), encoding="utf-8")
        # Once: a second run would use the caches of the first.
        ours = iam_tools.times(_landfall, texts)
        for name in iam_tools.NAMES:
            _tell_tool(name, sample, ours)


def _tell_tool(name: str, sample: Path, ours: list[float]) -> None:
    script = Path(iam_tools.__file__)
    done = subprocess.run([TOOLS, script, name, sample], capture_output=True, text=True, check=True)
    answered = json.loads(done.stdout.splitlines()[-1])
    theirs = answered["times"]
    what = f"iam check: {name}, {len(theirs)} documents"
    tell(f"{what}, median", statistics.median(theirs), "ms", statistics.median(ours))
    tell(f"{what}, mean", statistics.mean(theirs), "ms", statistics.mean(ours))
    tell(f"{what}, slowest", max(theirs), "ms", max(ours))
    if answered["failed"]:
        tell(f"{what}, failed", answered["failed"], "documents")


def _landfall(text: str) -> object:
    from landfall.iam.policy_checks import Subject, check

    return check(Subject(identity=(("own", reading.document(text, "identity", "own")),)))


if __name__ == "__main__":
    main()
