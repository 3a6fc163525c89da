"""Event logs of real runs of the dev stack, cut down to what the view reads.

`python -m tests.engine_view.recording LOG FILE` writes FILE (`.jsonl.gz`) from the engine's event
log: without config, without inputs of what does not change, without policies that passed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from landfall.engine import events
from landfall.engine_view.concerns import Concerns
from landfall.engine_view.course import Course, Plan

FOLDER = Path(__file__).parent / "recorded"
ACCOUNTS = ("audit", "log-archive", "delivery", "orders-dev", "orders-prod")
APPLICATIONS = ("orders", "ledger", "platform", "shop", "site")

_MOVED = ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent")
_KEPT = (*_MOVED, "diagnosticEvent", "policyEvent", "summaryEvent")


def raw(name: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a recorded run."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def course(
    name: str, plan: Plan | None = None, *, is_preview: bool = False, most: int | None = None
) -> Course:
    """Return the course of a recorded run of the dev stack, at its end or after `most` events."""
    followed = Course(Concerns(ACCOUNTS, APPLICATIONS), plan, is_preview=is_preview)
    for event in map(events.read, islice(raw(name), most)):
        if event is not None:
            followed.add(event)
    return followed


def _shortened(event: dict[str, Any]) -> dict[str, Any] | None:
    kind = next((key for key in _KEPT if key in event), "")
    if not kind:
        return None
    if kind in _MOVED:
        metadata = event[kind]["metadata"]
        for side in ("old", "new"):
            metadata[side] = _side(metadata, side, kind == "resourcePreEvent")
    elif kind == "summaryEvent":
        event[kind]["PolicyPacks"] = {"landfall": "0.1.0"}
    return {"timestamp": event["timestamp"], kind: event[kind]}


def _side(metadata: dict[str, Any], side: str, is_first: bool) -> dict[str, Any] | None:
    found = metadata[side]
    if not found:
        return None
    kept = {key: found[key] for key in ("custom", "parent", "provider") if found.get(key)}
    if is_first and metadata["op"] in ("update", "replace"):
        kept |= {key: found.get(key) or {} for key in ("inputs", "outputs")}
    return kept


def main(log: Path, file: Path) -> None:
    """Write a recorded run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with log.open(encoding="utf-8") as lines, gzip.GzipFile(file, "wb", mtime=0) as written:
        for event in map(_shortened, map(json.loads, lines)):
            if event is not None:
                written.write(json.dumps(event).encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
