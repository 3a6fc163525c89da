"""One execution of a pipeline, as the sandbox's CodePipeline has the pipeline.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from landfall.aws.arns import arn_of
from landfall.aws.codepipeline.flow import groups
from landfall.rehearsal import conditions, results
from landfall.rehearsal.actions import catalogue
from landfall.rehearsal.builds import Workshop
from landfall.rehearsal.course import Course, Ended, Entry
from landfall.rehearsal.results import ActionError, Location, Result
from landfall.rehearsal.sandbox import Sandbox, Session
from landfall.rehearsal.triggers import Change
from landfall.rehearsal.variables import UnresolvedVariableError, of_action
from landfall.rehearsal.work import Alarms, Options, Start, Work

_FAILED, _SUCCEEDED, _STOPPED = "Failed", "Succeeded", "Stopped"
_IN_PROGRESS, _SKIPPED = "InProgress", "Skipped"
_MOST = 50
_ACCOUNT = 4


@dataclass(slots=True)
class Given:
    """What the actions of an execution have given so far: artifacts, and variables by namespace.

    `overrides` are the source revisions with which it was started, by action, and `change` is the
    change that started it.
    """

    artifacts: dict[str, Location] = field(default_factory=dict)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    revision: str = ""
    overrides: dict[str, Mapping[str, str]] = field(default_factory=dict)
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline of the sandbox: its structure, and its account and region."""

    structure: Mapping[str, Any]
    account: str
    region: str

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.structure["name"])


