"""Read Pulumi's file backend: the checkpoint of a stack, and its locks.

Reads the files directly, because the CLI takes half a second for each query. The layout is that
of `pulumi login file://`: `.pulumi/stacks/PROJECT/STACK.json[.gz]` and `.pulumi/locks/`.
"""

from __future__ import annotations

import gzip
import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from landfall.problems import refuse
from landfall.sandbox.directories import Directories


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock on the stack: its process, its host, and its time (Unix time)."""

    pid: int
    host: str
    taken: float

    def is_held(self) -> bool:
        """Return whether that process may still be running."""
        if self.host != socket.gethostname():
            return True  # cannot be checked from another host
        try:
            process = psutil.Process(self.pid)
            is_dead = process.status() == psutil.STATUS_ZOMBIE
            is_another = process.create_time() > self.taken + 1.0  # a reused pid
        except psutil.NoSuchProcess:
            return False
        return not is_dead and not is_another


def locks(directories: Directories) -> list[Lock]:
    """Return the locks on the stack."""
    found = []
    for file in lock_files(directories):
        if file.parent.name == directories.pulumi_stack:
            content = json.loads(file.read_text(encoding="utf-8"))
            taken = file.stat().st_mtime
            found.append(Lock(int(content["pid"]), str(content["hostname"]), taken))
    return found


def lock_files(directories: Directories) -> Iterator[Path]:
    """Yield the files of all locks, also of the parts of a stack that is cut."""
    return (directories.backend / ".pulumi" / "locks").rglob("*.json")


def deployment(directories: Directories) -> dict[str, Any]:
    """Return the stack's latest deployment; empty if there is none."""
    file = _checkpoint(directories)
    return _latest(file) if file else {}


def restore(directories: Directories) -> bool:
    """Restore the engine's backup if a killed engine left an unreadable checkpoint.

    Deletes truncated attribute files next to a checkpoint: the engine reads a checkpoint
    without attributes, but not one with truncated attributes.

    The backup is the checkpoint before the last step; that step is then a pending operation, or
    the next run repeats it. Returns whether anything was restored.

    Raises:
        ProblemsError: neither can be read.

    """
    file = _checkpoint(directories)
    if file is None:
        return False
    backup = file.with_name(f"{file.name}.bak")
    dropped = [_drop_cut_attributes(each) for each in (file, backup)]
    if _readable(file):
        return any(dropped)
    if not (backup.is_file() and _readable(backup)):
        raise refuse(
            f"cannot read the state of stack {directories.stack} or its backup",
            f"start again: `landfall sandbox reset -s {directories.stack}`",
        )
    kept = file.with_name(f"{file.name}.new")
    shutil.copyfile(backup, kept)
    kept.replace(file)
    return True


def _checkpoint(directories: Directories) -> Path | None:
    project = yaml.safe_load((directories.checkout / "Pulumi.yaml").read_text(encoding="utf-8"))
    folder = directories.backend / ".pulumi" / "stacks" / str(project["name"])
    for name in (f"{directories.pulumi_stack}.json.gz", f"{directories.pulumi_stack}.json"):
        if (folder / name).is_file():
            return folder / name
    return None


def _drop_cut_attributes(file: Path) -> bool:
    attributes = file.with_name(f"{file.name}.attrs")
    try:
        json.loads(attributes.read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        attributes.unlink()
        return True
    return False


def _readable(file: Path) -> bool:
    try:
        _latest(file)
    except (EOFError, OSError, ValueError, KeyError):
        return False
    return True


def _latest(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    latest: dict[str, Any] | None = json.loads(content)["checkpoint"].get("latest")
    return latest or {}


def pending_operations(latest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pending operations of a killed engine: `type` and `resource` of each."""
    operations: list[dict[str, Any]] = latest.get("pending_operations") or []
    return operations
