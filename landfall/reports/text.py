"""Reports for a terminal: one paragraph a finding, with the location first, like a compiler."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from landfall.printable import one_line
from landfall.reports.finding import Finding, Group, grouped, ordered, short, verdict
from landfall.reports.sections import Section

MOST_SUBJECTS: Final = 3
"""The most resources to list for one finding."""

MOST_HEADLINES: Final = 5
"""The most non-blocking findings to show next to other output."""

_MARKS: Final = {"mandatory": "error", "advisory": "advice"}


def render(
    findings: Iterable[Finding],
    sections: Sequence[Section] = (),
    *,
    heading: str = "Check",
    complete: bool = True,
) -> str:
    """Return a report; its last line is the overall result."""
    listed = ordered(findings)
    paragraphs = ["\n".join(_group(group)) for group in grouped(listed)]
    paragraphs += ["\n".join(_section(section)) for section in sections]
    return "\n\n".join([*paragraphs, f"{heading} {verdict(listed, complete=complete)}"]) + "\n"


def paragraphs(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines of the findings, in order, each with its fix."""
    for group in grouped(findings):
        yield from _group(group)


def headlines(findings: Iterable[Finding], most: int = MOST_HEADLINES) -> Iterator[str]:
    """Yield one line for each of the first findings, and the number of the rest."""
    groups = grouped(findings)
    for group in groups[:most]:
        yield next(_group(group))
    if len(groups) > most:
        yield f"and {len(groups) - most} more; to see all: landfall check"


def _group(group: Group) -> Iterator[str]:
    finding = group.finding
    mark = finding.verdict if finding.verdict != "fail" else _MARKS[finding.level]
    place = f"{one_line(str(finding.location))}: " if finding.location else ""
    path = f"{finding.path}: " if finding.path else ""
    head = f"{place}{mark} [{finding.rule}] {finding.severity}: "
    yield head + one_line(f"{path}{finding.message}")
    for subject in group.subjects[:MOST_SUBJECTS]:
        yield f"    on {one_line(short(subject))}"
    if len(group.subjects) > MOST_SUBJECTS:
        yield f"    and {len(group.subjects) - MOST_SUBJECTS} more resources"
    if finding.fix:
        yield f"    {one_line(finding.fix)}"
    if finding.untraced:
        yield f"    {one_line(finding.untraced)}"
    if finding.controls:
        yield f"    {', '.join(finding.controls)}"


def _section(section: Section) -> Iterator[str]:
    yield section.title
    if section.summary:
        yield f"  {one_line(section.summary)}"
    for entry in section.entries:
        yield f"  {one_line(entry.title)}"
        yield from (f"    {one_line(line)}" for line in entry.lines)
