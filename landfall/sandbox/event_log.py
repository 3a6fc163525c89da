"""Read the engine's event log: one JSON object a line (`apitype.EngineEvent`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log; none if it is missing.

    Skips lines that are not JSON: a killed engine leaves its last line incomplete.
    """
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue
