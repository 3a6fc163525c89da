"""`make bench-fleet`: a stack as one beside its fleet; time and peak memory.

`create` applies a program of components only, 27 for each account, so that the engine and its state
are measured. `preview` runs the landing zone with a provider that only plans, as in `landfall
check`; such a provider needs a tenth of the memory of a real one. The floor of each figure of the
fleet is the stack as one, in the same run.

`Sizes` are read from the environment. Creating one stack takes time with the square of its accounts
and a preview by the landing zone memory for all of them, so both have a largest number of accounts;
a fleet has none.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import fleet_file, measure
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
_COMPUTED: Final = (1_000, 5_000)
_LANDFALL: Final = "from landfall.cli.main import main; main()"


@dataclass(frozen=True)
class Sizes:
    """What is measured: numbers of accounts, and how many of them a slice has."""

    accounts: tuple[int, ...] = (10, 20, 40)
    """`ACCOUNTS`: the numbers of accounts."""
    one: int = 80
    """`ONE`: the most accounts that are also measured as one stack."""
    previews: int = 40
    """`PREVIEWS`: the most accounts that the landing zone previews, with a provider that plans."""
    slice: int = 10
    """`SLICE`: the accounts of a slice."""
    parallel: int = 2
    """`PARALLEL`: the parts that run at once."""

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> Sizes:
        """Return the sizes of the environment, with defaults for those that are missing."""

        def number(name: str, default: int) -> int:
            return int(environment.get(name) or default)

        counts = environment.get("ACCOUNTS", "").replace(",", " ").split()
        return cls(
            tuple(map(int, counts)) or cls.accounts,
            number("ONE", cls.one),
            number("PREVIEWS", cls.previews),
            number("SLICE", cls.slice),
            number("PARALLEL", cls.parallel),
        )


def main() -> int:
    """Print every figure; the exit status is not 0 if a measured command failed."""
    sizes, created = Sizes.given(os.environ), dict[int, float]()
    try:
        for count in _COMPUTED:
            _computing(count, sizes)
        for count in sizes.accounts:
            created[count] = _creations(count, sizes)
            if count <= sizes.previews:
                _previews(count, sizes)
        for fewer, more in itertools.pairwise(sorted(created)):
            told = f"create a fleet of {more} accounts, beside one of {fewer}"
            tell(told, created[more], "s", created[fewer])
    except ProblemsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    return 0


def _computing(count: int, sizes: Sizes) -> None:
    """Print how long it takes to read the settings, cut the stack, and take all fingerprints."""
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as name:
        folder = Path(name)
        _write(folder, count, sizes)
        began = time.perf_counter()
        stack = stack_files.load(_STACK, folder)
        read = time.perf_counter()
        found = list(parts.parts(stack))
        for part in found:
            fingerprints.of_part(stack, part, "", {})
        cut = time.perf_counter()
    tell(f"read and check {count} accounts", read - began, "s")
    tell(f"cut {count} accounts into {len(found)} parts, with fingerprints", cut - read, "s")


def _creations(count: int, sizes: Sizes) -> float:
    """Print what a light program takes, as one stack and as a fleet; return the fleet's seconds.

    A fleet that is created is previewed again: with all parts, with those that have changed, of
    which there are none, and with one changed account.
    """
    with workspace.opened(_ROOT, lambda line: print(line, file=sys.stderr)) as room:
        folder = room.root / "project"
        folder.mkdir()
        _project(folder, count, sizes, _ROOT / "bench" / "light" / "__main__.py")
        (folder / "policies").unlink()
        one = _one_stack(room, folder, count) if count <= sizes.one else None
        variables = {**_saving(room), "PYTHONPATH": str(_ROOT)}

        def measured(told: str, floor: float | None, command: str, *more: str) -> float:
            found = measure.run(_fleet(sizes, command, *more), folder, variables)
            named = f"{told} {count} accounts, fleet, {sizes.parallel} at once"
            tell(named, found.seconds, "s", floor)
            tell(f"{named}: peak memory", found.megabytes, "MiB")
            return found.seconds

        seconds = measured("create", one, "up", "--skip-preview")
        every = measured("preview unchanged, all parts of", None, "preview", "--all")
        measured("preview unchanged, skipping parts of", every, "preview")
        _write(folder, count, sizes, changed=True)
        measured("preview one changed account of", every, "preview")
        return seconds


def _one_stack(room: Workspace, folder: Path, count: int) -> float:
    """Print what it takes to create one stack of a light program; return the seconds."""
    alone = room.beside("one", room.checkout)
    _empty(alone)
    file = str(folder / f"Pulumi.{_STACK}.yaml")
    arguments = ["up", "--yes", "--skip-preview", "--stack", _STACK, "--suppress-outputs"]
    one = measure.run(
        [str(room.pulumi), *arguments],
        folder,
        {**_saving(alone), "PULUMI_OPTION_CONFIG_FILE": file, stack_files.WHOLE: "1"},
    )
    tell(f"create {count} accounts, one stack", one.seconds, "s")
    tell(f"create {count} accounts, one stack: peak memory", one.megabytes, "MiB")
    return one.seconds


def _saving(room: Workspace) -> dict[str, str]:
    """Return the variables of an engine that writes its state at each step, as an `up` on AWS."""
    return {name: value for name, value in room.variables.items() if name not in running.UNSAVED}


def _fleet(sizes: Sizes, command: str, *more: str) -> list[str]:
    limits = ["--parallel", str(sizes.parallel), "--memory", "64GiB"]
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


def _previews(count: int, sizes: Sizes) -> None:
    with workspace.opened(_ROOT, lambda line: print(line, file=sys.stderr)) as room:
        folder = room.root / "project"
        folder.mkdir()
        _project(folder, count, sizes)
        stack = stack_files.load(_STACK, folder)
        _applied(room, folder, stack)
        one = _previewed_one(room, folder, count) if count <= sizes.one else None
        own = {**room.variables, "PYTHONPATH": str(_ROOT)}
        fleet = measure.run(_fleet(sizes, "preview", "--all"), folder, own)
        told = f"preview of {count} accounts, fleet, {sizes.parallel} at once"
        tell(told, fleet.seconds, "s", one and one.seconds)
        tell(f"{told}: peak memory", fleet.megabytes, "MiB", one and one.megabytes)


def _previewed_one(room: Workspace, folder: Path, count: int) -> measure.Measured:
    """Print what a preview of one stack takes, and return it."""
    file = str(folder / f"Pulumi.{_STACK}.yaml")
    variables = {**room.variables, "PULUMI_OPTION_CONFIG_FILE": file}
    one = measure.run(
        [str(room.pulumi), "preview", "--stack", _STACK, "--suppress-outputs"],
        folder,
        {**variables, stack_files.WHOLE: "1"},
    )
    tell(f"preview of {count} accounts, one stack", one.seconds, "s")
    tell(f"preview of {count} accounts, one stack: peak memory", one.megabytes, "MiB")
    return one


def _project(folder: Path, count: int, sizes: Sizes, program: Path = _ROOT / "__main__.py") -> None:
    """Make a project of a program, with another stack file."""
    for name in ("components", "landfall", "policies", "toolchain", "Pulumi.yaml"):
        (folder / name).symlink_to(_ROOT / name)
    (folder / "__main__.py").symlink_to(program)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    _write(folder, count, sizes)


def _write(folder: Path, count: int, sizes: Sizes, *, changed: bool = False) -> None:
    """Write the stack file; with `changed`, the last account has a tag."""
    text = fleet_file.of(count, max(1, count // sizes.slice), changed=changed)
    (folder / f"Pulumi.{_STACK}.yaml").write_text(text, encoding="utf-8")


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
