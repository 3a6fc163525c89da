"""Measure one stack: `python -m bench.permissions.stack STACK` prints a JSON line a permission."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.permissions import hosting
from bench.permissions.hosting import Call
from landfall.sandbox.directories import Directories

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Build the stack, take away each permission, print the rows to standard output."""
    stack = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="landfall-permissions-") as name:
        folder = _project(Path(name))
        calls: list[Call] = []
        with hosting.hosted(Directories(folder, folder / ".landfall", stack), calls):
            hosting.up(folder, stack)
            for line in _lines(stack, calls):
                print(line, flush=True)


def _lines(stack: str, calls: list[Call]) -> Iterator[str]:
    from bench.permissions import documents, limits, roles, services, topics

    recorded = list(calls)
    region = "eu-west-1"
    for found in (
        roles.rows(stack, recorded, region),
        documents.rows(stack),
        services.rows(stack, recorded),
        topics.rows(stack),
        limits.rows(stack, recorded),
    ):
        for row in found:
            yield json.dumps(asdict(row))


def _project(folder: Path) -> Path:
    """Copy the files of the project that a run writes, and link the others."""
    for path in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        shutil.copy(path, folder)
    for name in ("components", "landfall", "policies", "toolchain", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    return folder


if __name__ == "__main__":
    main()
