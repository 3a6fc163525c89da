"""The CodeDeploy agent of one instance: lifecycle events with their scripts, in a folder.

The folder stands for the root of the instance's file system. Scripts are processes of this machine:
they find the folder in the variable INSTANCE_ROOT, which is not set on AWS.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall.rehearsal import artifacts
from landfall.rehearsal.codedeploy import appspec, installing
from landfall.rehearsal.codedeploy.appspec import AppSpecError, Script, ServerSpec
from landfall.rehearsal.codedeploy.deployments import FAILED, SKIPPED, Deployment, Target
from landfall.rehearsal.processes import TIMED_OUT
from landfall.rehearsal.results import ActionError, Location

_KEPT: Final = ("PATH", "LANG", "TZ")
_TAIL: Final = 20
_AGENT: Final = Path("opt/codedeploy-agent")
_OF_EARLIER: Final = ("BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop")
"""Events whose scripts are those of the last revision that was deployed successfully."""

_IN_PLACE: Final = (
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
)
_BALANCED: Final = (
    *("BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"),
    *_IN_PLACE,
    *("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"),
)


class EventError(Exception):
    """Why a lifecycle event failed: members of Diagnostics of CodeDeploy's API."""

    def __init__(self, message: str, code: str = "UnknownError", script: str = "", log: str = ""):
        super().__init__(message)
        self.message, self.code, self.script, self.log = message, code, script, log


