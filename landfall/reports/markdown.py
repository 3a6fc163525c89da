"""Reports for a comment on a pull request, in GitHub's and GitLab's Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from landfall.printable import code, markdown
from landfall.reports.finding import Finding, Group, grouped, ordered, short, verdict
from landfall.reports.sections import Entry, Section
from landfall.reports.text import MOST_SUBJECTS

MARKER: Final = "<!-- landfall:check -->"
"""The first line of a report, not rendered: CI uses it to find its earlier comment."""

MAX_CHARACTERS: Final = 60_000
"""GitHub's limit for a comment is 65,536."""

_MOST_ROWS: Final = 60
_MOST_CONTROLS: Final = 3
_TITLES: Final = {
    "mandatory": "Must change before this can be applied",
    "advisory": "Advice",
    "undecidable": "Checked during the update, when values are known",
    "waived": "Waived",
}


def render(
    findings: Iterable[Finding],
    sections: Sequence[Section] = (),
    *,
    heading: str = "Check",
    complete: bool = True,
) -> str:
    """Return a report, cut to the size of a comment. A cut report says so."""
    listed = ordered(findings)
    parts = [f"{MARKER}\n## {markdown(heading)} {markdown(verdict(listed, complete=complete))}"]
    for kind, title in _TITLES.items():
        of_kind = [finding for finding in listed if _kind(finding) == kind]
        if of_kind:
            folded = kind in ("undecidable", "waived")
            parts.append("\n".join(_findings(title, of_kind, folded=folded)))
    parts += ["\n".join(_section(section)) for section in sections]
    return _fitting(parts)


def _kind(finding: Finding) -> str:
    return finding.level if finding.verdict == "fail" else finding.verdict


def _fitting(parts: Sequence[str]) -> str:
    text = "\n\n".join(parts) + "\n"
    if len(text) <= MAX_CHARACTERS:
        return text
    kept: list[str] = []
    for line in text.splitlines():
        if sum(map(len, kept)) + len(kept) + len(line) > MAX_CHARACTERS:
            break
        kept.append(line)
    opened = sum(line.startswith("<details>") for line in kept)
    closed = sum(line == "</details>" for line in kept)
    kept += ["", *["</details>"] * (opened - closed), ""]
    kept.append("The rest does not fit into a comment; see the job's report.")
    return "\n".join(kept) + "\n"


def _findings(title: str, findings: Sequence[Finding], *, folded: bool) -> Iterator[str]:
    groups = grouped(findings)
    if folded:
        yield f"<details><summary>{title} ({len(groups)})</summary>\n"
    else:
        yield f"### {title} ({len(groups)})\n"
    yield "| severity | what | where | rule |"
    yield "|---|---|---|---|"
    yield from (_row(group) for group in groups[:_MOST_ROWS])
    if len(groups) > _MOST_ROWS:
        yield f"\nFor {len(groups) - _MOST_ROWS} more, see the job's report."
    if folded:
        yield "\n</details>"


def _row(group: Group) -> str:
    finding = group.finding
    path = f"{code(finding.path)} " if finding.path else ""
    what = f"{path}{markdown(finding.message)}"
    if finding.fix:
        what += f"<br>{markdown(finding.fix)}"
    where = [code(str(finding.location))] if finding.location else []
    where += [code(short(subject)) for subject in group.subjects[:MOST_SUBJECTS]]
    if len(group.subjects) > MOST_SUBJECTS:
        where.append(f"and {len(group.subjects) - MOST_SUBJECTS} more")
    if finding.untraced:
        where.append(f"<sub>{markdown(finding.untraced)}</sub>")
    named = ", ".join(finding.controls[:_MOST_CONTROLS])
    more = ", …" if len(finding.controls) > _MOST_CONTROLS else ""
    controls = f"<br><sub>{markdown(named)}{more}</sub>" if named else ""
    rule = f"{code(finding.rule)}{controls}"
    return f"| {finding.severity} | {what} | {'<br>'.join(where)} | {rule} |"


def _section(section: Section) -> Iterator[str]:
    yield f"### {markdown(section.title)}\n"
    if section.summary:
        yield f"{markdown(section.summary)}\n"
    for entry in section.entries:
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    if entry.is_folded:
        yield f"\n<details><summary>{markdown(entry.title)}</summary>\n"
        yield from (f"- {markdown(line)}" for line in entry.lines)
        yield "\n</details>\n"
        return
    title = markdown(entry.title)
    yield f"- **{title}**" if entry.lines else f"- {title}"
    yield from (f"  - {markdown(line)}" for line in entry.lines)
