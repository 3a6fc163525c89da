"""Load a snapshot in a process of its own, so that a failure leaves a running sandbox alone.

`python -m landfall.sandbox.twin.trial FILE` prints what is wrong with the file and ends with status
2, or with 0 if a sandbox starts from it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from landfall.problems import ProblemsError, refuse


def require(path: Path) -> None:
    """Raise a `ProblemsError` if no sandbox can start from a snapshot."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "landfall.sandbox.twin.trial", str(path.resolve())],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
    )
    if done.returncode:
        said = (done.stderr.strip() or f"status {done.returncode}").replace("\n", "\n    ")
        raise refuse(f"no sandbox can start from {path}; the running one is unchanged", said)


def main() -> None:
    """Load the file that the command line names."""
    from landfall.sandbox.server import prepare
    from landfall.snapshots import files

    path = Path(sys.argv[1])
    try:
        snapshot = files.read(path)
        prepare(snapshot.organization.management_account, 0)
        from landfall.sandbox.twin import loading

        loading.load(snapshot)
    except ProblemsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_status) from None


if __name__ == "__main__":
    main()
