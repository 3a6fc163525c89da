"""A build of CodeBuild: its phases as processes of this machine, in a scratch folder.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall.aws.arns import arn_of
from landfall.rehearsal import build_tools, build_variables, buildspec, caches
from landfall.rehearsal.artifacts import packed, paths, unpacked
from landfall.rehearsal.build_log import BuildLog
from landfall.rehearsal.build_phases import Shell, exported_values, tail
from landfall.rehearsal.build_reports import Reporter
from landfall.rehearsal.buildspec import PHASES, Buildspec, BuildspecError, Files
from landfall.rehearsal.cached_files import Places
from landfall.rehearsal.caches import Kept
from landfall.rehearsal.credentials_endpoint import CredentialsEndpoint
from landfall.rehearsal.processes import Processes
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Sandbox, Session
from landfall.rehearsal.selecting import NothingFoundError, selected

# CodeBuild's phases before and after those of the buildspec.
_SUBMITTED, _PROVISIONING, _DOWNLOAD = "SUBMITTED", "PROVISIONING", "DOWNLOAD_SOURCE"
_UPLOAD, _COMPLETED = "UPLOAD_ARTIFACTS", "COMPLETED"
_HOME: Final = "home"
_KEPT: Final = ("PATH", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all builds of a rehearsal share. No build may take longer than `longest` seconds."""

    sandbox: Sandbox
    processes: Processes
    credentials: CredentialsEndpoint
    longest: float = 600.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a build is asked: its project, the bodies of its inputs, and names of its outputs.

    `batch` is the id of the batch of which it is a build: then an artifact is optional.
    `log_group` is given for compute that CodePipeline manages: the account's CodeBuild does not
    show its builds.
    """

    project: Mapping[str, Any]
    account: str
    region: str
    initiator: str
    inputs: Mapping[str, bytes]
    primary: str
    outputs: Sequence[str]
    variables: Sequence[Mapping[str, str]]
    revision: str
    session: Session = field(repr=False)
    batch: str = ""
    log_group: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build gave: artifacts as zip files by name, and exported variables."""

    id: str
    artifacts: Mapping[str, bytes]
    variables: Mapping[str, str]
    log: BuildLog


