"""Pipelines that a change keeps from going back by themselves until their next success.

CodePipeline goes back within one version of a pipeline's structure alone, and every update makes a
new one: CodePipeline User Guide, 'Considerations for rollbacks'.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

_PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def by(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the pipelines that the engine's events change, and that roll back."""
    found: dict[str, None] = {}
    for event in events:
        metadata = (event.get("resourcePreEvent") or {}).get("metadata") or {}
        if metadata.get("type") != _PIPELINE or metadata.get("op") != "update":
            continue
        inputs = (metadata.get("new") or {}).get("inputs") or {}
        if "ROLLBACK" in json.dumps(inputs.get("stages", [])):
            found[str(inputs.get("name", metadata["urn"].rpartition("::")[2]))] = None
    return sorted(found)


def note(pipelines: list[str]) -> str:
    """Say what becomes of them."""
    names = ", ".join(pipelines)
    verb = "changes" if len(pipelines) == 1 else "change"
    return f"{names} {verb} in structure: no automatic rollback there until the next success."
