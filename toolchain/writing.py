"""Errors for files that setup cannot write."""

from __future__ import annotations

import errno

from landfall.problems import ProblemsError, refuse

SPACE = "Free disk space (the packages take 1 GB, the Pulumi CLI 120 MB and 3 GB while it is built)"

_FULL = (errno.ENOSPC, errno.EDQUOT)


def problem(error: OSError) -> ProblemsError:
    """Return the error for a file or folder that could not be created or read."""
    if error.errno in _FULL:
        place = f": {error.filename} cannot be written" if error.filename else ""
        return refuse(f"the disk is full{place}", f"{SPACE} and try again.")
    place = error.filename or "a file"
    what = f"{place} cannot be created or changed: {error.strerror or error}"
    return refuse(what, "Setup writes to .venv and .landfall of the checkout; make them writable.")
