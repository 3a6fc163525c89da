"""One finding of the policy pack, the settings' checks or `landfall iam check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from landfall.problems import Location
from landfall.rules import Level, Severity, Verdict

GRAVE: Final = (Severity.CRITICAL, Severity.HIGH)
"""Advisory findings of these severities do not block, but need a review."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a subject, with its severity and fix.

    `rule` is a stable id and `title` the rule's requirement. `message` and `fix` never contain a
    secret. `subject` is a resource's URN, a file or a role. `path` is a place in the subject: a
    property, a statement, a setting. `location` is the line to change; without a line, `untraced`
    says why. `controls` include their framework, as in `CIS-5.0 1.16`. `verdict` is `fail`,
    `undecidable` or `waived`.
    """

    rule: str
    level: Level
    severity: Severity
    message: str
    fix: str = ""
    title: str = ""
    subject: str = ""
    path: str = ""
    location: Location | None = None
    untraced: str = ""
    controls: tuple[str, ...] = ()
    stack: str = ""
    verdict: Verdict = "fail"
    id: str = ""

    @property
    def fails(self) -> bool:
        """Whether it blocks the change."""
        return self.verdict == "fail" and self.level == "mandatory"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return unique findings, highest severity first, then by place."""
    return sorted(dict.fromkeys(findings), key=_key)


def _key(finding: Finding) -> tuple[object, ...]:
    place = finding.location or Location("")
    return (
        ("fail", "undecidable", "waived").index(finding.verdict),
        finding.level != "mandatory",
        finding.severity.rank,
        place.file,
        place.line,
        finding.rule,
        finding.subject,
        finding.path,
        finding.message,
        # The remaining fields make the order deterministic.
        finding.stack,
        finding.title,
        finding.fix,
        finding.untraced,
        place.column,
        finding.controls,
    )


def short(subject: str) -> str:
    """Return what identifies a subject to a reader: of a URN its type and name."""
    if not subject.startswith("urn:pulumi:"):
        return subject
    kind, _, name = subject.split("::", 2)[-1].rpartition("::")
    return f"{kind.rsplit('$', 1)[-1]} {name}"


@dataclass(frozen=True, slots=True)
class Group:
    """Findings with the same fix on the same line: equal except for the resource.

    `finding` is the first of them; `subjects` are the subjects of all of them.
    """

    finding: Finding
    subjects: tuple[str, ...]


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in order, grouped by their line."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(ordered(findings)):
        has_line = finding.location is not None and finding.location.line > 0
        alike = replace(finding, subject="") if has_line and finding.subject else number
        groups.setdefault(alike, []).append(finding)
    return [
        Group(members[0], tuple(each.subject for each in members if each.subject))
        for members in groups.values()
    ]


def counts(findings: Iterable[Finding]) -> Counter[str]:
    """Count findings as `mandatory`, `advisory`, `undecidable` and `waived`."""
    return Counter(
        finding.level if finding.verdict == "fail" else finding.verdict for finding in findings
    )


def verdict(findings: Sequence[Finding], *, complete: bool = True) -> str:
    """Return the overall result in one line; findings of one line count as one.

    An incomplete check has not passed; neither has one with advice of high severity.
    """
    told = counts(group.finding for group in grouped(findings))
    words = {
        "mandatory": "mandatory",
        "advisory": "advisory",
        "undecidable": "not decidable yet",
        "waived": "waived",
    }
    listed = ", ".join(f"{told[kind]} {word}" for kind, word in words.items() if told[kind])
    if told["mandatory"]:
        return f"refused: {listed}"
    if not complete:
        return f"incomplete: {listed or 'no findings'}"
    grave = graves(findings)
    return f"to be reviewed ({grave}): {listed}" if grave else f"passed: {listed or 'no findings'}"


def graves(findings: Iterable[Finding]) -> str:
    """Count critical and high advice, as in `2 high`; empty if there is none."""
    groups = [group.finding for group in grouped(findings)]
    found = Counter(each.severity for each in groups if each.verdict == "fail" and not each.fails)
    return ", ".join(f"{found[level]} {level}" for level in GRAVE if found[level])
