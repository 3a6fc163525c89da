"""`landfall fleet split` and `landfall fleet join`: cut an applied stack, or join its parts."""

from __future__ import annotations

from typing import Annotated

import typer

Stack = Annotated[str, typer.Option("-s", "--stack", help="The stack.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only build and preview the new states on a copy.")
]
Sandbox = Annotated[
    bool,
    typer.Option(
        "--sandbox", help="Use the stack's sandbox, not the AWS credentials of the shell."
    ),
]


def split(
    stack: Stack = "dev",
    dry_run: DryRun = False,
    sandbox: Sandbox = False,
) -> None:
    """Cut a stack that is applied as one into the parts of its landfall:fleet.

    Moves its resources to the states of the parts, and changes nothing in AWS. First previews each
    part on a copy of the states: a preview that shows a change stops it. After an interrupt, run it
    again.
    """
    _move("split", stack, dry_run=dry_run, sandbox=sandbox)


def join(
    stack: Stack = "dev",
    dry_run: DryRun = False,
    sandbox: Sandbox = False,
) -> None:
    """Join the parts of a stack to one, after landfall:fleet is removed from its file.

    Also removes what an interrupted split has left behind.
    """
    _move("join", stack, dry_run=dry_run, sandbox=sandbox)


def _move(way: str, stack: str, *, dry_run: bool, sandbox: bool) -> None:
    from landfall import checkout, stack_files
    from landfall.cli import fleet_engines
    from landfall.cli.consoles import said
    from landfall.fleet import journal
    from landfall.fleet.moving import moves, preparing, record
    from landfall.fleet.moving.states import EngineStates

    folder = checkout.find()
    settings = stack_files.load(stack, folder)
    logs = journal.folder(folder, stack)
    with fleet_engines.opened(settings, folder, logs, said, sandbox=sandbox) as found:
        mover = moves.Mover(
            settings,
            folder,
            EngineStates(found),
            lambda stack, sources: preparing.prepare(stack, sources, found, said),
            record.file(folder, stack),
            said,
        )
        (mover.split if way == record.SPLIT else mover.join)(dry_run=dry_run)
    if dry_run:
        said("Dry run: nothing was written.")
