"""What each kind of process loads, and how it then runs.

A kind's name may have an argument after a colon: `sandbox-server:111122223333`.
"""

from __future__ import annotations

import importlib
import pkgutil
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

PROGRAM: Final = "program"
POLICY_PACK: Final = "policy-pack"
SANDBOX_SERVER: Final = "sandbox-server"
PROVIDER: Final = "provider"
COMMAND: Final = "command"


def load(kind: str) -> None:
    """Load what processes of a kind need, without starting a thread."""
    name, _, argument = kind.partition(":")
    _LOADERS[name](argument)


def run(kind: str, arguments: list[str]) -> None:
    """Run the main module of a kind with its arguments, in a process of its own."""
    name, _, argument = kind.partition(":")
    _RUNNERS[name](arguments, argument)


def _load_program(_: str) -> None:
    import pulumi.runtime  # noqa: F401

    import components
    from landfall import sdk_modules

    _load_all("components")
    _load_all("landfall.settings")
    for source in Path(components.__path__[0]).rglob("*.py"):
        sdk_modules.load_named(source.read_text(encoding="utf-8"))


def _load_pack(_: str) -> None:
    import pulumi_policy  # noqa: F401

    _load_all("policies")


def _load_server(account: str) -> None:
    from landfall.sandbox import server

    server.load(account)


def _load_provider(_: str) -> None:
    importlib.import_module("landfall.sandbox.provider.plugin.daemon")


def _load_command(_: str) -> None:
    _load_all("landfall.cli")


def _load_all(package: str) -> None:
    """Import every module of a package that is no program itself."""
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def _run_path(arguments: list[str], _: str) -> None:
    """Run a file or folder as `python PATH ARGUMENTS` does."""
    sys.argv[:] = arguments
    path = Path(arguments[0])
    sys.path.insert(0, str(path if path.is_dir() else path.parent))
    runpy.run_path(arguments[0], run_name="__main__")


def _run_module(module: str) -> Callable[[list[str], str], None]:
    def run(arguments: list[str], _: str) -> None:
        """Run a module as `python -m MODULE ARGUMENTS` does."""
        sys.argv[:] = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)

    return run


def _run_server(arguments: list[str], account: str) -> None:
    from landfall.sandbox import server

    server.main(arguments)


def _run_command(arguments: list[str], _: str) -> None:
    from landfall.cli.main import main

    sys.argv[:] = arguments
    main()


_LOADERS: Final[dict[str, Callable[[str], None]]] = {
    PROGRAM: _load_program,
    POLICY_PACK: _load_pack,
    SANDBOX_SERVER: _load_server,
    PROVIDER: _load_provider,
    COMMAND: _load_command,
}
_RUNNERS: Final[dict[str, Callable[[list[str], str], None]]] = {
    PROGRAM: _run_path,
    POLICY_PACK: _run_path,
    SANDBOX_SERVER: _run_server,
    PROVIDER: _run_module("landfall.sandbox.provider.plugin.daemon"),
    COMMAND: _run_command,
}
