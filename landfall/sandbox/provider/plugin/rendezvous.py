"""The rendezvous of plugin process and daemon: a socket and a lock in one directory.

Uses only little of the standard library: every plugin process imports this module, and there is
one such process for each provider of a stack.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Mapping
from typing import Final

LINGER_VARIABLE: Final = "LANDFALL_PROVIDER_LINGER"

# The variables of a plugin's environment for the daemon; without Pulumi's configuration.
_TOLD_PREFIXES = ("AWS_", "LANDFALL_", "XDG_")
_TOLD = frozenset({"HOME", "PATH", "TMPDIR", "LANG", "USER", "PULUMI_HOME", "TF_CLI_CONFIG_FILE"})


def told(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that a servicer needs."""
    return {
        name: value
        for name, value in environment.items()
        if name in _TOLD or name.startswith(_TOLD_PREFIXES)
    }


def runtime_directory(environment: Mapping[str, str]) -> str:
    """The directory of the daemon that serves this `PULUMI_HOME` with this code.

    Its path is short, because a unix socket address has at most 107 bytes. It depends on
    the code, so that a daemon from before an upgrade is not used.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    parts = [environment.get("PULUMI_HOME", ""), sys.executable, here]
    for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            parts.append(f"{entry.name}:{entry.stat().st_mtime_ns}")
    text = "\n".join(parts).encode()
    name = f"{zlib.crc32(text):08x}{zlib.adler32(text):08x}"
    base = environment.get("XDG_RUNTIME_DIR") or environment.get("TMPDIR") or "/tmp"  # noqa: S108
    if len(base) > 60:
        base = "/tmp"  # noqa: S108
    return os.path.join(base, f"landfall-{os.getuid()}", name)


def socket_path(directory: str) -> str:
    """The daemon's socket."""
    return os.path.join(directory, "socket")


def lock_path(directory: str) -> str:
    """Locked by whoever starts or ends the daemon."""
    return os.path.join(directory, "lock")


def make_directory(directory: str) -> None:
    """Create the directory with access only for this user; raises `OSError` if another owns it."""
    parent = os.path.dirname(directory)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    if os.stat(parent).st_uid != os.getuid():
        raise PermissionError(f"{parent} belongs to another user")
    os.makedirs(directory, mode=0o700, exist_ok=True)
