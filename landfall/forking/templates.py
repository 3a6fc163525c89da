"""Templates: modules that say what processes of a kind load, and how they then run.

A template has `load(argument)`, which imports what the processes need without starting a thread,
and `run(arguments)`, which one process calls as its main program. Each stands beside what it loads.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol


class Template(Protocol):
    """What a template's module has."""

    def load(self, argument: str) -> None:
        """Import what processes need; `argument` tells templates of one module apart."""

    def run(self, arguments: list[str]) -> None:
        """Run with command line arguments."""


def load_all(package: str) -> None:
    """Import every module of a package that is no program itself."""
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
