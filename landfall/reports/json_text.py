"""Reports for programs: one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from landfall.reports.finding import Finding, counts, ordered
from landfall.reports.sections import Section


def value(
    findings: Iterable[Finding], sections: Sequence[Section] = (), *, complete: bool = True
) -> dict[str, Any]:
    """Return `passed`, `counts` and `findings`, and each section's data under its key."""
    listed = ordered(findings)
    return {
        "passed": complete and not any(finding.fails for finding in listed),
        "counts": dict(counts(listed)),
        "findings": [of_finding(finding) for finding in listed],
        **{section.key: section.data for section in sections},
    }


def render(
    findings: Iterable[Finding], sections: Sequence[Section] = (), *, complete: bool = True
) -> str:
    """Return `value` as text."""
    return written(value(findings, sections, complete=complete))


def written(value: Any) -> str:
    """Return a value as JSON text that can be encoded as UTF-8, whatever its strings hold."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    # A lone surrogate, which JSON input can carry, becomes its own escape.
    return text.encode(errors="backslashreplace").decode()


def of_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values, without empty fields."""
    place = finding.location
    fields: dict[str, Any] = {
        "rule": finding.rule,
        "title": finding.title,
        "level": finding.level,
        "severity": finding.severity,
        "verdict": finding.verdict,
        "message": finding.message,
        "fix": finding.fix,
        "stack": finding.stack,
        "subject": finding.subject,
        "path": finding.path,
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
        "untraced": finding.untraced,
        "controls": list(finding.controls),
        "id": finding.id,
    }
    return {key: item for key, item in fields.items() if item}
