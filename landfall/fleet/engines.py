"""One run of the Pulumi CLI for one part of a fleet, in the background."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from landfall.blueprint.parts import Part
from landfall.engine import event_log, running
from landfall.engine.events import Ended, Objected, records
from landfall.fleet import results
from landfall.fleet.choosing import label
from landfall.fleet.results import Result
from landfall.problems import refuse
from landfall.provisioning import copies, drift
from landfall.reports.finding import short

_SECONDS: Final = 120.0
_KEYS_OF_SECRETS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
_MOST_PROBLEMS: Final = 20

COMMANDS: Final[Mapping[str, Sequence[str]]] = {
    "preview": ("preview",),
    "up": ("up", "--yes"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "drift": ("refresh", "--preview-only"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
"""The engine's arguments of each command of a fleet."""
_JUDGED: Final = frozenset({"preview", "up"})
_UNSAVED: Final = frozenset({"preview", "drift"})


@dataclass(frozen=True, slots=True)
class Engines:
    """The Pulumi CLI for the parts of `stack`, in `checkout` with this environment.

    `folder` takes what the engines print; `events` returns the file of a part's event log. `ended`
    is called with a part and whether its run succeeded, before the log is deleted.
    """

    pulumi: Path
    checkout: Path
    stack: str
    environment: Mapping[str, str]
    folder: Path
    events: Callable[[Part], Path]
    ended: Callable[[Part, bool], None] = lambda part, succeeded: None

    def start(self, part: Part, command: str, wave: int, more: Sequence[str] = ()) -> Run:
        """Start a command for a part."""
        name, events = part.stack_of(self.stack), self.events(part)
        events.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        events.unlink(missing_ok=True)
        arguments = [*COMMANDS[command], *more, "--stack", name, running.UNATTENDED]
        arguments += ["--color", "never", "--suppress-outputs", *event_log.option(events)]
        if command in _JUDGED and (self.checkout / "policies" / "PulumiPolicy.yaml").is_file():
            arguments += ["--policy-pack", str(self.checkout / "policies")]
        variables = self._variables() | (dict(running.UNSAVED) if command in _UNSAVED else {})
        log = self.folder / f"{label(part).replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(self.pulumi), *arguments],
                cwd=self.checkout,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches this process only, which passes it on once.
                process_group=0,
            )
        return Run(part, name, command, wave, process, events, log, time.monotonic(), self.ended)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the foundation; empty if it is not applied.

        Raises:
            ProblemsError: they cannot be read.

        """
        done = self.query("stack", "output", "--json", "--stack", self.stack)
        if done.returncode and "no stack named" in done.stderr:
            return {}
        if done.returncode:
            raise refuse(f"cannot read the outputs of stack {self.stack}", running.said(done))
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    def listed(self) -> dict[str, str]:
        """Return the time of the latest state of each Pulumi stack of the backend, by name."""
        done = self.query("stack", "ls", "--json")
        if done.returncode:
            raise refuse("cannot list the stacks of the Pulumi backend", running.said(done))
        return {
            str(each["name"]).rpartition("/")[2]: str(each.get("lastUpdate") or "")
            for each in json.loads(done.stdout or "[]")
        }

    def create(self, part: Part) -> None:
        """Create the Pulumi stack of a part, with the secrets provider of the stack file."""
        name, keys = part.stack_of(self.stack), self._keys_of_secrets()
        with self._scratch() as own:
            (own / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(keys), encoding="utf-8")
            arguments = ["stack", "init", name, "--no-select"]
            if "secretsprovider" in keys:
                arguments += ["--secrets-provider", keys["secretsprovider"]]
            done = self.query(*arguments, cwd=own, of_stack_file=False)
        if done.returncode:
            raise refuse(f"cannot create the Pulumi stack {name}", running.said(done))

    def remove(self, stack: str) -> None:
        """Remove a Pulumi stack without resources from the backend."""
        with self._scratch() as own:
            arguments = ("stack", "rm", "--yes", "--stack", stack)
            done = self.query(*arguments, cwd=own, of_stack_file=False)
        if done.returncode:
            raise refuse(f"cannot remove the Pulumi stack {stack}", running.said(done))

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Yield a folder with the project only: some commands write to stack files beside it."""
        project = yaml.safe_load((self.checkout / "Pulumi.yaml").read_text(encoding="utf-8"))
        scratch = {key: project[key] for key in ("name", "backend") if key in project}
        with tempfile.TemporaryDirectory(prefix="landfall-fleet-") as folder:
            own = Path(folder)
            content = yaml.safe_dump({**scratch, "runtime": "yaml"})
            (own / "Pulumi.yaml").write_text(content, encoding="utf-8")
            yield own

    def _keys_of_secrets(self) -> dict[str, str]:
        found: dict[str, str] = {}
        files = [self.checkout / f"Pulumi.{self.stack}.yaml"]
        if salt := self.environment.get("LANDFALL_STACK_SALT"):
            files = [Path(salt)]
        for file in files:
            content = yaml.safe_load(file.read_text(encoding="utf-8-sig")) or {}
            found |= {key: content[key] for key in _KEYS_OF_SECRETS if key in content}
        return found

    def _variables(self, *, of_stack_file: bool = True) -> dict[str, str]:
        variables = {**self.environment, **event_log.VARIABLES}
        variables["PULUMI_SKIP_UPDATE_CHECK"] = "true"
        # A stack file without the keys of secrets: each state has its own.
        variables["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true"
        if of_stack_file:
            file = self.checkout / f"Pulumi.{self.stack}.yaml"
            variables.setdefault("PULUMI_OPTION_CONFIG_FILE", str(file))
        else:
            for name in ("LANDFALL_STACK_FILE", "PULUMI_OPTION_CONFIG_FILE"):
                variables.pop(name, None)
        return variables

    def query(
        self,
        *arguments: str,
        cwd: Path | None = None,
        of_stack_file: bool = True,
        given: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command without prompts and capture its output; `given` is its standard input.

        Raises:
            ProblemsError: it did not end in time.

        """
        try:
            return running.run(
                self.pulumi,
                *arguments,
                cwd=cwd or self.checkout,
                environment=self._variables(of_stack_file=of_stack_file),
                seconds=_SECONDS,
                given=given,
            )
        except subprocess.TimeoutExpired:
            what = f"`pulumi {' '.join(arguments[:2])}` did not end within {_SECONDS:.0f} s"
            raise refuse(what, "check whether the Pulumi backend answers") from None


@dataclass(frozen=True, slots=True)
class Run:
    """A running command of the engine for one part."""

    part: Part
    stack: str
    command: str
    wave: int
    process: subprocess.Popen[bytes]
    events: Path
    log: Path
    began: float
    ended: Callable[[Part, bool], None]

    def interrupt(self) -> None:
        """Ask the engine to finish what it does and to stop; a second time, to stop at once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def result(self, *, interrupted: bool) -> Result | None:
        """Return the result; None while the engine runs. Deletes the event log: it has secrets."""
        status = self.process.poll()
        if status is None:
            return None
        try:
            found: list[Mapping[str, Any]] = list(event_log.read(self.events))
            if self.command != "preview":
                self.ended(self.part, status == 0)
        finally:
            self.events.unlink(missing_ok=True)
        ended = [each for each in records(found) if isinstance(each, Ended)]
        changes = dict(ended[-1].changes) if ended else {}
        drifted = len(drift.read(self.stack, found).drifted) if self.command == "drift" else 0
        name, seconds = label(self.part), time.monotonic() - self.began
        if status == 0:
            return Result(
                name, self.stack, self.wave, results.DONE, seconds, changes, drifted=drifted
            )
        told = results.INTERRUPTED if interrupted else results.FAILED
        problems = self._problems(found)
        return Result(name, self.stack, self.wave, told, seconds, changes, tuple(problems))

    def _problems(self, found: list[Mapping[str, Any]]) -> list[str]:
        objected = {
            f"{short(each.urn)}: {each.message}"
            for each in records(found)
            if isinstance(each, Objected) and each.level == "mandatory"
        }
        problems = [*sorted(objected), *map(str, copies.errors(found, self.stack))]
        if not problems:
            text = self.log.read_text(encoding="utf-8", errors="replace").strip()
            problems = [copies.shortened(text[-400:] or "the engine printed nothing")]
        more = len(problems) - _MOST_PROBLEMS
        return [*problems[:_MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]


def of_shell(pulumi: Path, checkout: Path, stack: str, folder: Path) -> Engines:
    """Return the engines with the credentials and the Pulumi backend of the shell."""
    own = folder / "events"
    return Engines(
        pulumi,
        checkout,
        stack,
        dict(os.environ),
        folder,
        lambda part: own / f"{label(part).replace(' ', '-')}.jsonl",
    )
