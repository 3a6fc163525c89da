"""`python -m toolchain`: get a Pulumi CLI for this checkout and write its wrappers."""

from __future__ import annotations

import sys

from landfall import checkout as places
from landfall.problems import ProblemsError
from toolchain import wrappers, writing
from toolchain.progress import Progress


def main() -> int:
    """Print the toolchain found, or what is missing; return the exit status."""
    progress = Progress()
    try:
        found = wrappers.ensure(places.find(), progress, look_again=True)
    except ProblemsError as error:
        return _refused(error)
    except OSError as error:
        return _refused(writing.problem(error))
    except KeyboardInterrupt:
        return 130
    host = "Landfall's" if found.own_language_host else "the official one"
    progress(f"Pulumi {found.cli.version} ({found.cli.source}); Python language host: {host}")
    return 0


def _refused(error: ProblemsError) -> int:
    print(f"error: {error}", file=sys.stderr)
    return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
