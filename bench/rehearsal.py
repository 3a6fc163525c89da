"""Figures of the main job: validate, and cold and warm `up` of both stacks, with their floors.

Works in copies of the project with separate sandboxes; the work tree's own sandboxes stay
unchanged.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import floor
from bench.measure import Measured, run, tell

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LANDFALL = str(BIN / "landfall")


# Makes the engine of a sandbox use the project's own stack file.
_OF_THE_STACK = ("PULUMI_OPTION_CONFIG_FILE", "LANDFALL_STACK_FILE", "LANDFALL_STACK_SALT")


def main() -> None:
    """Print every figure. Raises `ProblemsError` with the output of a command that failed."""
    _validate()
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as folder:
        for stack in ("dev", "prod"):
            _up(stack, Path(folder) / stack)


def _validate() -> None:
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as folder:
        place = Path(folder)
        command = [LANDFALL, "validate", "-s", "prod", "--directory", str(ROOT)]
        bare = [sys.executable, "-c", "import pydantic, typer, yaml"]
        times = [run(command, place, os.environ).seconds for _ in range(5)]
        floors = [run(bare, place, os.environ).seconds for _ in range(5)]
    tell("validate prod", sorted(times)[2], "s", sorted(floors)[2])


def _up(stack: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        shutil.copy(path, folder)
    for name in ("components", "landfall", "policies", "toolchain", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    environment = {k: v for k, v in os.environ.items() if k != "LANDFALL_HOME"}
    up = [LANDFALL, "up", "-s", stack]
    try:
        cold = run(up, folder, environment)
        warm = run(up, folder, environment)
        inside = _environment(stack, folder, environment)
        count = _resources(stack, folder, inside)
        cold_floor, warm_floor = _floor(folder / "floor", count, inside)
    finally:
        down = [LANDFALL, "down", "-s", stack]
        # Standard output is for figures only.
        subprocess.run(down, cwd=folder, env=environment, check=False, stdout=sys.stderr)
    tell(f"resources {stack}", count, "resources")
    tell(f"cold up {stack}", cold.seconds, "s", cold_floor.seconds)
    tell(f"warm up {stack}", warm.seconds, "s", warm_floor.seconds)
    tell(f"peak memory {stack}", cold.megabytes, "MB", cold_floor.megabytes)


def _environment(stack: str, folder: Path, environment: dict[str, str]) -> dict[str, str]:
    script = f'eval "$({LANDFALL} env -s {stack})" && env -0'
    shown = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, check=True
    ).stdout.decode()
    return dict(entry.split("=", 1) for entry in shown.split("\0") if "=" in entry)


def _resources(stack: str, folder: Path, inside: dict[str, str]) -> int:
    exported = subprocess.run(
        ["pulumi", "stack", "export", "-s", stack],
        cwd=folder,
        env=inside,
        capture_output=True,
        check=True,
    ).stdout
    return len(json.loads(exported)["deployment"]["resources"])


def _floor(folder: Path, count: int, inside: dict[str, str]) -> tuple[Measured, Measured]:
    floor.write(folder, count, Path(sys.executable))
    backend = folder / "backend"
    backend.mkdir()
    environment = {k: v for k, v in inside.items() if k not in _OF_THE_STACK}
    environment["PULUMI_BACKEND_URL"] = backend.as_uri()
    run(["pulumi", "stack", "init", "floor"], folder, environment)
    up = ["pulumi", "up", "--yes", "-s", "floor"]
    return run(up, folder, environment), run(up, folder, environment)


if __name__ == "__main__":
    main()
