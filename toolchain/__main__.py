"""`python -m toolchain`: get a Pulumi CLI for this checkout and write its wrappers."""

from __future__ import annotations

import sys

from landfall import checkout as places
from landfall.problems import ProblemsError
from toolchain import wrappers


def main() -> int:
    """Say what was found, or what is missing; return the exit status."""
    try:
        found = wrappers.ensure(places.find(), print, look_again=True)
    except ProblemsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    host = "Landfall's" if found.own_language_host else "the official one"
    print(f"Pulumi {found.cli.version} ({found.cli.source}); Python language host: {host}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
