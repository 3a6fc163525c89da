"""The project's own modules, parsed."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("landfall", "components", "policies", "toolchain")


@functools.cache
def parsed() -> tuple[tuple[str, ast.Module], ...]:
    """Return each module's path, as in `landfall/problems.py`, with its tree.

    Modules that protoc generates are left out.
    """
    files = {
        file.relative_to(ROOT).as_posix(): file
        for folder in FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        if not file.name.endswith("_pb2.py")
    }
    return tuple(
        (name, ast.parse(file.read_text(encoding="utf-8"), name)) for name, file in files.items()
    )
