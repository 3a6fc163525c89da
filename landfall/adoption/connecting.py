"""A session for reading an organization, its regions, and the progress on the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import boto3
from botocore.exceptions import BotoCoreError

from landfall import home_region
from landfall.adoption.calls import Report, unreachable


def connect(
    region: str | None, more: Sequence[str], of_file: str | None = None
) -> tuple[boto3.Session, tuple[str, ...]]:
    """Return a session in the home region, and all regions, the home region first.

    The home region is `region`, or that of the credentials, or `of_file`.

    Raises:
        ProblemsError: a region does not exist, or none is given.

    """
    try:
        configured = boto3.Session().region_name
        home = home_region.choose(region, configured, of_file)
        # The region determines the partition, and so the Organizations endpoint.
        session = boto3.Session(region_name=home)
    except BotoCoreError as error:
        raise unreachable(error) from None
    for other in more:
        home_region.choose(other, None, None)
    return session, tuple(dict.fromkeys((home, *more)))


@contextmanager
def progress() -> Iterator[Report]:
    """Show progress on standard error; in a log, one line for each kind of resource."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield (
            lambda what, done, total: (
                print(f"Read {total} {what}", file=sys.stderr) if done == total else None
            )
        )
        return
    columns = (TextColumn("Reading {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what)
            shown.update(tasks[what], completed=done, total=total)

        yield report