class Execution:
    """One execution, or a rollback of one stage."""

    def __init__(
        self,
        workshop: Workshop,
        options: Options,
        pipeline: Pipeline,
        course: Course,
        identity: str,
        given: Given,
        *,
        is_rollback: bool = False,
    ) -> None:
        self._workshop, self._options, self._pipeline = workshop, options, pipeline
        self._course, self.id, self._given = course, identity, given
        self._is_rollback = is_rollback
        self._rung = Alarms()
        # A stage that its entry conditions refused has changed nothing, so nothing rolls back.
        self._entered: set[str] = set()
        self.started: list[tuple[Start, str]] = []
        """The executions that this one started, with their ids."""

    def run(self) -> None:
        """Run every stage until one fails; report each result to the sandbox."""
        for stage in self._pipeline.structure["stages"]:
            status, why = self.stage(stage)
            if status == _FAILED:
                self.end(_FAILED, f"stage {stage['name']}: {why}")
                if stage["name"] in self._entered:
                    self._roll_back(stage)
                return
            if stage["name"] == self._options.until:
                self.end(_STOPPED, f"stopped after {stage['name']} (--until)")
                return
        self.end(_SUCCEEDED)

    def stage(self, stage: Mapping[str, Any]) -> tuple[str, str]:
        """Run a stage with its conditions; return its status and, if it failed, why."""
        name = stage["name"]
        self._report(stages={name: _IN_PROGRESS})
        refused = None if self._is_rollback else self._condition(stage, "beforeEntry")
        if refused is not None:
            status = _SKIPPED if refused.result == "SKIP" else _FAILED
            self._report(stages={name: status})
            return status, refused.why
        self._entered.add(name)
        failed = self._actions(stage)
        if failed and stage.get("onFailure", {}).get("result") == "RETRY":
            failed = self._retry(stage, failed)
        if failed:
            self._report(stages={name: _FAILED})
            return _FAILED, "; ".join(f"{each.action}: {_first(each)}" for each in failed)
        refused = self._condition(stage, "onSuccess")
        status = _SUCCEEDED if refused is None else _FAILED
        self._report(stages={name: status})
        return status, "" if refused is None else refused.why

    def _actions(self, stage: Mapping[str, Any], only: frozenset[str] | None = None) -> list[Entry]:
        """Run actions in their order, those of one run order side by side; return the failed."""
        for group in groups(stage):
            chosen = [each for each in group if only is None or each["name"] in only]
            if not chosen:
                continue
            entries = self._side_by_side(stage, chosen)
            if failed := [each for each in entries if each.status == _FAILED]:
                return failed
        return []

    def _side_by_side(
        self, stage: Mapping[str, Any], actions: list[Mapping[str, Any]]
    ) -> list[Entry]:
        with ThreadPoolExecutor(len(actions)) as pool:
            try:
                return list(pool.map(lambda each: self._action(stage, each), actions))
            except BaseException:
                # The pool waits for its threads, and these for their builds.
                self._workshop.processes.end_all()
                raise

    def _retry(self, stage: Mapping[str, Any], failed: list[Entry]) -> list[Entry]:
        """Run a failed stage once more: its failed actions and what comes after, or all."""
        mode = stage["onFailure"].get("retryConfiguration", {}).get("retryMode", "FAILED_ACTIONS")
        if mode == "ALL_ACTIONS":
            return self._actions(stage)
        done = {
            each.action
            for each in self._course.entries
            if (each.execution, each.stage, each.status) == (self.id, stage["name"], _SUCCEEDED)
        }
        rest = frozenset(each["name"] for each in stage["actions"]) - done
        return self._actions(stage, rest)

    def _action(self, stage: Mapping[str, Any], action: Mapping[str, Any]) -> Entry:
        entry = self._course.begin(
            Entry(
                self._pipeline.name,
                self.id,
                stage["name"],
                action["name"],
                self._course.now,
                is_rollback=self._is_rollback,
            )
        )
        detail = self._detail(stage, action)
        self._report(action=detail)
        try:
            result = self._result(stage, action, detail, entry)
        except ActionError as error:
            result = Result(
                results.FAILED,
                code=error.code,
                message=error.message,
                reference=error.reference,
                more=error.more,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = "PermissionError" if "AccessDenied" in code else "JobFailed"
            said = error.response["Error"].get("Message", code)
            result = Result(results.FAILED, code=kind, message=said)
        self._keep(action, result)
        self._report(action={**detail, **_output(result)}, **self._revisions(stage, action, result))
        entry.summary, entry.code, entry.message = result.summary, result.code, result.message
        entry.live, entry.more = result.live, result.more
        entry.account = _account(action, self._pipeline)
        self._course.end(entry, result.status)
        return entry

    def _result(
        self,
        stage: Mapping[str, Any],
        action: Mapping[str, Any],
        detail: dict[str, Any],
        entry: Entry,
    ) -> Result:
        if f"{stage['name']}/{action['name']}" == self._options.fail and not self._is_rollback:
            raise ActionError("landfall rehearse --fail lets this action fail.")
        try:
            own = {"codepipeline": {"PipelineExecutionId": self.id}, **self._given.variables}
            ready = of_action(action, own)
        except UnresolvedVariableError as error:
            raise ActionError(str(error), "ConfigurationError") from None
        detail["input"]["resolvedConfiguration"] = ready["configuration"]
        why = self._workshop.sandbox.tell(
            "judge",
            account=self._pipeline.account,
            region=self._pipeline.region,
            pipeline=self._pipeline.name,
            action=ready,
            session=self.id,
        )
        if why and catalogue.is_rehearsed(action):
            raise ActionError(why, "PermissionError")
        return catalogue.run(self._work(stage["name"], ready, entry))

    def _work(self, stage: str, action: Mapping[str, Any], entry: Entry) -> Work:
        role = action.get("roleArn")
        region = action.get("region", self._pipeline.region)
        return Work(
            self._workshop,
            self._options,
            self._pipeline.structure,
            self.id,
            stage,
            action,
            self._session(role, region),
            region,
            _account(action, self._pipeline),
            self._pipeline.region,
            self._pipeline.account,
            dict(self._given.artifacts),
            self._given.revision,
            lambda text: self._course.note(entry, text),
            self._start,
            self._given.overrides.get(action["name"]),
            self._given.change,
            is_rollback=self._is_rollback,
            rung=self._rung,
        )

    def _start(self, start: Start) -> str:
        """Start another pipeline of the account, to be rehearsed after this one."""
        identity = begun(self._workshop.sandbox, self._pipeline, start)
        self.started.append((start, identity))
        return identity

    def _session(self, role: str | None, region: str) -> Session:
        """Return the session of an action's role, which the pipeline's role assumes.

        Raises:
            ActionError: it may not.

        """
        pipeline, sandbox = self._pipeline, self._workshop.sandbox
        arn = arn_of(
            sandbox.partition,
            "codepipeline",
            pipeline.name,
            region=pipeline.region,
            account=pipeline.account,
        )
        session = sandbox.of_service(
            "codepipeline.amazonaws.com",
            arn,
            pipeline.structure["roleArn"],
            self.id,
            pipeline.account,
            pipeline.region,
        )
        if role is None:
            return session
        try:
            return sandbox.assumed(session, role, self.id, region)
        except ClientError as error:
            said = error.response["Error"].get("Message", "")
            raise ActionError(said, "PermissionError") from None

    def _condition(self, stage: Mapping[str, Any], when: str) -> conditions.Refusal | None:
        found = list(_conditions(stage, when))
        if not found:
            return None
        entry = self._course.begin(
            Entry(
                self._pipeline.name,
                self.id,
                stage["name"],
                when,
                self._course.now,
                is_rollback=self._is_rollback,
                is_condition=True,
            )
        )
        refused = conditions.refusal(
            found,
            self._given.variables,
            lambda rule: self._work(stage["name"], rule, entry),
            self._rung,
        )
        self._rung.quiet()
        entry.message = refused.why if refused is not None else ""
        self._course.end(entry, _SUCCEEDED if refused is None else _FAILED)
        return refused

    def _keep(self, action: Mapping[str, Any], result: Result) -> None:
        self._given.artifacts.update(result.artifacts)
        if "namespace" in action:
            self._given.variables[action["namespace"]] = dict(result.variables)
        if action["actionTypeId"]["category"] == "Source" and result.reference:
            self._given.revision = self._given.revision or result.reference

    def _revisions(
        self, stage: Mapping[str, Any], action: Mapping[str, Any], result: Result
    ) -> dict[str, Any]:
        if action["actionTypeId"]["category"] != "Source" or not result.reference:
            return {}
        return {
            "revisions": [
                {
                    "actionName": action["name"],
                    "revisionId": result.reference,
                    "revisionSummary": result.summary,
                }
            ]
        }

    def _detail(self, stage: Mapping[str, Any], action: Mapping[str, Any]) -> dict[str, Any]:
        now = time.time()
        given: dict[str, Any] = {
            "actionTypeId": action["actionTypeId"],
            "configuration": action.get("configuration", {}),
            "region": action.get("region", self._pipeline.region),
            "inputArtifacts": [
                _shown(each["name"], self._given.artifacts.get(each["name"]))
                for each in action.get("inputArtifacts", [])
            ],
        }
        given |= {name: action[name] for name in ("roleArn", "namespace") if name in action}
        return {
            "actionExecutionId": str(uuid.uuid4()),
            "stageName": stage["name"],
            "actionName": action["name"],
            "startTime": now,
            "lastUpdateTime": now,
            "status": _IN_PROGRESS,
            "input": given,
        }

    def _report(self, **members: Any) -> None:
        self._workshop.sandbox.tell(
            "report",
            account=self._pipeline.account,
            region=self._pipeline.region,
            execution=self.id,
            **members,
        )

    def stop(self, why: str) -> None:
        """End the execution, and with it the rehearsal, where it is."""
        self._course.is_interrupted = True
        self.end(_STOPPED, why)

    def end(self, status: str, why: str = "", back_to: str = "") -> None:
        """End the execution with a status of CodePipeline."""
        self._report(status=status, summary=why[:200])
        self._course.ends.append(Ended(self._pipeline.name, self.id, status, why, back_to))

    def _roll_back(self, stage: Mapping[str, Any]) -> None:
        """Run the failed stage again as its last success did, if the stage says so."""
        on_success = _conditions(stage, "onSuccess")
        wanted = stage.get("onFailure", {}).get("result") == "ROLLBACK" or any(
            each.get("result") == "ROLLBACK" for each in on_success
        )
        if not wanted:
            return
        target = last_success(self._workshop, self._pipeline, stage["name"])
        if target is None:
            self._course.ends[-1].why += "; no earlier release of this pipeline to roll back to"
            return
        identity = self._workshop.sandbox.tell(
            "roll back",
            account=self._pipeline.account,
            region=self._pipeline.region,
            pipeline=self._pipeline.name,
            stage=stage["name"],
            target=target,
        )
        run_rollback(
            self._workshop, self._options, self._pipeline, self._course, identity, target, stage
        )


def begun(sandbox: Sandbox, beside: Pipeline, start: Start) -> str:
    """Begin an execution in the account and region of a pipeline; return its id.

    Raises:
        ActionError: CodePipeline refuses it.

    """
    identity: str = sandbox.tell(
        "start",
        account=beside.account,
        region=beside.region,
        pipeline=start.pipeline,
        variables=list(start.variables),
        revisions=list(start.revisions),
        trigger=start.trigger,
    )
    return identity


def run_rollback(
    workshop: Workshop,
    options: Options,
    pipeline: Pipeline,
    course: Course,
    identity: str,
    target: str,
    stage: Mapping[str, Any],
) -> None:
    """Run a rollback's execution: its stage, with what the target's actions gave."""
    given = given_by(workshop, pipeline, target)
    plain = replace(options, fail="", alarm="", until="")
    execution = Execution(workshop, plain, pipeline, course, identity, given, is_rollback=True)
    status, why = execution.stage(stage)
    execution.end(_SUCCEEDED if status == _SUCCEEDED else _FAILED, why, target)


def last_success(workshop: Workshop, pipeline: Pipeline, stage: str) -> str | None:
    """Return the last execution that succeeded in a stage and that a rollback can go to.

    User Guide, 'Considerations for rollbacks': of the pipeline's current structure, no rollback.
    """
    for each in _listed(workshop, pipeline, stage):
        identity = each["pipelineExecutionId"]
        client = _client(workshop, pipeline)
        found = client.get_pipeline_execution(
            pipelineName=pipeline.name, pipelineExecutionId=identity
        )["pipelineExecution"]
        is_current = found["pipelineVersion"] == pipeline.structure.get("version", 1)
        if not is_current or each.get("executionType") == "ROLLBACK":
            continue
        # Nothing was deployed by an execution of which the sandbox ran no action.
        if client.list_action_executions(
            pipelineName=pipeline.name, filter={"pipelineExecutionId": identity}, maxResults=1
        )["actionExecutionDetails"]:
            return str(identity)
    return None


def given_by(workshop: Workshop, pipeline: Pipeline, execution: str) -> Given:
    """Return the artifacts and variables that an execution's actions gave, from CodePipeline."""
    client = _client(workshop, pipeline)
    answer = client.list_action_executions(
        pipelineName=pipeline.name, filter={"pipelineExecutionId": execution}
    )
    found = client.get_pipeline_execution(
        pipelineName=pipeline.name, pipelineExecutionId=execution
    )["pipelineExecution"]
    own = {each["name"]: each["resolvedValue"] for each in found.get("variables", [])}
    given = Given(variables={"variables": own})
    for detail in reversed(answer["actionExecutionDetails"]):
        if detail["status"] != _SUCCEEDED:
            continue
        for each in detail.get("output", {}).get("outputArtifacts", []):
            where = each["s3location"]
            given.artifacts[each["name"]] = Location(where["bucket"], where["key"])
        if "namespace" in detail["input"]:
            named = detail.get("output", {}).get("outputVariables", {})
            given.variables[detail["input"]["namespace"]] = dict(named)
        if detail["input"]["actionTypeId"]["category"] == "Source":
            revision = detail["output"]["executionResult"].get("externalExecutionId", "")
            given.revision = given.revision or revision
    return given


def _listed(workshop: Workshop, pipeline: Pipeline, stage: str) -> list[dict[str, Any]]:
    answer = _client(workshop, pipeline).list_pipeline_executions(
        pipelineName=pipeline.name,
        maxResults=_MOST,
        filter={"succeededInStage": {"stageName": stage}},
    )
    found: list[dict[str, Any]] = answer["pipelineExecutionSummaries"]
    return found


def _client(workshop: Workshop, pipeline: Pipeline) -> Any:
    session = workshop.sandbox.entered(pipeline.account, pipeline.region)
    return workshop.sandbox.client("codepipeline", pipeline.region, session)


def _conditions(stage: Mapping[str, Any], when: str) -> Iterator[Mapping[str, Any]]:
    yield from stage.get(when, {}).get("conditions", [])


def _output(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if result.reference:
        said["externalExecutionId"] = result.reference
    if result.summary:
        said["externalExecutionSummary"] = result.summary
    if result.message:
        said["errorDetails"] = {"code": result.code, "message": result.message}
    output: dict[str, Any] = {
        "executionResult": said,
        "outputArtifacts": [_shown(*each) for each in result.artifacts.items()],
        "outputVariables": dict(result.variables),
    }
    return {"status": result.status, "lastUpdateTime": time.time(), "output": output}


def _shown(name: str, where: Location | None) -> dict[str, Any]:
    if where is None:
        return {"name": name}
    return {"name": name, "s3location": {"bucket": where.bucket, "key": where.key}}


def _account(action: Mapping[str, Any], pipeline: Pipeline) -> str:
    """Return the account in which an action acts: that of its role."""
    role = action.get("roleArn")
    return str(role).split(":")[_ACCOUNT] if role else pipeline.account


def _first(entry: Entry) -> str:
    return entry.message.splitlines()[0] if entry.message else entry.code
