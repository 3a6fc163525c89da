"""Pipelines that lose automatic rollback until their next success, because they change.

CodePipeline rolls back only within one version of a pipeline's structure, and every update creates
a new version: CodePipeline User Guide, 'Considerations for rollbacks'.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from landfall.engine.events import steps

_PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def by(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of pipelines with automatic rollback that the engine's events update."""
    found: dict[str, None] = {}
    for step in steps(events, "begun"):
        if step.type != _PIPELINE or step.operation != "update":
            continue
        inputs = step.new.get("inputs") or {}
        if "ROLLBACK" in json.dumps(inputs.get("stages", [])):
            found[str(inputs.get("name", step.urn.rpartition("::")[2]))] = None
    return sorted(found)


def note(pipelines: list[str]) -> str:
    """Return the note about these pipelines."""
    names = ", ".join(pipelines)
    verb = "changes" if len(pipelines) == 1 else "change"
    return f"{names} {verb} in structure: no automatic rollback until the next success."
