"""`landfall fleet`: a stack that is cut into several Pulumi stacks."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landfall.cli import fleet_machines, fleet_moves
from landfall.cli.fleet_machines import Format

if TYPE_CHECKING:
    from landfall.fleet.choosing import Waves
    from landfall.settings.stack import Stack as Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A large organization as several Pulumi stacks: foundation, slices, closing stack.",
)


Stack = Annotated[str, typer.Option("-s", "--stack", help="The stack.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME",
        help="Only this part, slice or account's slice; may be repeated. The first part is "
        "`foundation`, the last one `closing`.",
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--changed-since",
        metavar="REF",
        help="Only parts whose settings differ from those at this commit, branch or tag.",
    ),
]
Parallel = Annotated[
    int | None,
    typer.Option(
        "--parallel", min=1, max=64, help="Most parts at once. Default: one for each processor."
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory", metavar="LIMIT", help="Memory for all parts, as in 6GiB. Default: most of it."
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the unfinished run of this command.")
]
All = Annotated[bool, typer.Option("--all", help="Do not skip parts that have not changed.")]
Sandbox = Annotated[
    bool,
    typer.Option(
        "--sandbox", help="Use the stack's sandbox, not the AWS credentials of the shell."
    ),
]
Summary = Annotated[Format, typer.Option("--format", help="Format of the summary.")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options that several commands share."""

    stack: str
    only: list[str] | None
    since: str = ""
    parallel: int | None = None
    memory: str | None = None
    resume: bool = False
    every: bool = True
    sandbox: bool = False
    format: Format = Format.TEXT


@app.command()
def plan(
    stack: Stack = "dev",
    only: Only = None,
    changed_since: Since = "",
    format: Summary = Format.TEXT,
) -> None:
    """Show parts, waves and what the latest run of each was. Needs no AWS and no engine."""
    from landfall import checkout
    from landfall.fleet import journal, planning
    from landfall.reports import json_text

    folder = checkout.find()
    settings, waves = _chosen(_Asked(stack, only, changed_since), folder)
    planned = planning.plan(settings, waves, journal.opened(folder, stack))
    if format is Format.JSON:
        print(json_text.written([each.value() for each in planned]), end="")
        return
    for line in planning.lines(settings, planned):
        print(line)


@app.command()
def preview(
    stack: Stack = "dev",
    only: Only = None,
    changed_since: Since = "",
    parallel: Parallel = None,
    memory: Memory = None,
    resume: Resume = False,
    every: All = False,
    sandbox: Sandbox = False,
    format: Summary = Format.TEXT,
) -> None:
    """Preview each part under the policies. Needs an applied foundation."""
    asked = (stack, only, changed_since, parallel, memory, resume, every, sandbox, format)
    _run("preview", _Asked(*asked))


@app.command()
def up(
    stack: Stack = "dev",
    only: Only = None,
    changed_since: Since = "",
    parallel: Parallel = None,
    memory: Memory = None,
    resume: Resume = False,
    every: All = False,
    sandbox: Sandbox = False,
    skip_preview: Annotated[
        bool,
        typer.Option("--skip-preview", help="Do not preview each part before its update."),
    ] = False,
    format: Summary = Format.TEXT,
) -> None:
    """Apply the foundation, then each wave of slices, then the closing stack.

    Skips what has not changed since this checkout applied it. Stops before the next wave if a part
    failed. Exit status 1 if a part failed, 130 after an interrupt.
    """
    asked = (stack, only, changed_since, parallel, memory, resume, every, sandbox, format)
    _run("up", _Asked(*asked), "--skip-preview" if skip_preview else "")


@app.command()
def refresh(
    stack: Stack = "dev",
    only: Only = None,
    parallel: Parallel = None,
    memory: Memory = None,
    resume: Resume = False,
    sandbox: Sandbox = False,
    format: Summary = Format.TEXT,
) -> None:
    """Read every resource from AWS into the states."""
    _run("refresh", _Asked(stack, only, "", parallel, memory, resume, True, sandbox, format))


@app.command()
def drift(
    stack: Stack = "dev",
    only: Only = None,
    parallel: Parallel = None,
    memory: Memory = None,
    resume: Resume = False,
    sandbox: Sandbox = False,
    format: Summary = Format.TEXT,
) -> None:
    """Compare AWS with the states. Changes neither; exit status 1 with drift."""
    _run("drift", _Asked(stack, only, "", parallel, memory, resume, True, sandbox, format))


@app.command()
def destroy(
    stack: Stack = "dev",
    only: Only = None,
    parallel: Parallel = None,
    memory: Memory = None,
    resume: Resume = False,
    sandbox: Sandbox = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without a question.")] = False,
    format: Summary = Format.TEXT,
) -> None:
    """Delete the resources of each part: the closing stack first, the foundation last.

    Protected resources, such as accounts, stay and stop it.
    """
    from landfall.problems import refuse

    if not yes:
        raise refuse(
            "destroy deletes what the parts have created in AWS",
            f"look first: landfall fleet plan -s {stack}; then add --yes",
        )
    _run("destroy", _Asked(stack, only, "", parallel, memory, resume, True, sandbox, format))


app.command()(fleet_moves.split)
app.command()(fleet_moves.join)
app.command()(fleet_machines.ci)
app.command()(fleet_machines.results)


def _run(command: str, asked: _Asked, *more: str) -> None:
    from landfall import checkout
    from landfall.cli import fleet_engines
    from landfall.cli.consoles import said
    from landfall.fleet import journal, running, scheduling
    from landfall.fleet.moving import record
    from landfall.reports import json_text

    def report(line: str) -> None:
        print(line, file=sys.stderr) if asked.format is Format.JSON else said(line)

    folder = checkout.find()
    settings, waves = _chosen(asked, folder)
    parallel = asked.parallel or scheduling.default_parallel()
    room = scheduling.Room(parallel, scheduling.limit_of(asked.memory))
    logs = journal.folder(folder, asked.stack)
    record.require_none(record.file(folder, asked.stack), asked.stack)
    with fleet_engines.opened(settings, folder, logs, report, sandbox=asked.sandbox) as found:
        fleet = running.Fleet(settings, found, journal.opened(folder, asked.stack), report)
        given = [each for each in more if each]
        skip = not asked.every
        wanted = running.Wanted(command, waves, room, skip, asked.resume, given)
        summary = fleet.run(wanted)
    if asked.format is Format.JSON:
        print(json_text.written(summary.value()), end="")
    else:
        for line in summary.lines():
            print(line)
        if summary.exit_status and command != "drift":
            said(f"To go on: landfall fleet {command} -s {asked.stack} --resume")
            said(f"The engines' own output: {logs}")
    if summary.exit_status:
        raise typer.Exit(summary.exit_status)


def _chosen(asked: _Asked, folder: Path) -> tuple[Settings, Waves]:
    """Return the settings and the parts of the run, by wave."""
    from landfall import stack_files
    from landfall.blueprint import parts
    from landfall.fleet import choosing, earlier
    from landfall.problems import refuse

    settings = stack_files.load(asked.stack, folder)
    if settings.fleet is None:
        raise refuse(
            f"stack {asked.stack} is one Pulumi stack: it has no landfall:fleet",
            "up to some 40 accounts that is the simplest; docs/scale.md says how to cut a new one",
        )
    waves = choosing.only(settings, parts.waves(settings), asked.only or [])
    if asked.since:
        before = earlier.settings(asked.stack, folder, asked.since)
        waves = choosing.changed(settings, before, waves)
    return settings, waves
