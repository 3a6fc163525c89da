"""A rehearsal as a page of HTML: one file without scripts, for a mail or a job of CI. Pure.

Every figure of the picture stands in the table beside it, and every result is a word, so that the
page can be read without seeing bars or colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from landfall.printable import colourless, escaped
from landfall.rehearsal import timeline
from landfall.rehearsal.course import Course, Ended, Entry

_STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --paper: #ffffff; --field: #f6f8fa; --good: #1a7f37; --bad: #cf222e; --back: #8250df }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d;
  --paper: #0d1117; --field: #161b22; --good: #3fb950; --bad: #ff7b72; --back: #bc8cff } }
* { box-sizing: border-box }
body { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 .5rem } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem }
p { margin: .25rem 0 } code, pre { font: .875rem/1.5 ui-monospace, monospace }
pre { background: var(--field); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto;
  padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
caption { color: var(--soft); text-align: left }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left;
  vertical-align: top }
th { font-weight: 600 } td.number, th.number { text-align: right; white-space: nowrap }
td.picture, th.picture { min-width: 16rem; width: 40% }
.good { color: var(--good) } .bad { color: var(--bad) } .back { color: var(--back) }
.result { font-weight: 600 } .soft { color: var(--soft); font-weight: 400 }
.track { background: var(--field); border-radius: 3px; display: block; height: 1rem;
  margin-top: .25rem; position: relative }
.bar { background: currentColor; border-radius: 3px; display: block; height: 100%; min-width: 3px;
  position: absolute }
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was rehearsed, and when, as a text."""

    application: str
    stack: str
    when: str


def rendered(course: Course, accounts: Mapping[str, str], subject: Subject) -> str:
    """Return the page of a course that has ended; `accounts` are names of accounts by id."""
    title = f"Rehearsal of {subject.application} in {subject.stack}"
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(title)}</title>",
        f"<style>\n{_STYLE}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{_text(title)}</h1>",
        *_outcome(course),
        f'<p class="soft">{_text(subject.when)}</p>',
        "</header>",
        "<main>",
        *_live(course, accounts),
        *_failures(course, accounts),
        *_timeline(course),
        *_costs(course),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _outcome(course: Course) -> Iterator[str]:
    color, word = ("good", "Succeeded") if course.has_succeeded else ("bad", "Failed")
    own = course.now - timeline.busy(course)
    yield (
        f'<p><span class="result {color}">{word}</span> in {course.now:.1f} s, '
        f"of which {own:.1f} s outside of actions.</p>"
    )


def _live(course: Course, accounts: Mapping[str, str]) -> Iterator[str]:
    found = list(timeline.live(course))
    if not found:
        return
    yield "<section>"
    yield "<h2>What is live</h2>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="What is live"><table>'
    yield '<thead><tr><th scope="col">Account</th><th scope="col">Deployed</th></tr></thead>'
    yield "<tbody>"
    for account, what in found:
        name = _text(accounts.get(account, account))
        yield f'<tr><th scope="row">{name}</th><td>{_text(what)}</td></tr>'
    yield "</tbody></table></div>"
    yield "</section>"


def _failures(course: Course, accounts: Mapping[str, str]) -> Iterator[str]:
    failed = [each for each in course.entries if each.status == "Failed"]
    if not failed:
        return
    yield "<section>"
    yield "<h2>What failed, and why</h2>"
    for each in failed:
        code = f' <span class="soft">({_text(each.code)})</span>' if each.code else ""
        what = f"{each.pipeline}: {each.stage}, {timeline.action_name(each)}"
        yield f"<h3>{_text(what)}{code}</h3>"
        if each.message:
            # What was typed on lines stays on lines.
            yield f"<pre>{escape(_lines(each.message))}</pre>"
        if each.more:
            where = _text(timeline.where(each, accounts))
            yield f"<p>See more, {where}: <code>{_text(each.more)}</code></p>"
    yield "</section>"


