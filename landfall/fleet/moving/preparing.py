"""Build the states of a stack that is cut otherwise, on a copy, and preview each of them there.

A preview against an empty state shows what the program of each part registers. The new state of the
part has these resources; a preview against it must show no change. Neither the backend nor AWS is
written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from landfall.blueprint import parts
from landfall.blueprint.parts import Part
from landfall.engine import event_log, running
from landfall.engine.events import STACK_TYPE, Ended, Moved, records, steps
from landfall.fleet.choosing import label
from landfall.fleet.engines import Engines
from landfall.fleet.moving import resources, states
from landfall.fleet.moving.resources import Resource
from landfall.fleet.moving.states import Exported
from landfall.problems import Problem, ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Copy
from landfall.recovery.creations import is_unknown
from landfall.settings.stack import Stack

_STASH: Final = "pulumi:index:Stash"
_ACCOUNTS: Final = "accounts"
_HIDDEN: Final = "[secret]"
_MOST: Final = 20

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The new states by Pulumi stack, with their parts; that of the foundation is the last one."""

    parts: Mapping[str, Part]
    states: Mapping[str, Exported] = field(hash=False)

    def lines(self) -> Iterator[str]:
        """Yield what each stack will have."""
        for name, part in self.parts.items():
            count = len(states.resources(self.states[name]))
            yield f"{label(part)} ({name}): {count} resources, the preview shows no change"


def prepare(
    settings: Stack, sources: Mapping[str, Exported], engines: Engines, report: Report
) -> Prepared:
    """Return the states of the parts of a stack, from all its earlier states.

    Raises:
        ProblemsError: a preview failed or shows a change, or a resource belongs to no part.

    """
    arguments = (settings, engines.checkout, engines.pulumi, "", engines.environment)
    with copies.scratch(*arguments) as copy:
        return _Preparing(copy, sources, report).prepared()


class _Preparing:
    """The states under construction, in the backend of a copy."""

    def __init__(self, copy: Copy, sources: Mapping[str, Exported], report: Report) -> None:
        self._copy, self._report = copy, report
        self._stack = copy.settings
        self._base = sources[self._stack.name]
        self._sources = {name: states.resources(each) for name, each in sources.items()}
        self._taken: set[str] = set()
        self._file = str(copy.stack_file())

    def prepared(self) -> Prepared:
        """Return the new states."""
        found: dict[str, Exported] = {}
        by_name: dict[str, Part] = {}
        for part in parts.parts(self._stack):
            name = part.stack_of(self._stack.name)
            by_name[name], found[name] = part, self._state(part, name)
        if unknown := list(resources.left(self._sources, self._taken)):
            raise _listed(
                "no part of the stack registers these resources",
                unknown,
                "apply the settings as they were first, or remove them from the state",
            )
        foundation = self._stack.name
        found[foundation] = found.pop(foundation)
        by_name[foundation] = by_name.pop(foundation)
        return Prepared(by_name, found)

    def _state(self, part: Part, name: str) -> Exported:
        """Return the new state of a part, after a preview that shows no change."""
        self._report(f"{label(part)}: previewing what it has")
        self._run("stack", "init", name, "--no-select")
        wanted = resources.registered(self._preview(name))
        placed = resources.place(self._sources, wanted, self._root())
        if placed.problems:
            raise _listed(
                f"the program registers in stack {name}, but no state has exactly one",
                list(placed.problems),
                "apply the stack as it is first, then change how it is cut",
            )
        self._taken |= placed.taken
        new = [self._recorded(each) for each in placed.resources]
        self._write(name, new)
        self._report(f"{label(part)}: previewing its {len(new)} resources in the new state")
        events = self._preview(name)
        self._require_same(name, events)
        self._write(name, [self._with_outputs(each, events) for each in new])
        exported: Exported = json.loads(self._run("stack", "export", "--stack", name))
        return exported

    def _root(self) -> Resource:
        roots = [each for each in states.resources(self._base) if each["type"] == STACK_TYPE]
        return roots[0]

    def _recorded(self, resource: Resource) -> Resource:
        """Return the record of accounts with the slices of the settings; others unchanged."""
        name = resource["urn"].rpartition("::")[2]
        if (resource["type"], name) != (_STASH, _ACCOUNTS):
            return resource
        changed = {"input": parts.recorded(self._stack, resource["inputs"]["input"])}
        outputs = {**resource.get("outputs", {}), **changed}
        return {**resource, "inputs": {**resource["inputs"], **changed}, "outputs": outputs}

    def _with_outputs(self, resource: Resource, events: Sequence[Mapping[str, Any]]) -> Resource:
        """Return the resource of the stack with the outputs of its preview; others unchanged."""
        if resource["type"] != STACK_TYPE:
            return resource
        earlier = self._root().get("outputs") or {}
        own = [each.new for each in steps(events, "done") if each.type == STACK_TYPE]
        now = (own[-1].get("outputs") if own else None) or {}
        shown = {key: value for key, value in now.items() if not _hidden(value)}
        kept = {key: value for key, value in earlier.items() if key in now}
        return {**resource, "outputs": {**kept, **shown}}

    def _require_same(self, stack: str, events: Sequence[Mapping[str, Any]]) -> None:
        changes = {
            f"{each.step.name} ({each.step.type}): {each.step.operation}"
            for each in records(events)
            if isinstance(each, Moved) and each.phase == "begun" and each.step.changes
        }
        if changes:
            raise _listed(
                f"the preview of stack {stack} would not be empty",
                sorted(changes),
                "apply the stack as it is first, then change how it is cut",
            )

    def _preview(self, stack: str) -> list[Mapping[str, Any]]:
        log = self._copy.folder / "events.jsonl"
        done = self._copy.run(
            *("preview", "--stack", stack, "--suppress-outputs", *event_log.option(log)),
            cwd=self._copy.checkout,
            PULUMI_OPTION_CONFIG_FILE=self._file,
        )
        events = event_log.take(log)
        if problems := copies.errors(events, self._stack.name):
            raise ProblemsError(problems, exit_status=2)
        if done.returncode or not any(isinstance(each, Ended) for each in records(events)):
            raise refuse(f"the preview of stack {stack} failed", running.said(done)[-400:])
        return events

    def _write(self, stack: str, new: list[Resource]) -> None:
        exported = json.dumps(states.with_resources(self._base, new))
        self._run("stack", "import", "--stack", stack, given=exported)

    def _run(self, *arguments: str, given: str | None = None) -> str:
        done = self._copy.run(*arguments, given=given)
        if done.returncode:
            what = f"`pulumi {' '.join(arguments[:2])}` failed on the copy"
            raise refuse(what, copies.shortened(running.said(done)))
        return done.stdout


def _hidden(value: Any) -> bool:
    """Return whether a preview does not show a value: a secret, or known after an update only."""
    return _HIDDEN in json.dumps(value) or is_unknown(value)


def _listed(what: str, found: Sequence[str], fix: str) -> ProblemsError:
    shown = found[:_MOST]
    more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return ProblemsError([Problem(f"{what}: {'; '.join([*shown, *more])}", fix)])
