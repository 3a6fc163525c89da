"""Findings as JSON lines, in the file that `LANDFALL_FINDINGS` names; for reports and summaries.

The engine's `preview --json` omits policy findings, so the pack writes them itself. A
line has `rule`, `title`, `severity`, `level`, `controls`, `verdict` (`fail`, `undecidable` or
`waived`), `urn`, `property`, `message`, `fix`, `stack` and `phase` (`preview` or `update`: `pulumi
up` runs the pack once for each, so a finding can appear twice).
"""

from __future__ import annotations

import json
import os

from landfall.rules import Verdict
from policies.rules import Rule, Violation
from policies.settings import Run

VARIABLE = "LANDFALL_FINDINGS"


def write(run: Run, rule: Rule, verdict: Verdict, level: str, violation: Violation) -> None:
    """Append one finding. No value of a property is written.

    Each line is a single append, so that processes that share the file do not mix their lines.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    line = json.dumps(
        {
            "rule": rule.id,
            "title": rule.title,
            "severity": rule.severity,
            "level": level,
            "controls": rule.controls.labels(),
            "verdict": verdict,
            "urn": violation.resource.urn,
            "property": violation.property,
            "message": violation.what,
            "fix": rule.fix,
            "stack": run.stack,
            "phase": "preview" if run.preview else "update",
        }
    )
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)
