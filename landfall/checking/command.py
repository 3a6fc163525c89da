"""What `landfall check` does: preview the stacks, gather what is found, write the reports."""

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
    """What to check: stacks of the project in `checkout`, and how and where to report it.

    `base` names a commit with which access is compared; empty where there is none.
    """

    checkout: Path
    stacks: tuple[str, ...]
    format: str = "text"
    outputs: tuple[Path, ...] = ()
    base: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One stack, what was found, and what is told of its access."""

    stack: str
    findings: tuple[Finding, ...]
    access: Section | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check that came to an end: its findings, what else is reported, and what went wrong."""

    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]
    nowhere: str

    @property
    def refused(self) -> bool:
        """Whether a finding stops the change."""
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
    """Check the stacks, side by side as the machine has processors, and write the reports.

    Raises:
        ProblemsError: a stack file does not exist, or a report cannot be written (status 2).

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
    """Check one stack; what is wrong with the machine or the program is among its problems."""
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
    """Return what is told of access; what cannot be compared counts as new, and that is said."""
    if before is None:
        return section.of_stack(stack, seen.resources, None)
    try:
        old = before.preview(stack, project, seen)
    except ProblemsError:
        old = Preview(stack, errors=("it could not be previewed",))
    if old is None:
        return section.of_stack(stack, seen.resources, None, f"{before.label} has no such stack.")
    if old.errors:
        why = f"The stack could not be previewed as it is at {before.label}."
        return section.of_stack(stack, seen.resources, None, why)
    return section.of_stack(stack, seen.resources, old.resources, before.label)


def _troubles(seen: Preview) -> list[Problem]:
    place = Location(f"Pulumi.{seen.stack}.yaml")
    what = f"the preview of {seen.stack} did not see the whole program"
    problems = [Problem(f"{what}: {error}", location=place) for error in seen.errors]
    if not seen.packs and not problems:
        what = f"the engine previewed {seen.stack} without the policy pack"
        problems.append(Problem(what, "see that policies/ can be started", location=place))
    return problems


def _unchecked(problems: Sequence[Problem]) -> Section:
    told = [replace(problem, fix="") for problem in problems]
    return Section(
        "problems",
        "Not checked to the end",
        "What stands above is not all that there is to find.",
        entries=tuple(Entry(str(problem)) for problem in told),
        data={"problems": [str(problem) for problem in told]},
    )


def _format(file: Path) -> str:
    """Return the format that a file's name asks for; empty where it asks for none."""
    return next((form for end, form in _BY_ENDING.items() if file.name.endswith(end)), "")


def _write(file: Path, content: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise refuse(f"{file} cannot be written: {error.strerror}", "name another file") from None
