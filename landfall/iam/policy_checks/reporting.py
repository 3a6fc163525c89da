"""Findings of the analysis in the form of the project's reports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from landfall import reports
from landfall.iam.effective_access import Hold
from landfall.iam.policy_checks.checking import Report
from landfall.iam.policy_checks.findings import REGISTRY, Finding
from landfall.problems import Location
from landfall.reports import Entry, Section
from landfall.rules import Severity

# The lines on which the statements of each file begin.
Lines = Mapping[str, Sequence[int]]

_PLACE: Final = re.compile(r"Statement\[(\d+)\]")


def findings(report: Report, lines: Lines, least: Severity | None = None) -> list[reports.Finding]:
    """Return the findings; those at least as grave as `least` are mandatory."""
    return [_finding(one, lines, least) for one in report.findings]


def _finding(one: Finding, lines: Lines, least: Severity | None) -> reports.Finding:
    rule = REGISTRY.find(one.rule)
    place = _PLACE.match(one.path)
    among = lines.get(one.policy, ())
    line = among[int(place[1])] if place and int(place[1]) < len(among) else 0
    label = "" if one.path.startswith(one.statement) else f" ({one.statement})"
    return reports.Finding(
        rule=one.rule,
        level="mandatory" if least and one.severity.rank <= least.rank else "advisory",
        severity=one.severity,
        message=one.message,
        fix=one.fix,
        title=rule.title if rule else "",
        path=f"{one.path}{label}",
        location=Location(one.policy, line) if one.policy else None,
    )


_GAINS: Final = {
    "policy": "changes its own permissions",
    "boundary": "changes its own boundary",
    "credentials": "gets the credentials of another user",
    "assume-role": "becomes another role",
    "pass-role": "starts a resource with a role of its choice",
    "existing-role": "runs its code in a resource that has a role",
}


def sections(report: Report, *, proof: bool = False) -> list[Section]:
    """Return sections for escalations (with statements if `proof`) and for the role's entrances."""
    found = []
    if report.escalations:
        entries = [
            Entry(
                f"{one.path}{'' if one.hold is Hold.YES else ' (perhaps)'}: the identity "
                f"{_GAINS.get(one.kind, 'gains permissions')} with {' + '.join(one.actions)}",
                one.proof if proof else (),
            )
            for one in report.escalations
        ]
        hint = "" if proof else "--proof shows which statement gives each action."
        found.append(Section("escalations", "Escalations", hint, entries=tuple(entries)))
    if report.entrances:
        ways = [
            Entry(
                f"{one.who}{' (open to external principals)' if one.is_open else ''}",
                one.conditions,
            )
            for one in report.entrances
        ]
        found.append(Section("entrances", "Who can assume the role", entries=tuple(ways)))
    return found
