"""The project's own modules, parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("landfall", "components", "policies", "toolchain")


def parsed() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module's path, as in `landfall/problems.py`, with its tree.

    Modules that protoc generates are left out.
    """
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not file.name.endswith("_pb2.py"):
                name = file.relative_to(ROOT).as_posix()
                yield name, ast.parse(file.read_text(encoding="utf-8"), name)
