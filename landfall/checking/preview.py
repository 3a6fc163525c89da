"""Preview one stack under the policy pack, and read the engine's events and the pack's findings.

The pack writes its findings to a file (`LANDFALL_FINDINGS`), with rule, property and controls. The
engine's event log contains the resources, and whether the pack ran.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall.checking.workspace import Workspace
from landfall.engine import event_log, running
from landfall.engine.events import Ended, Event, Moved, Objected, Said, records
from landfall.problems import refuse

SECONDS: Final = 1800.0
# The engine's closing messages; it has reported the cause before.
_ENDINGS: Final = frozenset({"preview failed", "update failed"})
_LONGEST: Final = 400  # characters of a message to print


@dataclass(frozen=True, slots=True)
class Planned:
    """One resource as the program declares it.

    `operation` is the engine's: `create`, `update`, `same`, `import`, … `provider` is the URN of
    its provider, `parent` the URN of its parent. `id` is empty if unknown.
    """

    urn: str
    type: str
    inputs: Mapping[str, Any] = field(hash=False)
    parent: str = ""
    provider: str = ""
    operation: str = "create"
    id: str = ""

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True)
class Told:
    """The engine's message about one policy, with level and resource."""

    level: str
    urn: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The result of one preview.

    `lines` are the pack's findings as written; `told` are the engine's messages about policies;
    `packs` are the packs that ran; `errors` are the reasons why the program did not finish.
    """

    stack: str
    resources: tuple[Planned, ...] = ()
    lines: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    told: tuple[Told, ...] = ()
    packs: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def run(workspace: Workspace, stack: str, project: Path, pack: Path | None) -> Preview:
    """Preview `stack` of the program in `project`, in a prepared workspace.

    Raises:
        ProblemsError: the engine did not finish in time.

    """
    folder = workspace.folder(stack)
    events, findings = folder / "events.jsonl", folder / "findings.jsonl"
    arguments = ["preview", "--stack", stack, *event_log.option(events)]
    if pack is not None:
        arguments += ["--policy-pack", str(pack)]
    try:
        done = running.run(
            workspace.pulumi,
            *arguments,
            cwd=project,
            environment=workspace.environment(stack, LANDFALL_FINDINGS=str(findings)),
            seconds=SECONDS,
        )
        return _read(stack, list(records(event_log.take(events))), list(_lines(findings)), done)
    except subprocess.TimeoutExpired:
        what = f"the preview of {stack} did not finish within {SECONDS / 60:.0f} minutes"
        raise refuse(what, "check whether the program waits for something") from None
    finally:
        # Both may contain property values of the program.
        events.unlink(missing_ok=True)
        findings.unlink(missing_ok=True)


def _read(
    stack: str,
    events: list[Event],
    lines: list[Mapping[str, Any]],
    done: subprocess.CompletedProcess[str],
) -> Preview:
    resources: dict[str, Planned] = {}
    ids = _ids(events)
    told: dict[Told, None] = {}
    errors: dict[str, None] = {}
    packs: tuple[str, ...] = ()
    for event in events:
        if planned := _planned(event, ids):
            resources.setdefault(planned.urn, planned)
        elif isinstance(event, Objected):
            told[Told(event.level, event.urn, event.message)] = None
        elif isinstance(event, Ended):
            packs = event.packs
        elif isinstance(event, Said) and (error := _error(event)):
            errors[error] = None
    refused = any(each.level == "mandatory" for each in told)
    if done.returncode and not errors and not refused:
        errors[_shortened(running.said(done) or "no output")] = None
    return Preview(
        stack, tuple(resources.values()), tuple(lines), tuple(told), packs, tuple(errors)
    )


def _lines(file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects of a file, one a line; none if the file is missing."""
    if not file.exists():
        return
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _ids(events: Iterable[Event]) -> dict[str, str]:
    """Return the final ids of resources by URN."""
    done = (each.step for each in events if isinstance(each, Moved) and each.phase == "done")
    return {step.urn: step.new.get("id") or "" for step in done}


def _planned(event: Event, ids: Mapping[str, str]) -> Planned | None:
    if not isinstance(event, Moved) or event.phase != "begun" or not event.step.new:
        return None
    step = event.step
    return Planned(
        step.urn,
        step.type,
        step.new.get("inputs") or {},
        step.new.get("parent") or "",
        step.provider_urn,
        step.operation,
        ids.get(step.urn, ""),
    )


def _error(said: Said) -> str:
    """Return an error of the program or a provider; policies report by other events."""
    if said.severity != "error" or said.message in _ENDINGS:
        return ""
    return _shortened(f"{said.name}: {said.message}" if said.name else said.message)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
