"""Reports for a terminal: one finding a paragraph, its place first, as compilers write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from landfall.reports.finding import Finding, ordered, verdict
from landfall.reports.printable import plain
from landfall.reports.sections import Section

_MARKS: Final = {"mandatory": "error", "advisory": "advice"}


def render(
    findings: Iterable[Finding], sections: Sequence[Section] = (), *, heading: str = "Check"
) -> str:
    """Return a report; its last line says what it comes to."""
    listed = ordered(findings)
    paragraphs = ["\n".join(_finding(finding)) for finding in listed]
    paragraphs += ["\n".join(_section(section)) for section in sections]
    return "\n\n".join([*paragraphs, f"{heading} {verdict(listed)}"]) + "\n"


def _finding(finding: Finding) -> Iterator[str]:
    mark = finding.verdict if finding.verdict != "fail" else _MARKS[finding.level]
    place = f"{plain(str(finding.location))}: " if finding.location else ""
    path = f"{finding.path}: " if finding.path else ""
    head = f"{place}{mark} [{finding.rule}] {finding.severity}: "
    yield head + plain(f"{path}{finding.message}")
    if finding.subject:
        yield f"    on {plain(finding.subject)}"
    if finding.fix:
        yield f"    {plain(finding.fix)}"
    if finding.untraced:
        yield f"    {plain(finding.untraced)}"
    if finding.controls:
        yield f"    {', '.join(finding.controls)}"


def _section(section: Section) -> Iterator[str]:
    yield section.title
    if section.summary:
        yield f"  {plain(section.summary)}"
    for entry in section.entries:
        yield f"  {plain(entry.title)}"
        yield from (f"    {plain(line)}" for line in entry.lines)