@dataclass(slots=True)
class Agent:
    """The agent of an instance during one deployment.

    `body` gives the revision's zip file, read as the instance's role. `block` and `allow` take the
    instance out of its load balancer and put it back; None without a load balancer.
    """

    deployment: Deployment
    target: Target
    root: Path
    info: Mapping[str, Any]
    environment: Mapping[str, str]
    body: Callable[[Location], bytes]
    block: Callable[[], None] | None = None
    allow: Callable[[], None] | None = None
    _spec: ServerSpec | None = field(default=None, init=False)

    def run(self) -> str:
        """Run every lifecycle event; return why one failed, or nothing."""
        self._instructions.mkdir(parents=True, exist_ok=True)
        for name in _BALANCED if self.block else _IN_PLACE:
            event = self.deployment.event(self.target, name)
            try:
                ran = self._event(name)
            except EventError as error:
                found = {"errorCode": error.code, "message": error.message}
                found |= {"scriptName": error.script} if error.script else {}
                found |= {"logTail": error.log} if error.log else {}
                self.deployment.done(event, FAILED, **found)
                if name in _OF_EARLIER and self.info.get("ignoreApplicationStopFailures"):
                    continue
                return f"{name} on {self.target.id}: {_said(error)}"
            if ran:
                self.deployment.done(event, errorCode="Success", message="Succeeded")
            else:
                self.deployment.done(event, SKIPPED)
        self._last.write_text(f"{self._archive}\n", encoding="utf-8")
        return ""

    def _event(self, name: str) -> bool:
        """Run one event; return whether there was something to run."""
        own: dict[str, Callable[[], None] | None] = {
            "DownloadBundle": self._download,
            "Install": self._install,
            "BlockTraffic": self.block,
            "AllowTraffic": self.allow,
        }
        if (do := own.get(name)) is not None:
            try:
                do()
            except ActionError as error:
                raise EventError(error.message) from None
            return True
        archive, spec = self._archive, self._spec
        if name in _OF_EARLIER:
            if not self._last.is_file():
                return False
            archive = Path(self._last.read_text(encoding="utf-8").strip())
            spec = self._read(archive)
        scripts = spec.hooks.get(name, ()) if spec is not None else ()
        for script in scripts:
            self._script(name, script, archive)
        return bool(scripts)

    def _download(self) -> None:
        where = self.info["revision"]["s3Location"]
        body = self.body(Location(where["bucket"], where["key"]))
        shutil.rmtree(self._archive, ignore_errors=True)
        self._archive.mkdir(parents=True)
        artifacts.unpacked(body, "the revision", self._archive)
        self._spec = self._read(self._archive)

    def _read(self, archive: Path) -> ServerSpec:
        path = next((archive / each for each in _NAMES if (archive / each).is_file()), None)
        if path is None:
            raise EventError(
                "The CodeDeploy agent did not find an AppSpec file within the unpacked revision "
                'directory at revision-relative path "appspec.yml".'
            )
        try:
            return appspec.of_server(path.read_text(encoding="utf-8", errors="replace"))
        except AppSpecError as error:
            lines = [f"{path.name}:{each.line}: {each.message}" for each in error.mistakes]
            raise EventError("\n".join(lines)) from None

    def _install(self) -> None:
        spec = self._spec or ServerSpec()
        exists = self.info.get("fileExistsBehavior", "DISALLOW")
        exists = spec.exists if exists == "DISALLOW" else exists
        cleanup = self._instructions / f"{self._group}-cleanup"
        try:
            installing.install(spec, self._archive, self.root, cleanup, exists)
        except (installing.InstallError, OSError) as error:
            raise EventError(str(error)) from None

    def _script(self, event: str, script: Script, archive: Path) -> None:
        path = archive / script.location
        if not path.is_file() or not path.resolve().is_relative_to(archive.resolve()):
            raise EventError(
                f"Script does not exist at specified location: {script.location}",
                "ScriptMissing",
                script.location,
            )
        path.chmod(path.stat().st_mode | 0o100)
        lines: list[str] = []
        work = self.deployment.work
        try:
            status = work.workshop.processes.run(
                [str(path)],
                self.root / _AGENT,
                {**self.environment, **self._variables(event)},
                min(float(script.timeout), work.options.limit),
                lines.append,
            )
        except OSError as error:
            why = (
                f"Script at specified location: {script.location}: {os.strerror(error.errno or 0)}"
            )
            raise EventError(why, "ScriptFailed", script.location) from None
        self._log(event, lines)
        if status == 0:
            return
        tail = "\n".join(lines[-_TAIL:])
        if status == TIMED_OUT:
            why = f"failed to complete in {script.timeout} seconds"
            code = "ScriptTimedOut"
        else:
            why, code = f"failed with exit code {status}", "ScriptFailed"
        raise EventError(
            f"Script at specified location: {script.location} {why}", code, script.location, tail
        )

    def _variables(self, event: str) -> dict[str, str]:
        return {
            "LIFECYCLE_EVENT": event,
            "DEPLOYMENT_ID": self.deployment.id,
            "APPLICATION_NAME": self.deployment.application,
            "DEPLOYMENT_GROUP_NAME": self.deployment.name,
            "DEPLOYMENT_GROUP_ID": self._group,
            "INSTANCE_ROOT": str(self.root),
        }

    def _log(self, event: str, lines: list[str]) -> None:
        path = self._archive.parent / "logs" / "scripts.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"[{event}] {each}\n" for each in lines)

    @property
    def _group(self) -> str:
        return str(self.deployment.group["deploymentGroupId"])

    @property
    def _instructions(self) -> Path:
        return self.root / _AGENT / "deployment-root" / "deployment-instructions"

    @property
    def _last(self) -> Path:
        return self._instructions / f"{self._group}_last_successful_install"

    @property
    def _archive(self) -> Path:
        root = self.root / _AGENT / "deployment-root"
        return root / self._group / self.deployment.id / "deployment-archive"


_NAMES: Final = ("appspec.yml", "appspec.yaml")


def environment(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the variables of every script: none of the user's but a few."""
    yield from ((name, os.environ[name]) for name in _KEPT if name in os.environ)
    for name, folder in (("HOME", "root"), ("TMPDIR", "tmp")):
        (root / folder).mkdir(parents=True, exist_ok=True)
        yield name, str(root / folder)


def _said(error: EventError) -> str:
    return f"{error.message}\n{error.log}" if error.log else error.message
