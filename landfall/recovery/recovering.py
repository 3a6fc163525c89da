"""The steps of `landfall recover`: find resources in AWS that a state lacks, and import them.

The search works on a copy of the state. A preview there lists the resources that the program would
create; those that exist in AWS are added to the copy and read. The next preview then knows more
values, for example the unit of an account. The search ends when a round finds nothing. It changes
neither AWS nor the state.

The import edits the state through `pulumi stack export` and `import`, as Pulumi documents, and the
engine reads each resource from AWS. `pulumi import` cannot do this: it cannot add a resource below
a component that the state lacks.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landfall.engine import event_log, running
from landfall.problems import ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Copy, Report
from landfall.recovery import creations, settling
from landfall.recovery.clients import Clients
from landfall.recovery.creations import Resource
from landfall.recovery.settling import Outcome, Settled
from toolchain import wrappers

_ROUNDS: Final = 20
_TARGETS: Final = 100  # in one command line
# Final outcomes: a later round cannot change them.
_FINAL: Final = (Outcome.ABSENT, Outcome.HELD, Outcome.REPEATABLE, Outcome.UNSEARCHABLE)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the state of `stack` lacks: resources `found` in AWS, and `interrupted` operations.

    An interrupted operation has a kind, as in `creating`, and the URN of its resource. `added` are
    the entries to add to the state, including parents and providers. `exported` is the state at the
    time of the search.
    """

    stack: str
    found: tuple[Settled, ...]
    interrupted: tuple[tuple[str, str], ...]
    added: tuple[Resource, ...]
    exported: Mapping[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether the state lacks nothing and no operation is open."""
        return not self.found and not self.interrupted

    def lines(self) -> Iterator[str]:
        """Yield what to show before it is imported."""
        if self.found:
            yield "In AWS, but not in the state:"
            yield from (f"  {each.type} {each.name}: {each.id}" for each in self.found)
        if self.interrupted:
            yield "Interrupted operations, to be read again from AWS:"
            for kind, urn in self.interrupted:
                yield f"  {urn.rpartition('::')[2]}, while {kind}"


def look(stack: str, checkout: Path, report: Report) -> Lacking:
    """Return the resources that are in AWS but not in a stack's state. Changes neither.

    Raises:
        ProblemsError: the settings are invalid (status 1), or the search failed (2).

    """
    with copies.opened(stack, checkout, "", report, empty=True) as copy:
        exported = copies.export(copy.pulumi, stack, checkout)
        latest = exported.get("deployment") or {}
        pending = latest.get("pending_operations") or []
        search = _Search(copy, stack, Clients(), report, exported)
        while search.round():
            pass
        interrupted = [(str(each["type"]), str(each["resource"]["urn"])) for each in pending]
        interrupted += [("creating", urn) for urn in creations.half_made(latest)]
        return Lacking(
            stack, tuple(search.found), tuple(interrupted), tuple(search.added), exported
        )


class _Search:
    """Search in rounds on a copy of the state."""

    def __init__(
        self,
        copy: Copy,
        stack: str,
        clients: Clients,
        report: Report,
        exported: Mapping[str, Any],
    ) -> None:
        self._copy, self._stack = copy, stack
        self._clients, self._report = clients, report
        self._exported = dict(exported)
        pending = (exported.get("deployment") or {}).get("pending_operations") or []
        self._pending = [each["resource"] for each in pending if each["type"] == "creating"]
        self._settled: set[str] = set()
        self._rounds = 0
        self.found: list[Settled] = []
        self.added: list[Resource] = []

    def round(self) -> bool:
        """Look up the resources that a preview creates; return whether a further round may help."""
        self._rounds += 1
        planned = self._planned()
        resources = (self._exported.get("deployment") or {}).get("resources") or []
        present = {each["urn"] for each in resources}
        open_ = [each for each in planned if each["urn"] not in self._settled | present]
        self._report(f"Looking up {len(open_)} resources in AWS.")
        looked_up = settling.look_up(open_, [*resources, *planned], self._clients)
        self._settled |= {each.urn for each in looked_up if each.outcome in _FINAL}
        found = [each for each in looked_up if each.outcome is Outcome.FOUND]
        added = settling.missing(found, planned, resources)
        self.found += found
        self.added += added
        is_last = not found or all(each.outcome is not Outcome.UNDECIDED for each in looked_up)
        if is_last or self._rounds == _ROUNDS:
            return False
        self._take_in([*resources, *added], [each.urn for each in found])
        return True

    def _planned(self) -> list[Resource]:
        log = self._copy.folder / "events.jsonl"
        self._copy.run(
            *("preview", "--stack", self._stack, *event_log.option(log)),
            cwd=self._copy.checkout,
            PULUMI_OPTION_CONFIG_FILE=str(self._copy.stack_file()),
        )
        events = event_log.take(log)
        if problems := copies.errors(events, self._stack):
            raise ProblemsError(problems, exit_status=2)
        planned = creations.planned(events)
        known = {each["urn"] for each in planned}
        return [*planned, *(each for each in self._pending if each["urn"] not in known)]

    def _take_in(self, resources: Sequence[Resource], urns: Sequence[str]) -> None:
        """Write these resources to the copy, and read those with `urns` from AWS."""
        latest = {**(self._exported.get("deployment") or {}), "pending_operations": []}
        self._exported["deployment"] = {**latest, "resources": list(resources)}
        file = self._copy.folder / "found.json"
        file.write_text(json.dumps(self._exported), encoding="utf-8")
        stack = ("--stack", self._stack)
        _require(
            self._copy.run("stack", "import", *stack, "--file", str(file)),
            "cannot write the copy of the state",
        )
        file.unlink()
        for targets in _targets(urns):
            done = self._copy.run("refresh", "--yes", "--skip-preview", *stack, *targets)
            _require(done, "cannot read the resources found in AWS")
        done = self._copy.run("stack", "export", *stack)
        _require(done, "cannot read the copy of the state")
        self._exported = json.loads(done.stdout)


def take_in(lacking: Lacking, checkout: Path, report: Report) -> None:
    """Add the resources found to the state, and let the engine read them from AWS.

    Raises:
        ProblemsError: the state has changed since the search, is locked, or cannot be written.

    """
    pulumi, stack = wrappers.ensure(checkout, report).pulumi, lacking.stack
    exported = copies.export(pulumi, stack, checkout)
    if exported.get("deployment") != lacking.exported.get("deployment"):
        raise refuse(
            f"the state of stack {stack} changed during the search",
            f"run again: landfall recover -s {stack}",
        )
    latest = exported["deployment"] = exported.get("deployment") or {}
    latest["pending_operations"] = []
    latest["resources"] = [*(latest.get("resources") or []), *lacking.added]
    present = {each["urn"] for each in latest["resources"]}
    with tempfile.TemporaryDirectory(prefix="landfall-recover-") as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(exported), encoding="utf-8")
        _engine(pulumi, checkout, "stack", "import", "--stack", stack, "--file", str(file))
    urns = [*(each.urn for each in lacking.found), *(urn for _, urn in lacking.interrupted)]
    for targets in _targets([urn for urn in dict.fromkeys(urns) if urn in present]):
        _engine(
            *(pulumi, checkout, "refresh", "--yes", "--skip-preview", "--stack", stack), *targets
        )


def _targets(urns: Sequence[str]) -> Iterator[list[str]]:
    for first in range(0, len(urns), _TARGETS):
        yield [f"--target={urn}" for urn in urns[first : first + _TARGETS]]


def _engine(pulumi: Path, checkout: Path, *arguments: str) -> None:
    variables = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    # A part of a stack that is cut has no stack file of its own with the keys of its secrets.
    variables["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true"
    done = running.run(
        pulumi, *arguments, cwd=checkout, environment=variables, seconds=copies.SECONDS
    )
    _require(done, f"`pulumi {arguments[0]}` failed")


def _require(done: subprocess.CompletedProcess[str], what: str) -> None:
    if done.returncode:
        said = running.said(done)
        # The progress that the engine prints comes before its errors.
        told = said.rpartition("Diagnostics:\n")[2]
        fix = f"the engine said: {copies.shortened(told)}"
        if "currently locked" in said:
            fix = "if no other run is active, remove the stale lock: `pulumi cancel`"
        raise refuse(what, fix)
