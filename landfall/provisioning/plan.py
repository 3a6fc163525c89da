"""Save the changes of an apply as a plan; the engine allows `apply` no other changes.

The plan is made on a copy of the state, with a read-only role, under the policies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landfall import printable
from landfall.engine import event_log, running
from landfall.engine.events import Objected, records, steps
from landfall.problems import Problem, ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Copy, Report
from landfall.releases import disarmed
from landfall.reports.finding import short

PLAN, REPORT = "plan.json", "plan.md"
_VERBS: Final = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "import": "import",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: its operations, its resources, and the SHA-256 of its file.

    `disarmed` are the pipelines without automatic rollback until their next success.
    """

    stack: str
    operations: tuple[tuple[str, str], ...]
    digest: str
    disarmed: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The plan in one line, as in `2 to create, 1 to update`."""
        counts = dict.fromkeys(_VERBS.values(), 0)
        for verb, _ in self.operations:
            counts[verb] += 1
        told = [f"{count} to {verb}" for verb, count in counts.items() if count]
        return ", ".join(told) or "nothing to change"

    def markdown(self) -> str:
        """Return the report for the approver."""
        summed = f"{self.summary[0].upper()}{self.summary[1:]}."
        lines = [f"### Plan for {printable.markdown(self.stack)}", "", summed, ""]
        lines += [f"- {verb} {printable.code(short(urn))}" for verb, urn in self.operations]
        if self.disarmed:
            lines += ["", printable.markdown(disarmed.note(list(self.disarmed)))]
        return "\n".join([*lines, "", f"SHA-256 of the plan: `{self.digest}`", ""])


def make(stack: str, checkout: Path, role: str, folder: Path, report: Report) -> Planned:
    """Write the plan and its report to `folder`, and return the plan.

    Raises:
        ProblemsError: the settings are invalid or a policy is violated (status 1), or the plan
            could not be made (2).

    """
    with copies.opened(stack, checkout, role, report) as copy:
        file, log = copy.folder / PLAN, copy.folder / "events.jsonl"
        done = copy.run(
            *("preview", "--stack", stack, "--save-plan", str(file), *event_log.option(log)),
            *("--policy-pack", str(checkout / "policies")),
            cwd=checkout,
            PULUMI_OPTION_CONFIG_FILE=str(copy.stack_file()),
        )
        events = event_log.take(log)
        if objections := list(_objections(events)):
            raise ProblemsError(objections)
        if problems := copies.errors(events, stack):
            raise ProblemsError(problems, exit_status=2)
        if done.returncode or not file.is_file():
            said = copies.shortened(running.said(done))
            raise refuse(f"the plan of stack {stack} failed", said)
        text = file.read_text(encoding="utf-8")
        if role:
            text = json.dumps(_acting(json.loads(text), copy))
    digest = hashlib.sha256(text.encode()).hexdigest()
    planned = Planned(stack, tuple(_operations(events)), digest, tuple(disarmed.by(events)))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PLAN).write_text(text, encoding="utf-8")
    (folder / REPORT).write_text(planned.markdown(), encoding="utf-8")
    return planned


def _acting(plan: dict[str, Any], copy: Copy) -> dict[str, Any]:
    """Change the plan's new providers to use the stack's own role, as the apply does."""
    for urn, planned in plan.get("resourcePlans", {}).items():
        if urn.split("::")[2].endswith("pulumi:providers:aws"):
            # A provider is named like its account.
            role = copy.settings.account_role_of(urn.rpartition("::")[2])
            plan["resourcePlans"][urn] = json.loads(
                copies.replaced(json.dumps(planned), copy.role, role)
            )
    return plan


def _objections(events: list[Mapping[str, Any]]) -> Iterator[Problem]:
    said = {
        (event.urn, event.message)
        for event in records(events)
        if isinstance(event, Objected) and event.level == "mandatory"
    }
    for urn, message in sorted(said):
        yield Problem(printable.one_line(f"{short(urn)}: {message}"))


def _operations(events: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for step in steps(events, "begun"):
        if step.operation in _VERBS:
            yield _VERBS[step.operation], step.urn


def require(file: Path, digest: str) -> None:
    """Raise `ProblemsError` (status 1) if a plan does not have this SHA-256."""
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise refuse(f"cannot read {file}: {error.strerror}", "name the plan's file") from None
    if digest and found != digest:
        raise refuse(
            f"{file} is not the approved plan: its SHA-256 is {found}, not {digest}",
            "make a new plan and have it approved",
            exit_status=1,
        )
