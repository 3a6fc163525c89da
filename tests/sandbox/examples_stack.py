"""One stack with the applications of all examples, in its sandbox, and what a platform team made.

`python -m tests.sandbox.examples_stack FOLDER` leaves it up, to rehearse in by hand.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

from tests.sandbox.conftest import BIN, ROOT, Project, copied

STACK: Final = "greeter"
EXAMPLES: Final = ROOT / "examples"
FOLDERS: Final = {
    "greeter": "lambda",
    "fleet": "ec2",
    "web": "ecs",
    "site": "site",
    "queues": "cloudformation",
}
"""The folder of each application below `examples`."""
ENVIRONMENTS: Final = ("greeter-dev", "greeter-prod")


def stack() -> dict[str, Any]:
    """Return the stack file of the function, with the other applications in its dev account."""
    found: dict[str, Any] = _read("greeter")
    applications = _applications(found)
    for name in FOLDERS:
        if name != "greeter":
            own = _applications(_read(name))[name]
            own["environments"]["dev"]["account"] = "greeter-dev"
            applications[name] = own
    return found


def make(
    folder: Path,
    settings: dict[str, Any] | None = None,
    prepare: Callable[[Project], None] = lambda _: None,
) -> Project:
    """Build the stack, create what its applications deploy to, and build what awaited that.

    `prepare` creates what further `settings` need.
    """
    project = copied(folder, STACK)
    settings = settings or stack()
    _write(project, settings)
    (folder / "examples").symlink_to(EXAMPLES)
    for application, example in FOLDERS.items():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(EXAMPLES / example, folder / application, ignore=ignored)
    project.up(preview=False)
    complete(project, settings, prepare)
    return project


def complete(
    project: Project,
    settings: dict[str, Any],
    prepare: Callable[[Project], None] = lambda _: None,
) -> None:
    """Create what the applications deploy to, and build what awaited that."""
    in_sandbox(project, "sh examples/lambda/profiles.sh")
    for environment in ENVIRONMENTS:
        in_sandbox(project, f"sh examples/lambda/create-function.sh {environment}")
    in_sandbox(project, "sh examples/ec2/create-instances.sh greeter-dev")
    listener = in_sandbox(project, "sh examples/ecs/create-service.sh greeter-dev")
    distribution = in_sandbox(project, "sh examples/site/create-site.sh greeter-dev")
    applications = _applications(settings)
    web = applications["web"]["environments"]["dev"]
    del web["awaited"]
    web["listeners"] = listener
    prepare(project)
    applications["site"]["deploy"]["distribution"] = distribution
    _write(project, settings)
    project.up(preview=False)


def in_sandbox(project: Project, command: str) -> str:
    """Run a command in a shell of `landfall env`; return the last line that it prints."""
    opened = f'eval "$({BIN}/landfall env -s {STACK})"'
    lines = project.run("bash", "-euc", f"{opened}; {command}").stdout.splitlines()
    return lines[-1] if lines else ""


def _read(application: str) -> Any:
    return yaml.safe_load((EXAMPLES / FOLDERS[application] / "stack.yaml").read_text())


def _applications(settings: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = settings["config"]["landfall:delivery"]["applications"]
    return found


def _write(project: Project, settings: dict[str, Any]) -> None:
    path = project.folder / f"Pulumi.{STACK}.yaml"
    path.write_text(yaml.safe_dump(settings))


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True)
    make(Path(sys.argv[1]))
