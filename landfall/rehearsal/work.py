"""What an action of a rehearsal works with, and the choices of whoever rehearses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal import artifacts
from landfall.rehearsal.artifacts import ArtifactStore
from landfall.rehearsal.builds import Workshop
from landfall.rehearsal.results import ActionError, Location
from landfall.rehearsal.sandbox import Sandbox, Session
from landfall.rehearsal.triggers import Change

_POLL_SECONDS: Final = 0.2

DEPLOYMENT, BAKE = "deployment", "bake"
"""When alarms are watched: while a deployment changes something, and after that."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to rehearse.

    `minute` is how many seconds a minute of a traffic shift or of a bake takes. `fail` is an action
    as `STAGE/ACTION`. `approve` answers approvals; None waits for an answer. `limit` is how many
    seconds one build or approval may take. `during` is when `alarm` rings: `deployment`, `bake`, or
    at the first of them.
    """

    source: Path | None = None
    fail: str = ""
    alarm: str = ""
    approve: bool | None = None
    until: str = ""
    minute: float = 1.0
    limit: float = 600.0
    during: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """An execution to start: its pipeline, source revisions and variables, as in the API.

    `trigger` is the type of what starts it, and `change` what happened to its sources, if anything.
    """

    pipeline: str
    revisions: Sequence[Mapping[str, str]] = ()
    variables: Sequence[Mapping[str, str]] = ()
    trigger: str = "StartPipelineExecution"
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One action that runs: `action` has a configuration without references.

    `region` and `account` are where it acts, `home` is the pipeline's region and `hub` its account.
    `inputs` are the locations of artifacts that earlier actions gave, `note` shows progress.
    `start` starts another pipeline and returns the execution's id; `override` is the revision of a
    source with which the execution was started, and `change` the change that started it, if any.
    """

    workshop: Workshop
    options: Options
    pipeline: Mapping[str, Any]
    execution: str
    stage: str
    action: Mapping[str, Any]
    session: Session
    region: str
    account: str
    home: str
    hub: str
    inputs: Mapping[str, Location]
    revision: str
    note: Callable[[str], None]
    start: Callable[[Start], str]
    override: Mapping[str, str] | None = None
    change: Change | None = None
    is_rollback: bool = False
    rung: Alarms = field(default_factory=lambda: Alarms())

    @property
    def sandbox(self) -> Sandbox:
        """Return the sandbox."""
        return self.workshop.sandbox

    @property
    def configuration(self) -> Mapping[str, str]:
        """Return the action's configuration."""
        found: Mapping[str, str] = self.action.get("configuration", {})
        return found

    @property
    def input_names(self) -> list[str]:
        """Return the names of the input artifacts."""
        return [each["name"] for each in self.action.get("inputArtifacts", [])]

    @property
    def output_names(self) -> list[str]:
        """Return the names of the output artifacts."""
        return [each["name"] for each in self.action.get("outputArtifacts", [])]

    @property
    def store(self) -> ArtifactStore:
        """Return the artifact store of the action's region."""
        return artifacts.store_of(self.pipeline, self.region)

    def client(self, service: str) -> Any:
        """Return a client in the session of the action's role, in the action's region."""
        return self.sandbox.client(service, self.region, self.session)

    def read(self, name: str, session: Session | None = None) -> bytes:
        """Read an input artifact as the action's role, or as another session."""
        where = self.inputs.get(name)
        return artifacts.get(self.sandbox, session or self.session, self.region, name, where)

    def write(self, name: str, body: bytes, session: Session | None = None) -> Location:
        """Write an output artifact as the action's role, or as another session."""
        held = session or self.session
        return artifacts.put(self.sandbox, held, self.region, self.store, name, body)


class Alarms:
    """The alarm that a rehearsal rings once, while what is deployed is watched."""

    def __init__(self) -> None:
        self._rings: list[tuple[Any, str]] = []
        self._done = False

    def ring(self, work: Work, watched: list[str], phase: str) -> None:
        """Put the chosen alarm in the state ALARM if it is watched, in the chosen phase."""
        if self._done or work.is_rollback or work.options.alarm not in watched:
            return
        if work.options.during not in ("", phase):
            return
        self._done = True
        entered = work.sandbox.entered(work.account, work.region)
        client = work.sandbox.client("cloudwatch", work.region, entered)
        client.set_alarm_state(
            AlarmName=work.options.alarm,
            StateValue="ALARM",
            StateReason="landfall rehearse --alarm",
        )
        work.note(f"alarm {work.options.alarm} rings")
        self._rings.append((client, work.options.alarm))

    def quiet(self) -> None:
        """End the ringing, as when the earlier version has all traffic again."""
        for client, name in self._rings:
            client.set_alarm_state(
                AlarmName=name, StateValue="OK", StateReason="the earlier version is live"
            )
        self._rings.clear()


def ringing(client: Any, names: list[str]) -> list[str]:
    """Return those of some alarms that are in the state ALARM, as CloudWatch tells a role.

    Raises:
        ActionError: the role may not read alarms, or one does not exist.

    """
    if not names:
        return []
    try:
        found = client.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        raise ActionError(said, "PermissionError") from None
    known = {each["AlarmName"]: each["StateValue"] for each in found}
    if missing := [name for name in names if name not in known]:
        raise ActionError(f"Alarm {missing[0]} does not exist.", "ConfigurationError")
    return [name for name, state in known.items() if state == "ALARM"]


def watch(work: Work, client: Any, names: list[str], minutes: float) -> list[str]:
    """Watch alarms for some minutes of the rehearsal's clock; return those that ring, at once."""
    end = time.monotonic() + minutes * work.options.minute
    while True:
        if found := ringing(client, names):
            return found
        left = end - time.monotonic()
        if left <= 0:
            return []
        pause(work, min(left, _POLL_SECONDS))


def pause(work: Work, seconds: float) -> None:
    """Wait; raises `ActionError` if the rehearsal ends meanwhile."""
    if work.workshop.processes.ended.wait(seconds):
        raise ActionError("The rehearsal was interrupted.", "Stopped")
