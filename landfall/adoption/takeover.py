"""The steps of `landfall takeover`: find what accounts already have, and write its import ids.

The search is that of `landfall recover`: a preview lists what the program would create, and each
type has a look-up in AWS. The ids then go to the stack file, so that the engine imports these
resources in its next run, and every preview shows it. A second preview, on a copy of the state,
proves that the imports replace nothing. AWS and the state stay unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from landfall import stack_files
from landfall.adoption import editing, stack_file
from landfall.adoption.editing import Existing
from landfall.engine import event_log
from landfall.engine.events import Step, kind_of, steps
from landfall.problems import Problem, ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Report
from landfall.recovery import recovering
from landfall.recovery.settling import Settled
from landfall.settings import Stack, keys

_VALUE: Final = 100  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Takeover:
    """Resources of `stack` that are `found` in AWS, and the import ids of all that exist.

    `updated` are the URNs of those that the next run changes after the import.
    """

    stack: str
    found: tuple[Settled, ...]
    existing: Existing
    updated: frozenset[str]

    def lines(self) -> Iterator[str]:
        """Yield what the next run imports."""
        yield f"In AWS already. The next run imports {len(self.found)} and creates none of them:"
        for each in self.found:
            changed = ", then changes it" if each.urn in self.updated else ""
            yield f"  {kind_of(each.type)} {each.name}: {each.id}{changed}"


def look(stack: str, checkout: Path, report: Report) -> Takeover:
    """Return the resources that the program would create and that are in AWS. Changes nothing.

    Raises:
        ProblemsError: the settings are invalid (status 1); the search failed, or an import would
            replace a resource (2).

    """
    settings = stack_files.load(stack, checkout)
    lacking = recovering.look(stack, checkout, report)
    if lacking.interrupted:
        what = f"the state of stack {stack} has {len(lacking.interrupted)} interrupted operations"
        raise refuse(what, f"finish them first: landfall recover -s {stack}")
    if not lacking.found:
        return Takeover(stack, (), settings.adopted.existing, frozenset())
    existing = merged(settings, lacking.found)
    report(f"Previewing the import of {len(lacking.found)} resources.")
    updated = _preview(stack, checkout, existing, lacking.found, report)
    return Takeover(stack, lacking.found, existing, updated)


def write(takeover: Takeover, checkout: Path) -> str:
    """Write the import ids to the stack file, and return the name of the file.

    Raises:
        ProblemsError: the file cannot be edited; the error has the text to insert (status 2).

    """
    path = stack_files.path_of(takeover.stack, checkout)
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = file.read()
    stack_file.write(path, editing.with_existing(text, takeover.existing, path.name))
    return path.name


def merged(settings: Stack, found: Iterable[Settled]) -> Existing:
    """Return the import ids of the settings and of the resources found, in a stable order."""
    ids = {kind: dict(names) for kind, names in settings.adopted.existing.items()}
    for each in found:
        ids.setdefault(each.type, {})[each.name] = _import_id(each, settings.region)
    return {kind: dict(sorted(ids[kind].items())) for kind in sorted(ids)}


def _import_id(settled: Settled, home: str) -> str:
    """Return an import id; outside the provider's region, it ends in the region.

    https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/
    """
    region = settled.resource.get("inputs", {}).get("region")
    return settled.id if region in (None, home) else f"{settled.id}@{region}"


def _preview(
    stack: str, checkout: Path, existing: Existing, found: Iterable[Settled], report: Report
) -> frozenset[str]:
    """Preview with the import ids; return the URNs that are updated after their import."""
    wanted = {each.urn: each for each in found}
    with copies.opened(stack, checkout, "", report, empty=True) as copy:
        file, log = copy.stack_file(), copy.folder / "events.jsonl"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        adopted = content["config"].setdefault(keys.ADOPTED, {})
        adopted["existing"] = {kind: dict(ids) for kind, ids in existing.items()}
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        copy.run(
            *("preview", "--stack", stack, *event_log.option(log)),
            cwd=checkout,
            PULUMI_OPTION_CONFIG_FILE=str(file),
        )
        events = event_log.take(log)
    done = [step for step in steps(events, "begun") if step.urn in wanted]
    replaced = {step.urn: step for step in done if step.replaces}
    if replaced:
        raise ProblemsError(
            [_replaces(wanted[urn], step) for urn, step in replaced.items()], exit_status=2
        )
    if problems := copies.errors(events, stack):
        raise ProblemsError(problems, exit_status=2)
    imported = {step.urn for step in done if step.operation == "import"}
    if missing := wanted.keys() - imported:
        what = [f"the engine would not import {wanted[urn].name}" for urn in sorted(missing)]
        raise ProblemsError([Problem(each) for each in what], exit_status=2)
    return frozenset(step.urn for step in done if step.operation == "update")


def _replaces(settled: Settled, step: Step) -> Problem:
    """Return the problem of an import that would replace the resource in AWS."""
    before, after = _inputs(step.old), _inputs(step.new)
    changes = [
        f"{key} {_shown(before.get(key))} to {_shown(after.get(key))}" for key in step.replaces
    ]
    return Problem(
        f"{settled.name}: AWS has {settled.id}, and cannot change its {', '.join(changes)}",
        "write settings that equal AWS's, or delete it in AWS first",
    )


def _inputs(state: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = state.get("inputs") or {}
    return found


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _VALUE else f"{text[:_VALUE]}…"
