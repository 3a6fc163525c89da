"""Template of a process that runs this checkout's policy pack."""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path

from landfall.forking.templates import load_all

POLICIES = "policies"


def load(_: str) -> None:
    """Load the SDK and the policies."""
    importlib.import_module("pulumi_policy")
    load_all(POLICIES)


def run(arguments: list[str]) -> None:
    """Run a file or folder as `python PATH ARGUMENTS` does."""
    sys.argv[:] = arguments
    path = Path(arguments[0])
    sys.path.insert(0, str(path if path.is_dir() else path.parent))
    runpy.run_path(arguments[0], run_name="__main__")
