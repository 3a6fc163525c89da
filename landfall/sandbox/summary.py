"""Summarize a run, from the engine's event log and the stack's outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from landfall.engine import event_log
from landfall.engine.events import STACK_TYPE, Ended, Moved, Objected, Step, records
from landfall.releases import disarmed
from toolchain import durations

# An organization may have hundreds of accounts; `pulumi stack output` lists all.
_MOST = 20
_CHANGES = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "import": "imported",
    "same": "unchanged",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """The number of policy violations by level, and the packs that ran.

    `grave` counts critical and high advice, as in `1 high`.
    """

    packs: tuple[str, ...] = ()
    mandatory: int = 0
    advisory: int = 0
    grave: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the engine: number of resources by operation, and policy findings.

    `disarmed` are changed pipelines without automatic rollback until their next success.
    """

    changes: Mapping[str, int] = field(default_factory=dict)
    findings: Findings = Findings()
    is_preview: bool = False
    outputs_change: bool = False
    disarmed: tuple[str, ...] = ()

    @property
    def is_plan(self) -> bool:
        """Whether the counts are planned changes, not finished ones: a preview with changes."""
        return self.is_preview and not self.changes_nothing

    @property
    def changes_nothing(self) -> bool:
        """Whether no resource and no stack output changes."""
        return not self.outputs_change and not set(self.changes) - {"same", "read"}


def read_events(file: Path) -> Run:
    """Read the event log of the engine's last operation; a missing or cut log gives less."""
    changes: dict[str, int] = {}
    packs: set[str] = set()
    found: set[Objected] = set()
    is_preview = outputs_change = False
    events = list(event_log.read(file))
    for event in records(events):
        if isinstance(event, Objected):
            # The engine repeats findings in each phase; count each once.
            found.add(event)
        elif isinstance(event, Moved) and event.phase == "done":
            outputs_change |= _stack_outputs_change(event.step)
        elif isinstance(event, Ended):
            changes = dict(event.changes)
            packs.update(event.packs)
            is_preview = event.is_preview
    levels = Counter(each.level for each in found)
    findings = Findings(tuple(sorted(packs)), levels["mandatory"], levels["advisory"])
    return Run(changes, findings, is_preview, outputs_change, tuple(disarmed.by(events)))


def _stack_outputs_change(step: Step) -> bool:
    if step.type != STACK_TYPE:
        return False
    return bool((step.old.get("outputs") or {}) != (step.new.get("outputs") or {}))


def show(
    console: Console,
    stack: str,
    run: Run,
    outputs: Mapping[str, Any],
    seconds: float,
    steps: Mapping[str, float] | None = None,
) -> None:
    """Print the summary of a successful run; `steps` are the seconds of its steps by name."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(run, outputs):
        table.add_row(name, value)
    table.add_row("Time", _time(seconds, steps or {}))
    verb = "previewed" if run.is_plan else "is deployed in the sandbox"
    console.print(Group(Text(""), Text(f"Stack {stack} {verb}", style="bold green"), table))


def _time(seconds: float, steps: Mapping[str, float]) -> str:
    parts = ", ".join(f"{name} {durations.took(it)}" for name, it in steps.items())
    return f"{durations.took(seconds)}: {parts}" if parts else durations.took(seconds)


def _rows(run: Run, outputs: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if outputs.get("organizationId"):
        management = outputs.get("managementAccountId", "")
        yield "Organization", f"{outputs['organizationId']} (management account {management})"
    accounts, roles = _members(outputs, "accounts"), _members(outputs, "roles")
    if accounts is not None:
        yield "Accounts", _listed(accounts)
    if roles is not None:
        yield "Roles", _listed(_by_name(roles, accounts or {}), len(roles))
    if (pipelines := _members(outputs, "pipelines")) is not None:
        yield "Pipelines", _listed(pipelines)
    if told := ", ".join(_security(_members(outputs, "security") or {})):
        yield "Security", told
    stores = outputs.get("artifactStores")
    if isinstance(stores, Mapping):
        buckets = {region: store.get("bucket", "") for region, store in stores.items()}
        shown = ", ".join(f"{bucket} ({region})" for region, bucket in buckets.items())
        yield "Buckets", f"{len(buckets)}: {shown}" if buckets else "none"
    yield "Policies", verdict(run.findings)
    yield "Resources", counted(run)
    if run.disarmed:
        yield "Rollback", disarmed.note(list(run.disarmed))


def _members(outputs: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    found = outputs.get(key)
    return found if isinstance(found, Mapping) else None


def _listed(members: Iterable[str], total: int | None = None) -> str:
    names = list(members)
    shown = ", ".join(names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{len(names) if total is None else total}: {shown}{more}" if names else "none"


def _by_name(roles: Mapping[str, Any], accounts: Mapping[str, Any]) -> list[str]:
    """Return each role name with its account, or the number of its accounts."""
    names = {str(account_id): name for name, account_id in accounts.items()}
    places: dict[str, list[str]] = {}
    for arn in map(str, roles.values()):
        account_id, _, path = arn.partition("::")[2].partition(":")
        places.setdefault(path.rpartition("/")[2], []).append(names.get(account_id, account_id))
    return [
        f"{role} in {f'{len(found)} accounts' if len(found) > 1 else found[0]}"
        for role, found in places.items()
    ]


def _security(told: Mapping[str, Any]) -> Iterable[str]:
    if bucket := told.get("logBucket"):
        yield f"logs in {bucket}"
    if topic := told.get("findingsTopic"):
        yield f"findings sent to topic {str(topic).rpartition(':')[2]}"


def verdict(findings: Findings) -> str:
    """Return the policies' result in one line."""
    if not findings.packs and not findings.mandatory and not findings.advisory:
        return "no pack ran"
    by = ", ".join(findings.packs) or "the pack"
    if not findings.mandatory and not findings.advisory:
        return f"passed ({by}: no findings)"
    counts = f"{findings.mandatory} mandatory, {findings.advisory} advisory"
    if findings.mandatory:
        return f"refused ({by}: {counts})"
    if findings.grave:
        return f"to be reviewed ({by}: {counts}, including {findings.grave})"
    return f"passed ({by}: {counts})"


def counted(run: Run) -> str:
    """Return the number of resources by operation, including unchanged ones."""
    parts = [
        f"{run.changes[operation]} {_word(operation, run)}"
        for operation in _CHANGES
        if run.changes.get(operation)
    ]
    return ", ".join(parts) or "none"


def _word(operation: str, run: Run) -> str:
    return f"to {operation}" if run.is_plan and operation != "same" else _CHANGES[operation]
