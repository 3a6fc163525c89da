"""One finding, whoever found it: the policy pack, the settings' checks or `landfall iam check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from landfall.problems import Location
from landfall.rules import Level, Severity, Verdict

GRAVE: Final = (Severity.CRITICAL, Severity.HIGH)
"""Advice of these severities stops nothing, but has not passed either."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with what, how grave it is, and what to do.

    `rule` is a stable id and `title` what that rule demands. `message` and `fix` never quote a
    secret. `subject` is what the finding is about: a resource's URN, a file, a role. `path` is the
    place in it: a property, a statement, a setting. `location` is the line to change; where it has
    no line, `untraced` says why. `controls` are named with their framework, as in `CIS-5.0 1.16`.
    `verdict` tells what fails from what cannot be decided yet and from what is excused.
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

    @property
    def fails(self) -> bool:
        """Whether it stops the change."""
        return self.verdict == "fail" and self.level == "mandatory"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the gravest first, then by place; each once."""
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
        # What is left makes the order the same however the findings come.
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
    """Findings that one change of one line mends: alike in all but the resource.

    `finding` is the first of them; `subjects` are what all of them are about.
    """

    finding: Finding
    subjects: tuple[str, ...]


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in order, those put together that have their line in common."""
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
    """Say in one line what findings come to; those of one line count as one.

    What was not judged to the end has not passed, nor has what is grave and yet stops nothing.
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
        return f"not judged to the end: {listed or 'no findings'}"
    grave = graves(findings)
    return f"to be reviewed ({grave}): {listed}" if grave else f"passed: {listed or 'no findings'}"


def graves(findings: Iterable[Finding]) -> str:
    """Count the advice that is critical or high, as in `2 high`; empty where there is none."""
    groups = [group.finding for group in grouped(findings)]
    found = Counter(each.severity for each in groups if each.verdict == "fail" and not each.fails)
    return ", ".join(f"{found[level]} {level}" for level in GRAVE if found[level])