def _timeline(course: Course) -> Iterator[str]:
    total = max((each.ended for each in course.entries), default=0.0)
    ends = {each.execution: each for each in course.ends}
    yield "<section>"
    yield "<h2>Timeline</h2>"
    for _, entries in groupby(course.entries, key=lambda each: each.execution):
        shown = [each for each in entries if not timeline.is_instant(each)]
        if shown:
            yield from _execution(shown, ends.get(shown[0].execution), total)
    yield "</section>"


def _execution(entries: list[Entry], end: Ended | None, total: float) -> Iterator[str]:
    heading = timeline.heading(entries[0])
    yield f"<h3>{_text(heading)}</h3>"
    if end is not None:
        yield _ended(end)
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{_text(heading)}"><table>'
    yield f"<caption>Actions that overlap ran side by side. The scale is {total:.0f} s.</caption>"
    columns = "".join(f'<th scope="col">{each}</th>' for each in ("Stage", "Action", "Result"))
    numbers = "".join(f'<th scope="col" class="number">{each}</th>' for each in ("From", "Took"))
    over = '<th scope="col" class="picture">Over time</th>'
    yield f"<thead><tr>{columns}{numbers}{over}</tr></thead>"
    yield "<tbody>"
    before = ""
    for each in entries:
        stage = "" if each.stage == before else _text(each.stage)
        before = each.stage
        yield f"<tr><td>{stage}</td>{_cells(each, total)}</tr>"
    yield "</tbody></table></div>"


def _ended(end: Ended) -> str:
    color = "bad" if end.status == "Failed" else "good"
    back = f", rolled back to {end.back_to[:13]}" if end.back_to else ""
    why = f": {end.why}" if end.why else ""
    return f'<p><span class="result {color}">{_text(end.status)}</span>{_text(back + why)}</p>'


def _cells(entry: Entry, total: float) -> str:
    color = _color(entry)
    word = "Not run" if entry.code == "NotRehearsed" else entry.status
    said = f'<br><span class="soft">{_text(entry.summary)}</span>' if entry.summary else ""
    took = entry.ended - entry.began
    scale = 100 / total if total else 0.0
    bar = f'style="left: {entry.began * scale:.2f}%; width: {took * scale:.2f}%"'
    return (
        f'<th scope="row">{_text(timeline.action_name(entry))}{said}</th>'
        f'<td><span class="result {color}">{_text(word)}</span></td>'
        f'<td class="number">{entry.began:.1f} s</td><td class="number">{took:.1f} s</td>'
        f'<td class="picture"><span class="track {color}" aria-hidden="true">'
        f'<span class="bar" {bar}></span></span></td>'
    )


def _color(entry: Entry) -> str:
    if entry.status == "Failed":
        return "bad"
    return "back" if entry.is_rollback else "good"


def _costs(course: Course) -> Iterator[str]:
    """Yield the seconds of each stage, which is what a change of a pipeline can save."""
    yield "<section>"
    yield "<h2>What it cost in time</h2>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Times"><table>'
    yield (
        '<thead><tr><th scope="col">Pipeline</th><th scope="col">Stage</th>'
        '<th scope="col" class="number">From first to last</th>'
        '<th scope="col" class="number">Sum of its actions</th></tr></thead>'
    )
    yield "<tbody>"
    for (_, stage), entries in groupby(course.entries, lambda each: (each.execution, each.stage)):
        found = list(entries)
        back = " (rollback)" if found[0].is_rollback else ""
        spent = max(each.ended for each in found) - min(each.began for each in found)
        actions = sum(each.ended - each.began for each in found if not each.is_condition)
        yield (
            f'<tr><td>{_text(found[0].pipeline)}</td><th scope="row">{_text(stage + back)}</th>'
            f'<td class="number">{spent:.1f} s</td><td class="number">{actions:.1f} s</td></tr>'
        )
    yield "</tbody></table></div>"
    yield "</section>"


def _lines(text: str) -> str:
    return "\n".join(colourless(each) for each in text.splitlines())


def _text(text: str) -> str:
    return escape(escaped(text))
