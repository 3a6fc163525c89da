"""The `landfall` command: finds the module of a subcommand, runs it, prints problems plainly.

Subcommands are imported when they are called, so that `landfall validate` does not pay for the
libraries of `landfall sandbox`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from landfall.cli import problem_lines
from landfall.problems import ProblemsError

# name -> module; each module has a Typer `app` of that name.
COMMANDS = {
    "up": "landfall.cli.up",
    "preview": "landfall.cli.preview",
    "down": "landfall.cli.down",
    "validate": "landfall.cli.validate",
    "check": "landfall.cli.check",
    "guardrails": "landfall.cli.guardrails",
    "schema": "landfall.cli.schema",
    "adopt": "landfall.cli.adopt",
    "bootstrap": "landfall.cli.bootstrap",
    "env": "landfall.cli.env",
    "sandbox": "landfall.cli.sandbox",
    "iam": "landfall.cli.iam",
    "release": "landfall.cli.release",
    "plan": "landfall.cli.plan",
    "apply": "landfall.cli.apply",
    "drift": "landfall.cli.drift",
    "recover": "landfall.cli.recover",
    "toolchain": "landfall.cli.toolchain",
}


class _LazyGroup(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(importlib.import_module(COMMANDS[cmd_name]).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _landfall() -> None:
    """Provision and rehearse an AWS organization with Pulumi."""


def main() -> None:
    """Run the command line; problems go to standard error, without a traceback."""
    try:
        app()
    except ProblemsError as error:
        for line in problem_lines.lines(error):
            print(line, file=sys.stderr)
        sys.exit(error.exit_status)
