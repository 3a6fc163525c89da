"""`make bench-fleet`: a stack as one beside its fleet; time and peak memory.

`create` applies a program of components only, 27 for each account, so that the engine and its state
are measured. `preview` runs the landing zone with a provider that only plans, as in `landfall
check`; such a provider needs a tenth of the memory of a real one. The floor of each figure of the
fleet is the stack as one, in the same run. `ACCOUNTS` sets the numbers of accounts.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.measure import tell
from landfall import stack_files
from landfall.blueprint import foundation_outputs, parts
from landfall.checking import workspace
from landfall.checking.workspace import Workspace
from landfall.engine import running
from landfall.fleet import fingerprints
from landfall.problems import ProblemsError, refuse
from landfall.settings import Stack

_ROOT: Final = Path(__file__).parents[1]
_STACK: Final = "many"
_COUNTS: Final = (10, 20, 40)
_ACCOUNTS_OF_A_SLICE: Final = 10
_PARALLEL: Final = 2
_COMPUTED: Final = (1_000, 5_000)
_LANDFALL: Final = "from landfall.cli.main import main; main()"


def main() -> int:
    """Print every figure; the exit status is not 0 if a measured command failed."""
    given = os.environ.get("ACCOUNTS", "").replace(",", " ").split()
    try:
        for count in _COMPUTED:
            _computing(count)
        for count in [int(each) for each in given] or _COUNTS:
            _creations(count)
            _previews(count)
    except ProblemsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    return 0


def _computing(count: int) -> None:
    """Print how long it takes to read the settings, cut the stack, and take all fingerprints."""
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as name:
        folder = Path(name)
        _write(folder, count)
        began = time.perf_counter()
        stack = stack_files.load(_STACK, folder)
        read = time.perf_counter()
        found = list(parts.parts(stack))
        for part in found:
            fingerprints.of_part(stack, part, "", {})
        cut = time.perf_counter()
    tell(f"read and check {count} accounts", read - began, "s")
    tell(f"cut {count} accounts into {len(found)} parts, with fingerprints", cut - read, "s")


def _creations(count: int) -> None:
    """Print what it takes to apply a light program, as one stack and as a fleet."""
    with workspace.opened(_ROOT, lambda line: print(line, file=sys.stderr)) as room:
        folder = room.root / "project"
        folder.mkdir()
        _project(folder, count, _ROOT / "bench" / "light" / "__main__.py")
        (folder / "policies").unlink()
        file = str(folder / f"Pulumi.{_STACK}.yaml")
        alone = room.beside("one", room.checkout)
        _empty(alone)
        arguments = ["up", "--yes", "--skip-preview", "--stack", _STACK, "--suppress-outputs"]
        one = measure.run(
            [str(room.pulumi), *arguments],
            folder,
            {**alone.variables, "PULUMI_OPTION_CONFIG_FILE": file, stack_files.WHOLE: "1"},
        )
        tell(f"create {count} accounts, one stack", one.seconds, "s")
        command = _fleet("up", "--skip-preview")
        fleet = measure.run(command, folder, {**room.variables, "PYTHONPATH": str(_ROOT)})
        told = f"create {count} accounts, fleet, {_PARALLEL} at once"
        tell(told, fleet.seconds, "s", one.seconds)
        again = measure.run(_fleet("up"), folder, {**room.variables, "PYTHONPATH": str(_ROOT)})
        tell(f"nothing changed in {count} accounts, fleet, skipped", again.seconds, "s")


def _fleet(command: str, *more: str) -> list[str]:
    limits = ["--parallel", str(_PARALLEL), "--memory", "64GiB"]
    return [sys.executable, "-c", _LANDFALL, "fleet", command, "-s", _STACK, *limits, *more]


def _empty(room: Workspace) -> None:
    """Create the stack, without resources."""
    scratch = room.root / "scratch"
    scratch.mkdir()
    (scratch / "Pulumi.yaml").write_text("name: landfall\nruntime: yaml\n", encoding="utf-8")
    arguments = ("stack", "init", _STACK, "--no-select")
    done = running.run(
        room.pulumi, *arguments, cwd=scratch, environment=room.variables, seconds=120
    )
    if done.returncode:
        raise refuse("`pulumi stack init` failed", running.said(done))


def _previews(count: int) -> None:
    with workspace.opened(_ROOT, lambda line: print(line, file=sys.stderr)) as room:
        folder = room.root / "project"
        folder.mkdir()
        _project(folder, count)
        stack = stack_files.load(_STACK, folder)
        _applied(room, folder, stack)
        file = str(folder / f"Pulumi.{_STACK}.yaml")
        variables = {**room.variables, "PULUMI_OPTION_CONFIG_FILE": file}
        one = measure.run(
            [str(room.pulumi), "preview", "--stack", _STACK, "--suppress-outputs"],
            folder,
            {**variables, stack_files.WHOLE: "1"},
        )
        tell(f"preview of {count} accounts, one stack", one.seconds, "s")
        tell(f"preview of {count} accounts, one stack: peak memory", one.megabytes, "MiB")
        own = {**room.variables, "PYTHONPATH": str(_ROOT)}
        fleet = measure.run(_fleet("preview", "--all"), folder, own)
        told = f"preview of {count} accounts, fleet, {_PARALLEL} at once"
        tell(told, fleet.seconds, "s", one.seconds)
        tell(f"{told}: peak memory", fleet.megabytes, "MiB", one.megabytes)


def _project(folder: Path, count: int, program: Path = _ROOT / "__main__.py") -> None:
    """Make a project of a program, with another stack file."""
    for name in ("components", "landfall", "policies", "toolchain", "Pulumi.yaml"):
        (folder / name).symlink_to(_ROOT / name)
    (folder / "__main__.py").symlink_to(program)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    _write(folder, count)


def _write(folder: Path, count: int) -> None:
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "guardrails": ["deny-leaving-organization"],
            "units": {"Workloads": {"guardrails": ["deny-root-user"]}},
        },
        "landfall:quotas": {"accounts": count + 1},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "unit": "Workloads", "purpose": "audit"},
            **{
                f"team-{number:04}": {"email": f"t{number}@example.com", "unit": "Workloads"}
                for number in range(1, count)
            },
        },
        "landfall:baseline": {"budget": {"amount": 100, "notify": ["a@example.com"]}},
        "landfall:access": {
            "roles": {
                "reader": {
                    "principals": [{"account": "audit", "role": "landfall/auditor"}],
                    "managedPolicies": ["SecurityAudit"],
                }
            }
        },
        "landfall:fleet": {"stacks": max(1, count // _ACCOUNTS_OF_A_SLICE)},
    }
    (folder / f"Pulumi.{_STACK}.yaml").write_text(json.dumps({"config": config}), encoding="utf-8")


def _applied(room: Workspace, folder: Path, stack: Stack) -> None:
    """Write the state of a foundation: its outputs only, with made-up ids."""
    ids = {name: f"{number:012}" for number, name in enumerate(stack.accounts, start=1)}
    outputs = {
        "version": foundation_outputs.VERSION,
        "slices": foundation_outputs.slices(stack),
        "organization": "o-a1b2c3d4e5",
        "managementAccount": "999999999999",
        "accounts": ids,
    }
    _empty(room)
    scratch = room.root / "scratch"

    def pulumi(*arguments: str) -> str:
        done = running.run(
            room.pulumi, *arguments, cwd=scratch, environment=room.variables, seconds=120
        )
        if done.returncode:
            raise refuse(f"`pulumi {' '.join(arguments[:2])}` failed", running.said(done))
        return done.stdout

    exported = json.loads(pulumi("stack", "export", "--stack", _STACK))
    exported["deployment"]["resources"] = [
        {
            "urn": f"urn:pulumi:{_STACK}::landfall::pulumi:pulumi:Stack::landfall-{_STACK}",
            "custom": False,
            "type": "pulumi:pulumi:Stack",
            "outputs": {foundation_outputs.NAME: outputs},
        }
    ]
    file = scratch / "state.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    pulumi("stack", "import", "--stack", _STACK, "--file", str(file))


if __name__ == "__main__":
    sys.exit(main())
