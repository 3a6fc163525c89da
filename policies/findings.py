"""Findings as JSON lines, in the file that `LANDFALL_FINDINGS` names; for reports and summaries."""

from __future__ import annotations

import json
import os

from policies.rules import Rule
from policies.values import Resource

VARIABLE = "LANDFALL_FINDINGS"


def write(rule: Rule, verdict: str, resource: Resource, property: str, what: str = "") -> None:
    """Append one finding; `verdict` is `fail` or `undecidable`. No value of a property is written.

    One line in one write, so that processes that share the file do not mix their lines.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    line = json.dumps(
        {
            "rule": rule.id,
            "verdict": verdict,
            "level": rule.level,
            "severity": rule.severity,
            "controls": list(rule.controls),
            "urn": resource.urn,
            "property": property,
            "what": what,
            "fix": rule.fix,
        }
    )
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(line + "\n")
