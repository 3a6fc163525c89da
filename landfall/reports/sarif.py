"""SARIF 2.1.0 (OASIS, errata 01): the part that GitHub and GitLab code scanning read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from landfall.problems import Location
from landfall.reports import json_text
from landfall.reports.finding import Finding, Group, grouped, ordered
from landfall.rules import Severity

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# GitHub sorts alerts by it (GitHub: 'SARIF support for code scanning', security-severity).
_SCORES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
}


def log(
    findings: Iterable[Finding],
    *,
    tool: str = "landfall",
    version: str = "",
    nowhere: str = "",
    failures: Sequence[str] = (),
) -> dict[str, Any]:
    """Return findings as a SARIF log of one run.

    `nowhere` is the file for findings without a location; without it they have only a subject. A
    waived finding is a suppressed result. Findings of one line in several resources are one result.
    `failures` are the reasons for an incomplete check.
    """
    listed = ordered(findings)
    rules: dict[str, Finding] = {}
    for finding in listed:
        rules.setdefault(finding.rule, finding)
    ids = sorted(rules)
    driver: dict[str, Any] = {"name": tool}
    if version:
        driver["version"] = version
    driver["rules"] = [_rule(rules[id]) for id in ids]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(failures)],
        "results": [
            _result(group, ids.index(group.finding.rule), nowhere) for group in grouped(listed)
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def text(
    findings: Iterable[Finding],
    *,
    tool: str = "landfall",
    version: str = "",
    nowhere: str = "",
    failures: Sequence[str] = (),
) -> str:
    """Return `log` as JSON text."""
    written = log(findings, tool=tool, version=version, nowhere=nowhere, failures=failures)
    return json_text.written(written)


def _invocation(failures: Sequence[str]) -> dict[str, Any]:
    if not failures:
        return {"executionSuccessful": True}
    told = [{"level": "error", "message": {"text": failure}} for failure in failures]
    return {"executionSuccessful": False, "toolExecutionNotifications": told}


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": finding.title or finding.rule},
        "defaultConfiguration": {"level": _level(finding)},
    }
    if finding.fix:
        rule["help"] = {"text": finding.fix}
    properties: dict[str, Any] = {"tags": ["security", *finding.controls]}
    if finding.severity in _SCORES:
        properties["security-severity"] = _SCORES[finding.severity]
    return {**rule, "properties": properties}


def _result(group: Group, index: int, nowhere: str) -> dict[str, Any]:
    finding = group.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "message": {"text": _message(group)},
        "partialFingerprints": {"landfallFinding/v1": fingerprint(finding)},
    }
    if finding.verdict == "undecidable":
        # Only failing results have a level (SARIF 2.1.0, 3.27.10).
        result |= {"kind": "open", "level": "none"}
    else:
        result |= {"kind": "fail", "level": _level(finding)}
    location = _location(group, nowhere)
    if location:
        result["locations"] = [location]
    if finding.verdict == "waived":
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": "a reviewed waiver"}
        ]
    properties = {"level": finding.level, "severity": finding.severity, "stack": finding.stack}
    result["properties"] = {key: value for key, value in properties.items() if value}
    return result


def _message(group: Group) -> str:
    finding = group.finding
    place = f"{finding.path}: " if finding.path else ""
    told = f"{place}{finding.message}"
    if finding.fix:
        told += f"{'' if told.endswith('.') else '.'} {finding.fix}"
    if len(group.subjects) > 1:
        told += f" ({len(group.subjects)} resources)"
    if finding.untraced:
        told += f" ({finding.untraced})"
    return told


def _level(finding: Finding) -> str:
    if finding.level == "mandatory":
        return "error"
    return "note" if finding.severity in ("low", "note") else "warning"


def _location(group: Group, nowhere: str) -> dict[str, Any]:
    location: dict[str, Any] = {}
    place = group.finding.location or (Location(nowhere) if nowhere else None)
    if place:
        location["physicalLocation"] = _physical(place)
    if group.subjects:
        location["logicalLocations"] = [
            {
                "name": subject.rsplit("::", 1)[-1],
                "fullyQualifiedName": subject,
                "kind": "resource",
            }
            for subject in group.subjects
        ]
    return location


def _physical(place: Location) -> dict[str, Any]:
    # A colon in the first segment would be read as a scheme (RFC 3986, 4.2).
    uri = quote(place.file.replace("\\", "/"), safe="/", errors="replace")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if not place.file.startswith("/"):
        physical["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
    if place.line:
        region = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        physical["region"] = region
    return physical


def fingerprint(finding: Finding) -> str:
    """Return a hash that does not change when lines move, so that an alert keeps its identity."""
    file = finding.location.file if finding.location else ""
    subject = finding.subject or file
    parts = (finding.rule, finding.stack, subject, finding.path, finding.message)
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]
