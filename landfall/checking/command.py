"""The steps of `landfall check`: preview the stacks, collect findings, write the reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from landfall import stack_files
from landfall.checking import base, preview, tracing, verdicts, workspace
from landfall.checking.access import section
from landfall.checking.base import Base
from landfall.checking.preview import Preview
from landfall.checking.workspace import Workspace
from landfall.problems import Location, Problem, ProblemsError, refuse
from landfall.reports import Entry, Finding, Section, codequality, json_text, markdown, sarif, text
from landfall.settings import Stack
from landfall.settings.source import Locations

_BY_ENDING: Final = {
    ".codequality.json": "codequality",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".txt": "text",
}

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """The stacks to check in the project at `checkout`, and the reports to write.

    `base` is the commit to compare access with; empty for none.
    """

    checkout: Path
    stacks: tuple[str, ...]
    format: str = "text"
    outputs: tuple[Path, ...] = ()
    base: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One stack, its findings, and its access section."""

    stack: str
    findings: tuple[Finding, ...]
    access: Section | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished check: its findings, its report sections, and its problems."""

    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]
    nowhere: str

    @property
    def refused(self) -> bool:
        """Whether a finding blocks the change."""
        return any(finding.fails for finding in self.findings)

    def written(self, format: str) -> str:
        """Return the report as `text`, `markdown`, `sarif`, `json` or `codequality`."""
        complete = not self.problems
        if format == "sarif":
            failures = [str(problem) for problem in self.problems]
            return sarif.text(self.findings, nowhere=self.nowhere, failures=failures)
        if format == "codequality":
            return codequality.text(self.findings, nowhere=self.nowhere)
        if format == "json":
            return json_text.render(self.findings, self.sections, complete=complete)
        render = markdown.render if format == "markdown" else text.render
        return render(self.findings, self.sections, heading="Policies", complete=complete)


def run(request: Request, report: Report) -> Outcome:
    """Check the stacks in parallel, one per processor, and write the reports.

    Raises:
        ProblemsError: a stack file is missing, or a report cannot be written (status 2).

    """
    for stack in request.stacks:
        stack_files.path_of(stack, request.checkout)
    outcome = _checked(request, report)
    for file in request.outputs:
        _write(file, outcome.written(_format(file) or request.format))
    return outcome


def _checked(request: Request, report: Report) -> Outcome:
    with workspace.opened(request.checkout, report) as room:
        before = base.at(room, request.base) if request.base else None
        workers = max(1, min(len(request.stacks), os.cpu_count() or 1))
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(lambda stack: check(room, stack, before), request.stacks))
    problems = tuple(problem for each in found for problem in each.problems)
    sections = [each.access for each in found if each.access]
    sections += [_unchecked(problems)] if problems else []
    return Outcome(
        tuple(finding for each in found for finding in each.findings),
        tuple(sections),
        problems,
        f"Pulumi.{request.stacks[0]}.yaml",
    )


def check(room: Workspace, stack: str, before: Base | None = None) -> Checked:
    """Check one stack. Problems of the machine or the program are in the result's `problems`."""
    try:
        settings, locations = stack_files.load_located(stack, room.checkout)
    except ProblemsError as error:
        return Checked(stack, tuple(verdicts.of_settings(stack, error.problems)))
    try:
        return _previewed(room, stack, settings, locations, before)
    except ProblemsError as error:
        return Checked(stack, (), problems=error.problems)


def _previewed(
    room: Workspace, stack: str, settings: Stack, locations: Locations, before: Base | None
) -> Checked:
    project = yaml.safe_load((room.checkout / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    room.prepare(stack, stack_files.path_of(stack, room.checkout), project)
    seen = preview.run(room, stack, room.checkout, room.checkout / "policies")
    tracer = tracing.tracer(settings, locations, seen.resources)
    found = tuple(tracer.traced(finding) for finding in verdicts.of_preview(seen))
    troubles = tuple(_troubles(seen))
    access = None if troubles else _access(stack, project, seen, before)
    return Checked(stack, found, access, troubles)


def _access(stack: str, project: str, seen: Preview, before: Base | None) -> Section:
    """Return the access section. Without a usable base, everything counts as new, with a reason."""
    if before is None:
        return section.of_stack(stack, seen.resources, None)
    try:
        old = before.preview(stack, project, seen)
    except ProblemsError:
        old = Preview(stack, errors=("the preview failed",))
    if old is None:
        return section.of_stack(stack, seen.resources, None, f"{before.label} has no such stack.")
    if old.errors:
        why = f"The preview of the stack at {before.label} failed."
        return section.of_stack(stack, seen.resources, None, why)
    return section.of_stack(stack, seen.resources, old.resources, before.label)


def _troubles(seen: Preview) -> list[Problem]:
    place = Location(f"Pulumi.{seen.stack}.yaml")
    what = f"the preview of {seen.stack} failed before the end of the program"
    problems = [Problem(f"{what}: {error}", location=place) for error in seen.errors]
    if not seen.packs and not problems:
        what = f"the engine previewed {seen.stack} without the policy pack"
        problems.append(Problem(what, "check that policies/ starts", location=place))
    return problems


def _unchecked(problems: Sequence[Problem]) -> Section:
    told = [replace(problem, fix="") for problem in problems]
    return Section(
        "problems",
        "Incomplete check",
        "The findings above are incomplete.",
        entries=tuple(Entry(str(problem)) for problem in told),
        data={"problems": [str(problem) for problem in told]},
    )


def _format(file: Path) -> str:
    """Return the format for a file name's suffix; empty for an unknown suffix."""
    return next((form for end, form in _BY_ENDING.items() if file.name.endswith(end)), "")


def _write(file: Path, content: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise refuse(f"cannot write {file}: {error.strerror}", "name another file") from None
