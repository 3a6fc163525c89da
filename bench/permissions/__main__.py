"""`make bench-permissions`: print the table of permissions, and how many were needed and named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

LEAST = 200


def main(stacks: list[str]) -> int:
    """Measure the stacks one after another; the exit status is 1 if one permission did not pass.

    Permissions that no call needs alone are in the table, and counted apart.
    """
    rows = []
    for stack in stacks or ["dev", "prod"]:
        command = [sys.executable, "-m", "bench.permissions.stack", stack]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        rows += [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode:
            print(f"error: the sandbox of stack {stack} failed", file=sys.stderr)
            return done.returncode
    _table(rows)
    taken = [row for row in rows if row["shown"] != "none"]
    passed = sum(row["passed"] for row in taken)
    kinds = Counter((row["kind"], row["shown"]) for row in rows)
    counts = {f"{kind}, {shown}": count for (kind, shown), count in sorted(kinds.items())}
    figures = {"bench": "permissions", "passed": passed, "of": len(taken), **counts}
    print(json.dumps(figures))
    return 0 if passed == len(taken) >= LEAST else 1


def _table(rows: list[dict[str, Any]]) -> None:
    print("| stack | in | holder | permission | resource | shown by | result |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        by = f" by {row['by']}" if row["by"] else ""
        result = f"denied, and named{by}" if row["passed"] else row["message"]
        cells = (row[name] for name in ("stack", "kind", "holder", "permission", "resource"))
        print(f"| {' | '.join(cells)} | {row['shown']} | {result} |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
