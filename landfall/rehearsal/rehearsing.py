"""Rehearse pipelines of a sandbox, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from botocore.exceptions import ClientError

from landfall.problems import refuse
from landfall.rehearsal.builds import Workshop
from landfall.rehearsal.course import Course
from landfall.rehearsal.credentials_endpoint import CredentialsEndpoint
from landfall.rehearsal.executions import Execution, Given, Pipeline, begun, run_rollback
from landfall.rehearsal.processes import Processes
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Sandbox
from landfall.rehearsal.work import Options, Start
from landfall.releases import history, rollback

PREVIOUS = "previous"
"""The release before the current one, for a rollback."""


@contextmanager
def workshop(sandbox: Sandbox, limit: float) -> Iterator[Workshop]:
    """Yield what the builds of a rehearsal share; end all their processes at the end."""
    processes, credentials = Processes(), CredentialsEndpoint()
    try:
        yield Workshop(sandbox, processes, credentials, limit)
    finally:
        processes.end_all()
        credentials.close()


def read(sandbox: Sandbox, names: Sequence[str], account: str, region: str) -> list[Pipeline]:
    """Return pipelines as the sandbox's CodePipeline has them.

    Raises:
        ProblemsError: one of them does not exist there.

    """
    client = sandbox.client("codepipeline", region, sandbox.entered(account, region))
    found = []
    for name in names:
        try:
            structure = client.get_pipeline(name=name)["pipeline"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "PipelineNotFoundException":
                raise
            raise refuse(
                f"the sandbox has no pipeline {name}", "build the stack there: landfall up"
            ) from None
        found.append(Pipeline(structure, account, region))
    return found


def rehearse(
    sandbox: Sandbox,
    pipelines: Sequence[Pipeline],
    options: Options,
    course: Course,
    starts: Mapping[str, Start] | None = None,
) -> None:
    """Execute pipelines in order, and what they start; one that fails ends the rehearsal.

    `starts` are the executions that a change starts, by pipeline.

    Raises:
        ProblemsError: CodePipeline does not start an execution.

    """
    done: set[str] = set()
    with workshop(sandbox, options.limit) as shared:
        for pipeline in pipelines:
            # A promotion may have started it already.
            first = (starts or {}).get(pipeline.name) or Start(pipeline.name)
            waiting = [] if pipeline.name in done else [(pipeline, first, "")]
            while waiting:
                chosen, start, identity = waiting.pop(0)
                done.add(chosen.name)
                identity = identity or _begun(sandbox, chosen, start)
                execution = Execution(
                    shared, options, chosen, course, identity, _given(chosen, start)
                )
                _run(execution)
                for started, other in execution.started:
                    (found,) = read(sandbox, [started.pipeline], chosen.account, chosen.region)
                    waiting.append((found, started, other))
                if course.ends[-1].status == "Failed" or course.ends[-1].back_to:
                    return


def roll_back(
    sandbox: Sandbox, pipeline: Pipeline, release: str, options: Options, course: Course
) -> None:
    """Roll every deployment stage of a pipeline back to a release, or to the previous one.

    Raises:
        ProblemsError: there is no such release, or CodePipeline cannot roll back to it.

    """
    entered = sandbox.entered(pipeline.account, pipeline.region)
    client = sandbox.client("codepipeline", pipeline.region, entered)
    found = history.read(client, pipeline.name)
    target = rollback.chosen(found, None if release == PREVIOUS else release)
    stages = {each["name"]: each for each in pipeline.structure["stages"]}
    with workshop(sandbox, options.limit) as shared:
        for stage, execution in rollback.go_back(client, found, target):
            run_rollback(shared, options, pipeline, course, execution, target.id, stages[stage])


def _begun(sandbox: Sandbox, pipeline: Pipeline, start: Start) -> str:
    try:
        return begun(sandbox, pipeline, start)
    except ActionError as error:
        raise refuse(f"pipeline {pipeline.name} does not start: {error.message}") from None


def _given(pipeline: Pipeline, start: Start) -> Given:
    """Return what an execution has at its start: variables, and revisions of sources."""
    # CodePipeline has refused variables that have neither a value nor a default.
    values = {
        each["name"]: each["defaultValue"]
        for each in pipeline.structure.get("variables", [])
        if "defaultValue" in each
    }
    values |= {each["name"]: each["value"] for each in start.variables}
    overrides = {each["actionName"]: each for each in start.revisions}
    return Given(variables={"variables": values}, overrides=overrides, change=start.change)


def _run(execution: Execution) -> None:
    try:
        execution.run()
    except KeyboardInterrupt:
        execution.stop("interrupted")
        raise
    except Exception as error:
        execution.stop(f"the rehearsal failed: {error}")
        raise
