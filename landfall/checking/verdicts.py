"""Convert results of the pack, the engine and the settings' checks to findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from landfall.checking.preview import Preview, Told
from landfall.problems import Problem
from landfall.reports import Finding
from landfall.rules import Severity

SETTINGS: Final = "LF-SET-001"
SETTINGS_TITLE: Final = "the stack file describes a landing zone"
FOREIGN: Final = "POLICY"

_RULE: Final = re.compile(r"\[([A-Z]+(?:-[A-Z0-9]+)+)\]")


def of_settings(stack: str, problems: Iterable[Problem]) -> Iterator[Finding]:
    """Yield the mistakes of a stack file as mandatory findings."""
    for problem in problems:
        yield Finding(
            rule=problem.rule or SETTINGS,
            level="mandatory",
            severity=Severity.HIGH,
            message=problem.what,
            fix=problem.fix,
            title=SETTINGS_TITLE,
            path=problem.path,
            location=problem.location,
            stack=stack,
            id=problem.id,
        )


def of_preview(preview: Preview) -> Iterator[Finding]:
    """Yield the pack's findings, and the engine's messages about other policies."""
    written = set()
    for line in preview.lines:
        written.add(line["rule"])
        yield _of_line(line, preview.stack)
    for told in preview.told:
        found = _RULE.search(told.message)
        if found and found[1] in written:
            continue
        if told.level == "mandatory":
            yield _of_engine(told, preview.stack)


def _of_line(line: Mapping[str, Any], stack: str) -> Finding:
    return Finding(
        rule=line["rule"],
        level="mandatory" if line["level"] == "mandatory" else "advisory",
        severity=Severity(line["severity"]),
        message=line["message"],
        fix=line["fix"],
        title=line["title"],
        subject=line["urn"],
        path=line["property"],
        controls=tuple(line["controls"]),
        stack=stack,
        verdict=line["verdict"],
    )


def _of_engine(told: Told, stack: str) -> Finding:
    """Return the finding of a policy that writes no findings file: another pack's or a crash."""
    return Finding(
        rule=FOREIGN,
        level="mandatory",
        severity=Severity.HIGH,
        message=told.message.strip(),
        title="a policy outside the pack passes",
        subject=told.urn,
        stack=stack,
    )
