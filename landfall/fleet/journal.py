"""The journal of a fleet: what each part's latest runs were, so that a later run can go on.

The file is written after each change and renamed into place, so a killed run leaves a whole one. It
contains no property of a resource.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall import checkout as places
from landfall.problems import refuse

_FORMAT: Final = 1


@dataclass
class Entry:
    """The latest runs of a part.

    `command` and `status` are those of the latest one: `running`, `done`, `failed`, `interrupted`.
    `applied` is the fingerprint of the latest successful update, `updated` the time of the state
    that it left, as the backend has it.
    """

    command: str = ""
    status: str = ""
    fingerprint: str = ""
    applied: str = ""
    updated: str = ""


@dataclass
class Journal:
    """The journal of one stack, in `file`; `command` is a run that has not ended, else empty."""

    file: Path
    command: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)

    def entry(self, part: str) -> Entry:
        """Return the entry of a part, which may be new."""
        return self.entries.setdefault(part, Entry())

    def write(self) -> None:
        """Replace the file."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "format": _FORMAT,
            "command": self.command,
            "parts": {name: asdict(entry) for name, entry in self.entries.items()},
        }
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        fresh.replace(self.file)


def folder(checkout: Path, stack: str) -> Path:
    """Return the folder of a fleet's journal and of the output of its engines."""
    return places.home(checkout) / "fleets" / stack


def opened(checkout: Path, stack: str) -> Journal:
    """Return the journal of a stack; empty if there is none.

    Raises:
        ProblemsError: the file is damaged or of another version.

    """
    file = folder(checkout, stack) / "journal.json"
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError
        entries = {name: Entry(**entry) for name, entry in content["parts"].items()}
        return Journal(file, content["command"], entries)
    except FileNotFoundError:
        return Journal(file)
    except (OSError, ValueError, KeyError, TypeError):
        raise refuse(
            f"the journal {file} cannot be read",
            "delete it: the next run then skips nothing",
        ) from None