class Build:
    """One build, from its submission to its end."""

    def __init__(self, workshop: Workshop, order: Order) -> None:
        self._workshop, self._order = workshop, order
        sandbox, project = workshop.sandbox, order.project
        self.id = f"{project['name']}:{uuid.uuid4()}"
        self.arn = arn_of(
            sandbox.partition,
            "codebuild",
            f"build/{self.id}",
            region=order.region,
            account=order.account,
        )
        client = sandbox.client("logs", order.region, order.session)
        self.log = BuildLog(client, project, self.id, order.log_group)
        self._phases: list[dict[str, Any]] = []
        self._report_arns: list[str] = []
        self._started = time.time()
        self._status = "IN_PROGRESS"

    def run(self) -> Built:
        """Run the build.

        Raises:
            ActionError: it failed, with the phase, the reason and the end of its log.

        """
        with tempfile.TemporaryDirectory(prefix="landfall-build-") as scratch:
            try:
                return self._in(Path(scratch))
            except ActionError as error:
                self._finish("FAILED" if self._status == "IN_PROGRESS" else self._status)
                if not error.reference:
                    error.reference = self.id
                raise
            finally:
                self.log.flush()

    def _in(self, scratch: Path) -> Built:
        self._begin(_SUBMITTED)
        self._begin(_PROVISIONING)
        self.log.open(self._order.project["serviceRole"], self.arn)
        self._begin(_DOWNLOAD)
        folders, spec = self._sources(scratch)
        shell = self._shell(scratch, folders, spec)
        with caches.of(spec.cache, self._caching(scratch, shell)) as cache:
            return self._with(cache, shell, spec, folders)

    def _with(
        self, cache: Kept, shell: Shell, spec: Buildspec, folders: Mapping[str, Path]
    ) -> Built:
        cache.restore()
        failed = self._commands(shell, spec)
        self._begin(_UPLOAD)
        sources = folders[self._order.primary]
        self._reports(spec, sources)
        if failed:
            raise self._failure(*failed)
        try:
            made = {name: self._artifact(spec, name, sources) for name in self._outputs(spec)}
        except NothingFoundError as error:
            raise self._failure(_UPLOAD, str(error)) from None
        cache.save()
        values = exported_values(shell, spec.exported, lambda text: _ask(shell, text))
        self._finish("SUCCEEDED")
        return Built(self.id, made, values, self.log)

    def _caching(self, scratch: Path, shell: Shell) -> caches.Given:
        order, sandbox = self._order, self._workshop.sandbox
        where = {"account": order.account, "region": order.region}
        name = order.project["name"]
        return caches.Given(
            order.project,
            self._project_arn,
            sandbox.client("s3", order.region, order.session),
            Places(shell.sources, scratch / _HOME),
            self.log,
            lambda: Path(sandbox.tell("build host", **where, project=name)),
            lambda text: _ask(shell, f"cat <<LANDFALL_KEY\n{text}\nLANDFALL_KEY\n").strip(),
        )

    def _sources(self, scratch: Path) -> tuple[dict[str, Path], Buildspec]:
        folders: dict[str, Path] = {}
        for name, body in self._order.inputs.items():
            folders[name] = scratch / "src" / name
            folders[name].mkdir(parents=True)
            unpacked(body, name, folders[name])
        file, text = self._buildspec(folders[self._order.primary])
        try:
            return folders, buildspec.parse(text)
        except BuildspecError as error:
            lines = "\n".join(f"{file}:{each.line}: {each.message}" for each in error.mistakes)
            raise self._failure(_DOWNLOAD, f"YAML_FILE_ERROR: {lines}") from None

    def _buildspec(self, sources: Path) -> tuple[str, str]:
        name, text = given(self._order.project)
        if text is not None:
            return name, text
        path = sources / name
        if not path.is_file() or not path.resolve().is_relative_to(sources.resolve()):
            raise self._failure(_DOWNLOAD, f"YAML_FILE_ERROR: the sources have no file {name}")
        return name, path.read_text(encoding="utf-8", errors="replace")

    def _shell(self, scratch: Path, folders: Mapping[str, Path], spec: Buildspec) -> Shell:
        order, sandbox = self._order, self._workshop.sandbox
        found = build_variables.resolved(
            [
                *build_variables.declared(spec),
                *order.project["environment"].get("environmentVariables", []),
                *order.variables,
            ],
            lambda service: sandbox.client(service, order.region, order.session),
        )
        self.log.hide(found.hidden)
        state, home, temporary = scratch / "state", scratch / _HOME, scratch / "tmp"
        for folder in (state, home, temporary):
            folder.mkdir()
        environment = {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "HOME": str(home),
            "TMPDIR": str(temporary),
            **build_tools.install(scratch),
            **self._own(folders),
            **self._workshop.credentials.variables(order.session),
            **found.values,
        }
        limit = float(order.project.get("timeoutInMinutes", 60)) * 60
        end = time.monotonic() + min(limit, self._workshop.longest)
        return Shell(
            spec.shell,
            state,
            folders[order.primary],
            environment,
            self._workshop.processes,
            self.log,
            end,
        )

    @property
    def _project_arn(self) -> str:
        return arn_of(
            self._workshop.sandbox.partition,
            "codebuild",
            f"project/{self._order.project['name']}",
            region=self._order.region,
            account=self._order.account,
        )

    def _own(self, folders: Mapping[str, Path]) -> dict[str, str]:
        """Return the variables that CodeBuild sets."""
        order, project = self._order, self._order.project
        return {
            "AWS_DEFAULT_REGION": order.region,
            "AWS_REGION": order.region,
            "AWS_ENDPOINT_URL": self._workshop.sandbox.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CI": "true",
            "CODEBUILD_BUILD_ARN": self.arn,
            "CODEBUILD_BUILD_ID": self.id,
            "CODEBUILD_BUILD_IMAGE": project["environment"].get("image", ""),
            "CODEBUILD_CI": "true",
            "CODEBUILD_INITIATOR": order.initiator,
            "CODEBUILD_KMS_KEY_ID": project.get("encryptionKey", ""),
            "CODEBUILD_LOG_PATH": self.log.stream,
            "CODEBUILD_PROJECT_ARN": self._project_arn,
            "CODEBUILD_RESOLVED_SOURCE_VERSION": order.revision,
            "CODEBUILD_SOURCE_VERSION": order.revision,
            "CODEBUILD_SRC_DIR": str(folders[order.primary]),
            "CODEBUILD_START_TIME": str(int(self._started * 1000)),
            **{
                f"CODEBUILD_SRC_DIR_{name}": str(folder)
                for name, folder in folders.items()
                if name != order.primary
            },
        }

    def _commands(self, shell: Shell, spec: Buildspec) -> tuple[str, str] | None:
        """Run the phases; return the first that failed and why, or None.

        After a failed `build`, `post_build` runs; after any other, the build ends, unless the phase
        says otherwise.
        """
        failed: tuple[str, str] | None = None
        for name in PHASES:
            phase = spec.phases.get(name)
            self._begin(name.upper())
            if phase is None:
                continue
            why = shell.run(name, phase, succeeding=failed is None)
            self.log.flush()
            if not why:
                continue
            self._phases[-1]["phaseStatus"] = "FAILED"
            self._phases[-1]["contexts"] = [
                {"statusCode": "COMMAND_EXECUTION_ERROR", "message": why}
            ]
            failed = failed or (name.upper(), why)
            if why == "Build timed out":
                self._status = "TIMED_OUT"
                failed = (name.upper(), self._late())
                break
            goes_on = phase.on_failure == "CONTINUE" or (name == "build" and not phase.on_failure)
            if not goes_on:
                break
        return failed

    def _late(self) -> str:
        minutes = self._order.project.get("timeoutInMinutes", 60)
        longest = self._workshop.longest
        if longest < float(minutes) * 60:
            return (
                f"Build timed out after {longest:g} s, which --limit allows; CodeBuild ends"
                f" it after {minutes} min"
            )
        return f"Build timed out after {minutes} min"

    def _reports(self, spec: Buildspec, sources: Path) -> None:
        order = self._order
        build = {
            "arn": self.arn,
            "project": order.project["name"],
            "role": order.project["serviceRole"],
        }
        reporter = Reporter(self._workshop.sandbox, order.account, order.region, build, self.log)
        try:
            self._report_arns.extend(reporter.write(spec.reports, sources))
        except ActionError as error:
            raise self._failure(_UPLOAD, error.message) from None

    def _outputs(self, spec: Buildspec) -> Sequence[str]:
        has_none = spec.artifacts is None and not spec.secondary
        return () if self._order.batch and has_none else self._order.outputs

    def _artifact(self, spec: Buildspec, name: str, sources: Path) -> bytes:
        """Pack one output; several outputs are secondary artifacts of their names."""
        files: Files | None = spec.secondary.get(name)
        if files is None and len(self._order.outputs) == 1:
            files = spec.artifacts
        if files is None:
            raise NothingFoundError(
                f"the buildspec has no artifact for {name}: write artifacts, and "
                "secondary-artifacts where an action has more than one output"
            )
        base = sources / files.base
        chosen = selected(files, paths(base))
        return packed({shown: base / path for shown, path in chosen.items()})

    def _failure(self, phase: str, why: str) -> ActionError:
        self._phases[-1]["phaseStatus"] = "FAILED"
        shown = tail(self.log)
        return ActionError(f"{phase}: {why}" + (f"\n{shown}" if shown else ""), reference=self.id)

    def _begin(self, phase: str) -> None:
        now = time.time()
        if self._phases:
            self._close(now)
        self._phases.append({"phaseType": phase, "startTime": now})
        self._report()

    def _close(self, now: float) -> None:
        last = self._phases[-1]
        last.setdefault("phaseStatus", "SUCCEEDED")
        last["endTime"] = now
        last["durationInSeconds"] = int(now - last["startTime"])

    def _finish(self, status: str) -> None:
        if status != "SUCCEEDED":
            self._phases[-1].setdefault("phaseStatus", status)
        self._close(time.time())
        self._phases.append({"phaseType": _COMPLETED, "startTime": time.time()})
        self._status = status
        self._report()

    def _report(self) -> None:
        order, project = self._order, self._order.project
        if order.log_group:
            return
        build: dict[str, Any] = {
            "id": self.id,
            "arn": self.arn,
            "owner": os.getpid(),
            "projectName": project["name"],
            "buildStatus": self._status,
            "buildComplete": self._status != "IN_PROGRESS",
            "currentPhase": self._phases[-1]["phaseType"],
            "startTime": self._started,
            "initiator": order.initiator,
            "serviceRole": project["serviceRole"],
            "resolvedSourceVersion": order.revision,
            "source": {"type": "CODEPIPELINE"},
            "artifacts": {"location": ""},
            "environment": project["environment"],
            "timeoutInMinutes": project.get("timeoutInMinutes", 60),
            "logs": {"groupName": self.log.group, "streamName": self.log.stream},
            "phases": self._phases,
            "reportArns": self._report_arns,
        }
        if order.batch:
            build["buildBatchArn"] = self.arn.replace(
                f":build/{self.id}", f":build-batch/{order.batch}"
            )
        if build["buildComplete"]:
            build["endTime"] = time.time()
        self._workshop.sandbox.tell(
            "build", account=order.account, region=order.region, build=build
        )


def given(project: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name of a project's buildspec, and its text if it is in the project itself."""
    found = project["source"].get("buildspec") or "buildspec.yml"
    if "\n" in found or found.lstrip().startswith("{"):
        return "buildspec of the project", found
    return found, None


def _ask(shell: Shell, script: str) -> str:
    done = subprocess.run(
        [shell.name, "-c", script],
        env=dict(shell.environment),
        cwd=shell.sources,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout
