"""The `landfall` command: load and run a subcommand, print problems without a traceback.

Subcommands are imported only when called, so that `landfall validate` does not load the libraries
of `landfall sandbox`.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from difflib import get_close_matches
from importlib import metadata
from typing import Annotated, Any

import typer
from typer._completion_classes import completion_init
from typer.core import TyperGroup
from typer.main import get_command

from landfall import commands
from landfall.cli import problem_lines
from landfall.cli.shortening import wrapped
from landfall.problems import ProblemsError

# name -> module; each module has a Typer `app` of that name.
COMMANDS = {
    "up": "landfall.cli.up",
    "preview": "landfall.cli.preview",
    "down": "landfall.cli.down",
    "validate": "landfall.cli.validate",
    "check": "landfall.cli.check",
    "guardrails": "landfall.cli.guardrails",
    "roles": "landfall.cli.roles",
    "schema": "landfall.cli.schema",
    "adopt": "landfall.cli.adopt",
    "snapshot": "landfall.cli.snapshot",
    "takeover": "landfall.cli.takeover",
    "bootstrap": "landfall.cli.bootstrap",
    "env": "landfall.cli.env",
    "sandbox": "landfall.cli.sandbox",
    "iam": "landfall.cli.iam",
    "release": "landfall.cli.release",
    "rehearse": "landfall.cli.rehearse",
    "plan": "landfall.cli.plan",
    "apply": "landfall.cli.apply",
    "drift": "landfall.cli.drift",
    "recover": "landfall.cli.recover",
    "fleet": "landfall.cli.fleet",
    "toolchain": "landfall.cli.toolchain",
    "completion": "landfall.cli.completion",
}


class _LazyGroup(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # Typer suggests only loaded commands, and these are loaded when they are called.
        if args[0] not in COMMANDS and (found := get_close_matches(args[0], COMMANDS)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {found[0]!r}?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(importlib.import_module(COMMANDS[cmd_name]).app)
        command.name = cmd_name
        _name_commands_as_typed(command)
        return command


def _name_commands_as_typed(command: Any) -> None:
    """Rewrite the commands in the help of a command and of its subcommands."""
    for part in (command, *command.params):
        for text in ("help", "short_help"):
            if written := getattr(part, text, None):
                setattr(part, text, commands.typed(written))
    for each in getattr(command, "commands", {}).values():
        _name_commands_as_typed(each)


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"landfall {metadata.version('landfall')}")
        raise typer.Exit


@app.callback()
def _landfall(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Show the version."),
    ] = False,
) -> None:
    """Provision and rehearse an AWS organization with Pulumi."""


def main() -> None:
    """Run the command line. Print problems to standard error, without a traceback."""
    # What a command loads stays until it ends, so frequent GC runs find no garbage.
    gc.set_threshold(100_000, 50, 100)
    if os.environ.get("NO_COLOR"):
        # Rich drops only the colours; this makes Typer write its help as if to a file.
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    if "_LANDFALL_COMPLETE" in os.environ:
        completion_init()
    try:
        # Without a folder: the name of the variable that asks for completions comes from it.
        is_completing = "_LANDFALL_COMPLETE" in os.environ
        app(prog_name="landfall" if is_completing else commands.landfall())
    except ProblemsError as error:
        for line in problem_lines.lines(error):
            print(wrapped(commands.typed(line), sys.stderr), file=sys.stderr)
        sys.exit(error.exit_status)
