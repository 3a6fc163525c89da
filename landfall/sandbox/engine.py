"""Run the Pulumi CLI in a sandbox, and create the Pulumi stack there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from landfall.engine import running
from landfall.engine.running import Runner
from landfall.problems import refuse
from landfall.sandbox import environment, lifecycle, plugins, server_process, stack_values
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Provider
from landfall.sandbox.server_process import SERVER_COMMAND, Server
from landfall.sandbox.twin.chosen import Twin
from toolchain import wrappers

_SALT = re.compile(r"^encryptionsalt: \S+$", re.MULTILINE)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose for a sandbox: port, AWS provider, and the snapshot it begins with.

    None leaves the default: a free port, the provider of before, an empty sandbox.
    """

    port: int | None = None
    provider: str | None = None
    twin: Twin | None = None


DEFAULT: Final = Choice()


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi CLI bound to one sandbox: every call sees only that sandbox."""

    directories: Directories
    server: Server
    provider: Provider
    pulumi: Path
    environment: Mapping[str, str]

    def query(self, *arguments: str, cwd: Path | None = None, timeout: float = 120) -> str:
        """Run a command in the background and return its output.

        Raises:
            ProblemsError: the command failed; with its output.

        """
        done = running.run(
            self.pulumi,
            *arguments,
            cwd=cwd or self.directories.checkout,
            environment=self.environment,
            seconds=timeout,
        )
        if done.returncode:
            said = running.said(done).replace("\n", "\n    ")
            raise refuse(f"`pulumi {arguments[0]}` failed in the sandbox", said)
        return done.stdout

    @property
    def runner(self) -> Runner:
        """The CLI, for commands with a progress view."""
        places = self.directories
        return Runner(
            self.pulumi, places.checkout, places.stack, places.events, dict(self.environment)
        )


def open_sandbox(
    directories: Directories,
    report: Report,
    *,
    command: Sequence[str] = SERVER_COMMAND,
    answer_seconds: float = 10.0,
    base: Mapping[str, str] | None = None,
    choice: Choice = DEFAULT,
) -> Engine:
    """Return the engine of a running sandbox with the stack, which may be empty.
    Installs the toolchain, starts the server, chooses the provider (the user's or the default) and
    creates the stack, each if necessary.

    Raises:
        ProblemsError: the stack file is missing, or one of these steps failed.

    """
    if not directories.stack_file.is_file():
        raise refuse(
            f"there is no stack file {directories.stack_file.name}",
            f"stacks here: {_stacks(directories) or 'none'}",
        )
    base = os.environ if base is None else base
    toolchain = wrappers.ensure(directories.checkout, report)
    started = lifecycle.start(
        directories,
        report,
        port=choice.port,
        command=command,
        answer_seconds=answer_seconds,
        twin=choice.twin,
    )
    stack_values.send(started.server, directories.stack_file)
    chosen = plugins.ensure(
        directories, toolchain.pulumi, report, named=choice.provider, environment=base
    )
    environment.write_aws_files(directories)
    engine = Engine(
        directories,
        started.server,
        chosen,
        toolchain.pulumi,
        environment.full(directories, started.server, toolchain.bin, chosen, base),
    )
    with lifecycle.locked(directories.start_lock):
        if not directories.salt.exists():
            _make_stack(engine)
    return engine


def attach(directories: Directories, report: Report) -> Server:
    """Return the server of a running sandbox.

    Raises:
        ProblemsError: the sandbox is not running.

    """
    status = server_process.inspect(directories)
    if status.state is not server_process.State.RUNNING or status.server is None:
        raise refuse(
            f"the sandbox of stack {directories.stack} is {status.state.value}",
            f"start it: landfall sandbox start -s {directories.stack}",
        )
    return status.server


def _make_stack(engine: Engine) -> None:
    """Create the Pulumi stack from a scratch project, and store its encryption salt.

    `pulumi stack init` writes the salt to the stack file of its project. The project needs a stack
    file, and it must not be the tracked one.
    """
    directories = engine.directories
    project = yaml.safe_load((directories.checkout / "Pulumi.yaml").read_text(encoding="utf-8"))
    directories.backend.mkdir(parents=True, exist_ok=True)
    directories.scratch_project.mkdir(parents=True, exist_ok=True)
    scratch = {"name": project["name"], "runtime": "yaml"}
    (directories.scratch_project / "Pulumi.yaml").write_text(yaml.safe_dump(scratch), "utf-8")
    written = directories.scratch_project / f"Pulumi.{directories.stack}.yaml"
    written.unlink(missing_ok=True)
    # The wrapper's copy of the stack file needs the new salt.
    outside = {
        name: value
        for name, value in engine.environment.items()
        if name not in ("LANDFALL_STACK_FILE", "PULUMI_OPTION_CONFIG_FILE")
    }
    alone = Engine(directories, engine.server, engine.provider, engine.pulumi, outside)
    alone.query("stack", "init", directories.stack, "--no-select", cwd=directories.scratch_project)
    salt = _SALT.search(written.read_text(encoding="utf-8"))
    if salt is None:
        raise refuse(
            "the engine created a stack without an encryption salt",
            f"reset the sandbox: `landfall sandbox reset -s {directories.stack}`",
        )
    fresh = directories.salt.with_suffix(".new")
    fresh.write_text(f"{salt[0]}\n", encoding="utf-8")
    fresh.replace(directories.salt)


def _stacks(directories: Directories) -> str:
    files = sorted(directories.checkout.glob("Pulumi.*.yaml"))
    return ", ".join(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)
