"""Template of a Pulumi program that uses this checkout's components."""

from __future__ import annotations

import importlib
from pathlib import Path

from landfall import sdk_modules
from landfall.forking.templates import load_all
from toolchain import forked_pack

COMPONENTS = "components"

run = forked_pack.run


def load(_: str) -> None:
    """Load the SDK, the components and what they name of the SDK, and the settings."""
    importlib.import_module("pulumi.runtime")
    load_all(COMPONENTS)
    load_all("landfall.settings")
    for source in Path(importlib.import_module(COMPONENTS).__path__[0]).rglob("*.py"):
        sdk_modules.load_named(source.read_text(encoding="utf-8"))
