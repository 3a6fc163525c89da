"""Reads the engine's event log: one JSON object a line (`apitype.EngineEvent`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log, none where it is missing.

    Skip a line that is no JSON: a killed engine leaves its last one unfinished.
    """
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue
