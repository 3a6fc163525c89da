"""Errors for a failed pip, from its last output."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from landfall.problems import ProblemsError, refuse
from toolchain.writing import SPACE

_AGAIN = "then run `make setup` again"
_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_UNWRITABLE = re.compile(r"(?:Read-only file system|Permission denied)(?:: '([^']*)')?")
_CHANGED = re.compile(r"DO NOT MATCH THE HASHES")
_UNREACHABLE = re.compile(
    r"Retrying \(Retry\(|Max retries exceeded|connection broken|TimeoutError|timed out"
    r"|NewConnectionError|NameResolutionError|name resolution|ProxyError|SSLError|IncompleteRead"
    r"|ConnectionResetError|RemoteDisconnected|HTTP error|ReadError"
    r"|\b(?:403|407|502|503|504) (?:Client|Server)"
)
_MISSING = re.compile(r"No matching distribution found for (\S+)")


def killed(number: int) -> ProblemsError:
    """Return the error for a pip that a signal ended."""
    what = f"the packages could not be installed: {signal.Signals(number).name} ended pip"
    return refuse(what, "After SIGKILL, check the free memory. Run `make setup` again.")


def problem(lines: Sequence[str], package: str, log: Path) -> ProblemsError:
    """Return the error for a pip that failed; `package` is the one it was installing."""
    text = "\n".join(lines)
    missing = _MISSING.search(text)
    name = (missing[1] if missing else package).replace("==", " ")
    if _FULL.search(text):
        return refuse(
            "the disk is full: the packages could not be installed", f"{SPACE}, {_AGAIN}."
        )
    if found := _UNWRITABLE.search(text):
        what = f"the packages could not be installed: {found[1] or '.venv'} cannot be written"
        return refuse(what, f"Check its permissions, {_AGAIN}.")
    if _CHANGED.search(text):
        what = f"the package {name} that was downloaded is not the one that requirements.lock pins"
        return refuse(what, f"Check the index or proxy that served it; pip's words are in {log}.")
    if _UNREACHABLE.search(text) or missing:
        what = f"the package {name or 'index'} could not be downloaded"
        fix = "The package index, or the proxy to it, must be reachable (see `pip config list`)"
        return refuse(what, f"{fix}; {_AGAIN}.\n    pip's words are in {log}.")
    said = next((line for line in reversed(lines) if line.startswith("ERROR")), "")
    what = said.removeprefix("ERROR: ") or (lines[-1] if lines else "pip printed nothing")
    return refuse(f"the packages could not be installed: {what}", f"pip's words are in {log}.")
