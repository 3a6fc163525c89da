"""Change, preview, apply and refresh a stack as the roles of its own delivery, with nothing else.

`python -m tests.sandbox.own_delivery prod` builds the stack as the management administrator,
changes it, and goes on as `provision-STACK-read` and `provision-STACK-apply`, as jobs of CI do: by
their tokens. It prints what each step said, and what the roles used and were denied.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.sandbox import provisioning
from tests.sandbox.conftest import BIN, Project, copied

# A change of a role in each member account.
CHANGES = {
    "dev": ("requireMfa: true", "requireMfa: true\n        sessionHours: 2"),
    "prod": ("requireMfa: true", "requireMfa: true\n        sessionHours: 2"),
}


def main(stack: str) -> None:
    """Run every step; raises `AssertionError` with the output of the first that fails."""
    with tempfile.TemporaryDirectory(prefix="landfall-delivery-") as folder:
        project = copied(Path(folder), stack)
        try:
            _deliver(project)
        finally:
            project.run(str(BIN / "landfall"), "down", "-s", stack)


def _deliver(project: Project) -> None:
    stack = project.stack
    print(project.up().stdout)
    reader = provisioning.of_job(project, f"{stack}-plan", "read")
    read = ("--role", f"landfall/provision-{stack}-read")
    _step(project, reader, "plan", "-s", stack, *read)
    _step(project, reader, "drift", "-s", stack, *read)
    project.edit(*CHANGES[stack])
    planned = _step(project, reader, "plan", "-s", stack, *read)
    digest = planned.split("sha256 ")[1].split()[0]
    applier = provisioning.of_job(project, stack, "apply")
    _step(project, applier, "apply", "-s", stack, "--sha256", digest)
    _step(project, reader, "drift", "-s", stack, *read)
    _step(project, reader, "plan", "-s", stack, *read)
    for role in ("read", "apply"):
        shown = project.run(
            *(str(BIN / "landfall"), "sandbox", "access", "-s", stack),
            *("--role", f"organization/provision-{stack}-{role}"),
            ok=False,
        )
        print(shown.stdout[-3000:])
    print(project.run(str(BIN / "landfall"), "sandbox", "access", "-s", stack).stdout)


def _step(project: Project, job: dict[str, str], *command: str) -> str:
    done = provisioning.run(project, job, *command)
    print(f"$ landfall {' '.join(command)}\n{done.stdout}{done.stderr}")
    assert done.returncode == 0, f"status {done.returncode}"
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1])
