"""The phases of a build: their commands in one shell, whose variables and folder last.

https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landfall.rehearsal.build_log import BuildLog
from landfall.rehearsal.buildspec import Phase
from landfall.rehearsal.processes import TIMED_OUT, Processes

_NOT_FOUND: Final = 127
_TAIL: Final = 12

# Each command is a file that the phase's shell reads, so that one may have many lines, set
# variables and change the folder. The trap keeps both for the next phase, even after an `exit`.
_SCRIPT: Final = """\
[ -f {env} ] && . {env}
CODEBUILD_BUILD_SUCCEEDING={succeeding}; export CODEBUILD_BUILD_SUCCEEDING
cd "$(cat {folder})" || exit 1
trap 'export -p > {env}; pwd > {folder}' EXIT
"""


@dataclass(slots=True)
class Shell:
    """What the phases of a build share: a folder for state, the sources, and the time that is left.

    `end` is when CodeBuild ends the build, in seconds of `time.monotonic`.
    """

    name: str
    state: Path
    sources: Path
    environment: Mapping[str, str]
    processes: Processes
    log: BuildLog
    end: float

    def __post_init__(self) -> None:
        self._folder.write_text(f"{self.sources}\n", encoding="utf-8")

    @property
    def _folder(self) -> Path:
        return self.state / "folder"

    @property
    def exported(self) -> Path:
        """Return the file with the variables that the last phase left, as `export -p` writes."""
        return self.state / "env"

    def run(self, name: str, phase: Phase, *, succeeding: bool) -> str:
        """Run the commands of a phase, and those of `finally`; return why it failed, or nothing."""
        why = self._commands(name, phase.commands, succeeding)
        last = self._commands(f"{name}-finally", phase.finally_, succeeding and not why)
        return why or last

    def _commands(self, name: str, commands: Sequence[str], succeeding: bool) -> str:
        if not commands:
            return ""
        if shutil.which(self.name, path=self.environment.get("PATH")) is None:
            return f"the shell {self.name} is not installed on this machine"
        lines = [
            _SCRIPT.format(
                env=shlex.quote(str(self.exported)),
                folder=shlex.quote(str(self._folder)),
                succeeding=int(succeeding),
            )
        ]
        step = self.state / f"{name}.step"
        for number, command in enumerate(commands):
            file = self.state / f"{name}-{number}.sh"
            file.write_text(f"{command}\n", encoding="utf-8")
            told = shlex.quote(f"[Container] Running command {_shown(command)}")
            lines += [
                f"echo {number} > {shlex.quote(str(step))}",
                f"printf '%s\\n' {told}",
                f". {shlex.quote(str(file))} || exit $?",
            ]
        script = self.state / f"{name}.sh"
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        status = self.processes.run(
            [self.name, str(script)],
            self.sources,
            self.environment,
            max(self.end - time.monotonic(), 0.1),
            self.log.write,
        )
        if status == 0:
            return ""
        return self._why(status, commands[int(step.read_text())] if step.is_file() else "")

    def _why(self, status: int, command: str) -> str:
        if self.processes.ended.is_set():
            return "The rehearsal was interrupted"
        if status == TIMED_OUT:
            return "Build timed out"
        shown = _shown(command) if command else self.name
        why = f"Error while executing command: {shown}. Reason: exit status {status}"
        if status == _NOT_FOUND:
            why += ". A tool that it calls is not installed on this machine"
        return why


def _shown(command: str) -> str:
    """Return a command on one line: of several lines the first and the last, which runs them."""
    first, *rest = [each for each in command.splitlines() if each.strip()] or [""]
    return f"{first} ... {rest[-1]}" if rest else first


def tail(log: BuildLog, count: int = _TAIL) -> str:
    """Return the last lines of a log, for the message of a failure."""
    return "\n".join(log.lines[-count:])


def exported_values(
    shell: Shell, names: Sequence[str], ask: Callable[[str], str]
) -> dict[str, str]:
    """Return the values that variables have at the end of a build; `ask` runs a script."""
    if not names:
        return {}
    script = "\n".join(f'printf "%s\\0" "${{{name}-}}"' for name in names)
    found = ask(f"[ -f {shlex.quote(str(shell.exported))} ] && . {shell.exported}\n{script}")
    return dict(zip(names, found.split("\0"), strict=False))
