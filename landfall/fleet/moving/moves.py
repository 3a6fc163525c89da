"""Cut an applied stack, or join its parts, so that a kill at any step leaves a state to go on from.

The state of the foundation decides whether a stack is cut: it has the output `fleet` then. A split
writes the states of the other parts first and that of the foundation last. A join writes the state
of the foundation first, then empties and removes the others. So either one state has every
resource, or all parts are complete. Programs refuse to run in between: slices need the output
`fleet`, and a foundation refuses accounts that move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from landfall import stack_files
from landfall.blueprint import foundation_outputs, parts
from landfall.blueprint.parts import Part
from landfall.fleet.moving import record as records
from landfall.fleet.moving import states
from landfall.fleet.moving.preparing import Prepared
from landfall.fleet.moving.record import JOIN, SPLIT, Record
from landfall.fleet.moving.states import Exported, States
from landfall.problems import ProblemsError, refuse
from landfall.settings.stack import Stack

Report = Callable[[str], None]
Prepare = Callable[[Stack, Mapping[str, Exported]], Prepared]


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves the resources of `stack` in the backend of `states`; `record` is a file.

    `prepare` returns the new states, without writing the backend.
    """

    stack: Stack
    checkout: Path
    states: States
    prepare: Prepare
    record: Path
    report: Report

    def split(self, *, dry_run: bool = False) -> None:
        """Cut the stack as its settings say.

        Raises:
            ProblemsError: it cannot be cut; no resource has moved.

        """
        base, fleet = self.stack.name, self.stack.fleet
        if fleet is None:
            raise refuse(
                f"stack {base} has no landfall:fleet",
                f"write it in Pulumi.{base}.yaml first: it says how to cut the stack",
            )
        begun = records.read(self.record)
        sources = self._sources()
        cut = states.outputs(sources[base]).get(foundation_outputs.NAME)
        if cut is not None:
            self._require_cut_as_set(cut)
            self._end(f"Stack {base} is cut as its settings say.", dry_run)
            return
        self._require_own(sources, begun)
        prepared = self._prepared({base: sources[base]})
        if dry_run:
            return
        # The engine locks the state for a moment, and refuses if another run has locked it.
        self.states.write(base, sources[base])
        self._split(sources, prepared, {} if begun is None else begun.after)
        self._end(f"Stack {base} is cut. Next: landfall fleet preview -s {base}", dry_run)

    def join(self, *, dry_run: bool = False) -> None:
        """Join the parts of the stack to one.

        Raises:
            ProblemsError: they cannot be joined; no resource has moved.

        """
        base = self.stack.name
        if self.stack.fleet is not None:
            raise refuse(
                f"stack {base} has landfall:fleet",
                f"remove it from Pulumi.{base}.yaml first: the settings say how the stack is cut",
            )
        begun = records.read(self.record)
        sources = self._sources()
        cut = states.outputs(sources[base]).get(foundation_outputs.NAME)
        if cut is None:
            self._complete(sources, begun, dry_run=dry_run)
            return
        if wrong := foundation_outputs.wrong(cut, self.stack, parts.whole(self.stack)):
            what, _, fix = wrong[0].partition("\n    ")
            raise refuse(what, fix, exit_status=1)
        prepared = self._prepared(sources)
        if dry_run:
            return
        for name, exported in sources.items():
            if states.resources(exported):
                self.states.write(name, exported)
        self._require_unchanged(sources)
        before = {name: states.digest(each) for name, each in sources.items()}
        after = {base: states.digest(prepared.states[base])}
        self._write(Record(JOIN, before, after), base, prepared.states[base])
        self._remove(Record(JOIN, before, after), sources)
        self._end(f"Stack {base} is one again. Next: landfall preview -s {base}", dry_run)

    def _sources(self) -> dict[str, Exported]:
        """Return the states of the stack and of its parts, the foundation's first."""
        base = self.stack.name
        listed = self.states.listed()
        if base not in listed:
            raise refuse(f"stack {base} is not applied yet", "apply it first")
        names = [base, *sorted(name for name in listed if self._is_part(name))]
        found = {name: self.states.read(name) for name in names}
        if not states.resources(found[base]):
            raise refuse(f"stack {base} is not applied yet", "apply it first")
        problems = [each for name in found for each in states.unsettled(name, found[name])]
        if problems:
            raise ProblemsError(problems)
        provider = states.secrets_of(found[base])
        for name, exported in found.items():
            # What another key has encrypted is encrypted again by the engine.
            if states.resources(exported) and states.secrets_of(exported) != provider:
                found[name] = self.states.read(name, secrets=True)
        return found

    def _is_part(self, name: str) -> bool:
        base, part = stack_files.part_of(name, self.checkout)
        return base == self.stack.name and bool(part)

    def _require_cut_as_set(self, cut: Mapping[str, object]) -> None:
        if cut.get("version") != foundation_outputs.VERSION:
            (wrong, *_) = foundation_outputs.wrong(cut, self.stack, Part("", foundation=True))
            what, _, fix = wrong.partition("\n    ")
            raise refuse(what, fix, exit_status=1)
        if cut.get("slices") != foundation_outputs.slices(self.stack):
            raise refuse(
                f"stack {self.stack.name} is cut, but not as its settings say",
                "to cut it otherwise, join it first: remove landfall:fleet, run landfall fleet "
                "join, write the new landfall:fleet, run landfall fleet split",
            )

    def _require_own(self, sources: Mapping[str, Exported], begun: Record | None) -> None:
        """Refuse parts of a stack that is not cut, unless an unfinished move has left them."""
        for name, exported in sources.items():
            found = states.digest(exported)
            if name == self.stack.name or not found or (begun and found in begun.known(name)):
                continue
            raise refuse(
                f"stack {name} has resources already, and stack {self.stack.name} is not cut",
                f"look at them: pulumi stack --stack {name}",
            )

    def _prepared(self, sources: Mapping[str, Exported]) -> Prepared:
        prepared = self.prepare(self.stack, sources)
        for line in prepared.lines():
            self.report(line)
        return prepared

    def _split(
        self, sources: Mapping[str, Exported], prepared: Prepared, written: Mapping[str, str]
    ) -> None:
        base = self.stack.name
        before = {name: states.digest(each) for name, each in sources.items()}
        after = {name: states.digest(each) for name, each in prepared.states.items()}
        # Those of an unfinished split whose settings were others.
        former = [name for name in written if name in sources and name not in after]
        record = Record(SPLIT, before, {**written, **after})
        for name in former:
            self._empty(record, name, sources[name])
        listed = self.states.listed()
        for name, exported in prepared.states.items():
            if name == base:
                self._require_unchanged({base: sources[base]})
            elif name not in listed:
                self._step(record, f"creating stack {name}")
                self.states.create(prepared.parts[name])
            self._write(record, name, exported)

    def _complete(
        self, sources: Mapping[str, Exported], begun: Record | None, *, dry_run: bool
    ) -> None:
        """Remove the parts that an interrupted move has left behind."""
        self._require_own(sources, begun)
        if begun is not None and not dry_run:
            self._remove(begun, sources)
        self._end(f"Stack {self.stack.name} is one Pulumi stack.", dry_run)

    def _remove(self, record: Record, sources: Mapping[str, Exported]) -> None:
        """Empty and remove the stacks of the parts, which have not changed since the move began."""
        for name, exported in sources.items():
            if name == self.stack.name:
                continue
            found = states.digest(self.states.read(name))
            if found not in ("", *record.known(name)):
                raise _changed(name)
            if found:
                self._empty(record, name, exported)
            self._step(record, f"removing stack {name}")
            self.states.remove(name)

    def _empty(self, record: Record, name: str, exported: Exported) -> None:
        self._write(record, name, states.with_resources(exported, []))

    def _require_unchanged(self, sources: Mapping[str, Exported]) -> None:
        for name, exported in sources.items():
            if states.digest(self.states.read(name)) != states.digest(exported):
                raise _changed(name)

    def _write(self, record: Record, name: str, exported: Exported) -> None:
        """Write a state, with a record before, and check what the backend has then."""
        self._step(record, f"writing the state of stack {name}")
        self.states.write(name, exported)
        if states.digest(self.states.read(name)) != states.digest(exported):
            raise refuse(
                f"the backend has another state of stack {name} than was written",
                "run the command again",
            )

    def _step(self, record: Record, step: str) -> None:
        records.write(self.record, replace(record, step=step))
        self.report(f"{step[0].upper()}{step[1:]}")

    def _end(self, line: str, dry_run: bool) -> None:
        if not dry_run:
            self.record.unlink(missing_ok=True)
        self.report(line)


def _changed(stack: str) -> ProblemsError:
    return refuse(
        f"the state of stack {stack} has changed since this move began",
        "another run was active: wait for it, then run the command again",
    )
