"""Measure the gate: print the median time of a request as a JSON line, `python -m` this module."""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.sandbox_gate.conftest import start

_CALLS = 300


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        begun = time.perf_counter()
        process, sandbox = start(log)
        while not sandbox.health():
            pass
        healthy = time.perf_counter() - begun
        try:
            organizations, s3 = sandbox.client("organizations"), sandbox.client("s3")
            organizations.create_organization(FeatureSet="ALL")
            for _ in range(_CALLS):
                organizations.describe_organization()
                s3.list_buckets()
        finally:
            process.terminate()
            process.wait(timeout=10)
        gate = [float(each) for each in re.findall(r"gate_ms=([\d.]+)", log.read_text())]
        whole = [float(each) for each in re.findall(r"total_ms=([\d.]+)", log.read_text())]
    figures = {
        "bench": "sandbox gate",
        "seconds_to_healthy": round(healthy, 3),
        "gate_ms_median": statistics.median(gate),
        "request_ms_median": statistics.median(whole),
        "requests": len(gate),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
