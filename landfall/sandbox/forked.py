"""Template of a sandbox server for one management account."""

from __future__ import annotations

from landfall.sandbox import server


def load(account: str) -> None:
    """Load the emulator for an account, which it reads when it loads, and a stack's services."""
    server.load(account)


def run(arguments: list[str]) -> None:
    """Serve as the command line says."""
    from moto.moto_api._internal import mock_random

    mock_random.seed()  # or all servers would give their resources the same ids
    server.main(arguments)
