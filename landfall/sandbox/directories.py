"""The files and folders of a sandbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from landfall import checkout as places
from landfall.problems import refuse

# The names that the engine accepts, with at most 100 characters.
_STACK_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Directories:
    """The paths of one stack's sandbox below `home` (`.landfall`), for the project `checkout`.

    `part` is the part of a stack that is cut; the parts share a sandbox, but not what their runs
    leave behind.
    """

    checkout: Path
    home: Path
    stack: str
    part: str = ""

    @property
    def pulumi_stack(self) -> str:
        """Return the name of the part's Pulumi stack."""
        return f"{self.stack}.{self.part}" if self.part else self.stack

    @property
    def root(self) -> Path:
        """Return the sandbox's folder."""
        return self.home / "sandboxes" / self.stack

    @property
    def stack_file(self) -> Path:
        """Return the tracked stack file; the sandbox never writes it."""
        return self.checkout / f"Pulumi.{self.stack}.yaml"

    @property
    def start_lock(self) -> Path:
        """Return the file locked while the sandbox is started or stopped."""
        return self.root.with_name(f"{self.stack}.lock")

    @property
    def run_lock(self) -> Path:
        """Return the file locked while `landfall up` works on the stack."""
        return self.root.with_name(f"{self.stack}.up.lock")

    @property
    def server_file(self) -> Path:
        """Return the record of the server: pid, port, account, time of its start."""
        return self.root / "server.json"

    @property
    def port_file(self) -> Path:
        """Return the record of the port chosen at the first start; kept when the server stops."""
        return self.root / "port"

    @property
    def log(self) -> Path:
        """Return the server's log."""
        return self.root / "server.log"

    @property
    def request_log(self) -> Path:
        """Return the server's record of requests, one line each."""
        return self.root / "requests.log"

    @property
    def twin(self) -> Path:
        """Return the copy of the snapshot that the sandbox began with; missing without one."""
        return self.root / "twin.json"

    @property
    def backend(self) -> Path:
        """Return the folder of Pulumi's file backend."""
        return self.root / "backend"

    @property
    def pulumi_home(self) -> Path:
        """Return the sandbox's own PULUMI_HOME."""
        return self.root / "pulumi-home"

    @property
    def aws_config(self) -> Path:
        """Return the AWS config file of the sandbox."""
        return self.root / "aws" / "config"

    @property
    def aws_credentials(self) -> Path:
        """Return the AWS credentials file of the sandbox."""
        return self.root / "aws" / "credentials"

    @property
    def scratch_project(self) -> Path:
        """Return the scratch folder in which the Pulumi stack is created."""
        return self.root / "project"

    @property
    def salt(self) -> Path:
        """Return the file with the stack's `encryptionsalt:` line."""
        return self.root / "encryptionsalt"

    @property
    def effective_stack_file(self) -> Path:
        """Return the copy of the stack file that the engine reads: with the sandbox's salt."""
        return self.root / f"Pulumi.{self.stack}.yaml"

    @property
    def unsettled(self) -> Path:
        """Return the list of resources, by URN, that recovery must still read from AWS."""
        return self.root / self._own("unsettled.json")

    @property
    def unsaved(self) -> Path:
        """Return the record that a first run has begun and its state is not written yet."""
        return self.root / self._own("unsaved")

    @property
    def begun(self) -> Path:
        """Return the record of creations whose outcome no run has seen."""
        return self.root / self._own("begun.json")

    @property
    def events(self) -> Path:
        """Return the engine's event log of the latest run."""
        return self.root / self._own("events.jsonl")

    @property
    def runs(self) -> Path:
        """Return the folder of event logs of runs without `landfall up`, as of `pulumi up`."""
        return self.root / self._own("runs")

    def _own(self, name: str) -> str:
        return f"{self.part}-{name}" if self.part else name


def of_stack(stack: str, checkout: Path | None = None) -> Directories:
    """Return the paths of `stack`'s sandbox in `checkout` (default: the current folder's).

    Raises:
        ProblemsError: there is no project here, or `stack` is not a valid stack name.

    """
    if not _STACK_NAME.fullmatch(stack):
        raise refuse(
            f"{stack!r} is not a stack name",
            "use letters, digits, hyphens, underscores and periods",
        )
    checkout = checkout or places.find()
    return Directories(checkout, places.home(checkout), stack)


def all_of(checkout: Path) -> list[Directories]:
    """Return the sandboxes that were ever started in `checkout`, by name."""
    home = places.home(checkout)
    names = sorted(folder.name for folder in (home / "sandboxes").glob("*/") if folder.is_dir())
    return [Directories(checkout, home, name) for name in names]
