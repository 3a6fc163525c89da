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
    command = [str(workspace.pulumi), "preview", "--non-interactive", "--color", "never"]
    command += ["--stack", stack, "--event-log", str(events)]
    if pack is not None:
        command += ["--policy-pack", str(pack)]
    try:
        done = subprocess.run(
            command,
            cwd=project,
            env=workspace.environment(stack, LANDFALL_FINDINGS=str(findings)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        return _read(stack, list(_lines(events)), list(_lines(findings)), done)
    except subprocess.TimeoutExpired:
        what = f"the preview of {stack} did not finish within {SECONDS / 60:.0f} minutes"
        raise refuse(what, "check whether the program waits for something") from None
    finally:
        # Both may contain property values of the program.
        events.unlink(missing_ok=True)
        findings.unlink(missing_ok=True)


def _read(
    stack: str,
    events: list[Mapping[str, Any]],
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
        elif "policyEvent" in event:
            told[_told(event["policyEvent"])] = None
        elif "summaryEvent" in event:
            named = event["summaryEvent"].get("PolicyPacks") or {}
            packs = tuple(sorted(name.split("|")[0] for name in named))
        elif error := _error(event):
            errors[error] = None
    refused = any(each.level == "mandatory" for each in told)
    if done.returncode and not errors and not refused:
        errors[_shortened(done.stderr.strip() or done.stdout.strip() or "no output")] = None
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


def _ids(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the final ids of resources by URN."""
    ids = {}
    for event in events:
        metadata = (event.get("resOutputsEvent") or {}).get("metadata") or {}
        ids[metadata.get("urn", "")] = (metadata.get("new") or {}).get("id") or ""
    return ids


def _planned(event: Mapping[str, Any], ids: Mapping[str, str]) -> Planned | None:
    metadata = (event.get("resourcePreEvent") or {}).get("metadata") or {}
    new = metadata.get("new")
    if not new:
        return None
    provider = (metadata.get("provider") or "").rpartition("::")[0]
    inputs = new.get("inputs") or {}
    operation = metadata.get("op", "")
    return Planned(
        metadata["urn"],
        metadata["type"],
        inputs,
        new.get("parent") or "",
        provider,
        operation,
        ids.get(metadata["urn"], ""),
    )


def _told(policy: Mapping[str, Any]) -> Told:
    return Told(
        policy.get("enforcementLevel", ""),
        policy.get("resourceUrn", ""),
        policy.get("message", ""),
    )


def _error(event: Mapping[str, Any]) -> str:
    """Return an error of the program or a provider; policies report by other events."""
    diagnostic = event.get("diagnosticEvent") or {}
    if diagnostic.get("severity") != "error" or diagnostic["message"].strip() in _ENDINGS:
        return ""
    urn = diagnostic.get("urn", "")
    message = str(diagnostic.get("message", "")).strip()
    name = urn.split("::", 3)[3] if urn.count("::") >= 3 else ""
    return _shortened(f"{name}: {message}" if name else message)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
