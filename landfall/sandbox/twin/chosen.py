"""The snapshot that a sandbox begins with, as the user chose it. Loads no emulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from landfall.problems import refuse
from landfall.sandbox.directories import Directories
from landfall.settings import Stack
from landfall.snapshots import files


@dataclass(frozen=True, slots=True)
class Twin:
    """A file that was read: its contents, its organization and the management account of it."""

    file: Path
    contents: bytes = field(repr=False)
    organization: str
    account: str

    def require_running(self, directories: Directories) -> None:
        """Raise a `ProblemsError` if the running sandbox began with something else."""
        if directories.twin.is_file() and directories.twin.read_bytes() == self.contents:
            return
        began = "another snapshot" if directories.twin.is_file() else "no snapshot"
        stack = directories.stack
        raise refuse(
            f"the sandbox of stack {stack} runs already, and began with {began}",
            f"`landfall sandbox reset -s {stack} --twin {self.file}` discards it and starts the"
            " twin; without --twin, this command continues with the running one",
        )

    def require_loadable(self) -> None:
        """Raise a `ProblemsError` if no sandbox can start from it; takes seconds."""
        # Imported here because of its own process.
        from landfall.sandbox.twin import trial

        trial.require(self.file)


def of_file(file: Path, stack: Stack | None, report: Callable[[str], None]) -> Twin:
    """Return the twin in a file, and report accounts that the stack file lacks.

    Raises:
        ProblemsError: the file is no snapshot that this Landfall reads, or the stack file adopts
            what it does not contain; nothing was started or stopped.

    """
    snapshot = files.read(file)
    if stack is not None:
        name = f"Pulumi.{stack.name}.yaml"
        files.require_fit(snapshot, stack, name)
        if told := files.note(snapshot, stack, name):
            report(told)
    found = snapshot.organization
    return Twin(file, file.read_bytes(), found.id, found.management_account)
