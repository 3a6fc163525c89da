"""GitLab's Code Quality report, shown beside the changed lines of a merge request.

GitLab documentation: 'Code Quality', 'Code Quality report format'.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from landfall import printable
from landfall.reports import json_text
from landfall.reports.finding import Finding, Group, grouped
from landfall.reports.sarif import fingerprint
from landfall.rules import Severity

_SEVERITIES: Final[dict[Severity, str]] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.NOTE: "info",
}


def issues(findings: Iterable[Finding], *, nowhere: str) -> list[dict[str, Any]]:
    """Return the failing findings, one issue a line; `nowhere` is the file if one has no location.

    Waived and undecidable findings are omitted, because GitLab has no status for them.
    """
    failing = (finding for finding in findings if finding.verdict == "fail")
    return [_issue(group, nowhere) for group in grouped(failing)]


def text(findings: Iterable[Finding], *, nowhere: str) -> str:
    """Return `issues` as JSON text."""
    return json_text.written(issues(findings, nowhere=nowhere))


def _issue(group: Group, nowhere: str) -> dict[str, Any]:
    finding = group.finding
    place = finding.location
    path = f"{finding.path}: " if finding.path else ""
    told = " ".join(part for part in (f"{path}{finding.message}.", finding.fix) if part)
    return {
        "description": printable.one_line(told),
        "check_name": finding.rule,
        "fingerprint": fingerprint(finding),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": place.file if place else nowhere,
            # GitLab requires a line; use the first one if it is unknown.
            "lines": {"begin": place.line if place and place.line else 1},
        },
    }
