"""The engine's events (`apitype.EngineEvent`) as small records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

STACK_TYPE: Final = "pulumi:pulumi:Stack"

Phase = Literal["begun", "done", "failed"]

# Operations that change nothing.
_QUIET: Final = frozenset({"same", "read", "refresh", "read-discard"})
# The engine replaces in up to three steps; count only the step with this name.
_REPLACING: Final = frozenset(
    {"create-replacement", "delete-replaced", "import-replacement", "read-replacement"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one resource, with its old and new state.

    `operation` is the engine's: `create`, `update`, `delete`, `replace`, `import`, `same`, …
    `replaces` are the properties that force a replacement, `provider_urn` names the provider.
    """

    operation: str
    urn: str
    type: str
    old: Mapping[str, Any] = field(default_factory=dict, hash=False)
    new: Mapping[str, Any] = field(default_factory=dict, hash=False)
    detailed: Mapping[str, Any] = field(default_factory=dict, hash=False)
    replaces: tuple[str, ...] = ()
    provider_urn: str = ""

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.split("::", 3)[-1]

    @property
    def parent(self) -> str:
        """The URN of the parent resource; empty at the top."""
        return str((self.new or self.old).get("parent") or "")

    @property
    def provider(self) -> str:
        """The name of the resource's provider; empty for components."""
        reference = str((self.new or self.old).get("provider") or "")
        return reference.rpartition("::")[0].rpartition("::")[2]

    @property
    def changes(self) -> bool:
        """Whether it changes something and is not a step of a replacement counted elsewhere."""
        return self.operation not in _QUIET | _REPLACING and not self._is_default_provider

    @property
    def _is_default_provider(self) -> bool:
        # The engine creates default providers itself and does not count them either.
        return self.type.startswith("pulumi:providers:") and self.name.startswith("default")

    @property
    def kind(self) -> str:
        """The short type: `iam/role` for `aws:iam/role:Role`."""
        return kind_of(self.type)


def kind_of(token: str) -> str:
    """Return a type's short name: `iam/role` for `aws:iam/role:Role`, else without its package."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    if package == "aws":
        return module if "/" in module else f"{module}/{name}"
    return f"{module}/{name}" if package == "pulumi" else name or token


@dataclass(frozen=True, slots=True)
class Moved:
    """A step that started, finished or failed. `at` is in seconds since the epoch.

    `planning` marks steps of a preview, which change nothing.
    """

    phase: Phase
    step: Step
    at: int = 0
    planning: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the engine, the program or a provider, about a resource or the run."""

    severity: str
    message: str
    urn: str = ""

    @property
    def name(self) -> str:
        """The resource's logical name; empty if the message is about the run."""
        return self.urn.split("::", 3)[3] if self.urn.count("::") >= 3 else ""


@dataclass(frozen=True, slots=True)
class Objected:
    """A violation of the policy `policy` by a resource; `level` is `mandatory` or `advisory`."""

    level: str
    message: str
    urn: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The engine's final count of resources by operation, and the policy packs that ran."""

    changes: Mapping[str, int] = field(hash=False)
    packs: tuple[str, ...] = ()
    is_preview: bool = False


Event = Moved | Said | Objected | Ended

_PHASES: Final[Mapping[str, Phase]] = {
    "resourcePreEvent": "begun",
    "resOutputsEvent": "done",
    "resOpFailedEvent": "failed",
}


def read(event: Mapping[str, Any]) -> Event | None:
    """Return an event as a record; None if the view does not use it."""
    for key, phase in _PHASES.items():
        if key in event:
            step, at = _step(event[key]["metadata"]), int(event.get("timestamp") or 0)
            return Moved(phase, step, at, bool(event[key].get("planning")))
    if "diagnosticEvent" in event:
        said = event["diagnosticEvent"]
        if said.get("ephemeral"):
            return None
        return Said(said.get("severity", ""), said.get("message", "").strip(), said.get("urn", ""))
    if "policyEvent" in event:
        told = event["policyEvent"]
        level, message = told.get("enforcementLevel", ""), told.get("message", "").strip()
        return Objected(level, message, told.get("resourceUrn", ""), told.get("policyName", ""))
    if "summaryEvent" in event:
        summary = event["summaryEvent"]
        packs = sorted(name.split("|")[0] for name in summary.get("PolicyPacks") or {})
        changes = dict(summary.get("resourceChanges") or {})
        return Ended(changes, tuple(packs), bool(summary.get("isPreview")))
    return None


def records(events: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    """Yield the records of events, without those that `read` leaves out."""
    return filter(None, map(read, events))


def steps(events: Iterable[Mapping[str, Any]], phase: Phase) -> Iterator[Step]:
    """Yield the steps that started, finished or failed, by `phase`."""
    for event in records(events):
        if isinstance(event, Moved) and event.phase == phase:
            yield event.step


def _step(metadata: Mapping[str, Any]) -> Step:
    return Step(
        metadata.get("op", ""),
        metadata.get("urn", ""),
        metadata.get("type", ""),
        metadata.get("old") or {},
        metadata.get("new") or {},
        metadata.get("detailedDiff") or {},
        tuple(metadata.get("keys") or ()),
        str(metadata.get("provider") or "").rpartition("::")[0],
    )
