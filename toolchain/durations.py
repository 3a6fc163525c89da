"""How long the steps of `make up` take, and durations in words.

The figures are seconds of a first run on two cores. Download times vary most.
"""

from __future__ import annotations

VIRTUAL_ENVIRONMENT = 6
PACKAGES = 60
CLI_FOUND = 1
CLI_DOWNLOADED = 20
CLI_BUILT = 160
SANDBOX = 5
PREVIEW = 15
UPDATE = 105


def about(seconds: float) -> str:
    """Return an expected duration in words: `about 5 s`, `about 3 min`."""
    if seconds < 55:
        return f"about {max(5 * round(seconds / 5), 1)} s"
    return f"about {round(seconds / 60)} min"


def took(seconds: float) -> str:
    """Return a measured duration in words: `4.2 s`, `38 s`, `2 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
