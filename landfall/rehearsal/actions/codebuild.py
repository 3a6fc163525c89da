"""CodeBuild's build and test actions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landfall.aws.arns import arn_of
from landfall.rehearsal.batch_builds import BatchBuild
from landfall.rehearsal.builds import Build, Order
from landfall.rehearsal.results import NOT_REHEARSED, ActionError, Result
from landfall.rehearsal.work import Work


def run(work: Work) -> Result:
    """Run the project's build as its service role, which reads and writes the artifacts, too."""
    is_batch = work.configuration.get("BatchEnabled") == "true"
    if is_batch and work.output_names and work.configuration.get("CombineArtifacts") != "true":
        message = "Batch builds whose artifacts are not combined are not rehearsed."
        raise ActionError(message, NOT_REHEARSED)
    project = _project(work)
    arn = arn_of(
        work.sandbox.partition,
        "codebuild",
        f"project/{project['name']}",
        region=work.region,
        account=work.hub,
    )
    session = work.sandbox.of_service(
        "codebuild.amazonaws.com",
        arn,
        project["serviceRole"],
        "AWSCodeBuild-rehearsal",
        work.hub,
        work.region,
    )
    inputs = {name: work.read(name, session) for name in work.input_names}
    order = Order(
        project,
        work.hub,
        work.region,
        f"codepipeline/{work.pipeline['name']}",
        inputs,
        work.configuration.get("PrimarySource") or work.input_names[0],
        work.output_names,
        _variables(work),
        work.revision,
        session,
    )
    if is_batch:
        batch = BatchBuild(work.workshop, order)
        bodies = batch.run()
        made = {name: work.write(name, body, session) for name, body in bodies.items()}
        shown = f"aws codebuild batch-get-build-batches --ids {batch.id}"
        return Result(reference=batch.id, artifacts=made, summary=batch.summary, more=shown)
    build = Build(work.workshop, order)
    logs = build.log.reading
    try:
        done = build.run()
    except ActionError as error:
        error.more = error.more or logs
        raise
    made = {name: work.write(name, body, session) for name, body in done.artifacts.items()}
    lost = f"Its log is lost: {done.log.lost}" if done.log.lost else ""
    return Result(
        reference=done.id, variables=done.variables, artifacts=made, summary=lost, more=logs
    )


def _project(work: Work) -> Mapping[str, Any]:
    client = work.sandbox.client(
        "codebuild", work.region, work.sandbox.entered(work.hub, work.region)
    )
    name = work.configuration["ProjectName"]
    found = client.batch_get_projects(names=[name])["projects"]
    if not found:
        raise ActionError(f"Project {name} does not exist.", "ConfigurationError")
    project: Mapping[str, Any] = found[0]
    return project


def _variables(work: Work) -> list[dict[str, str]]:
    text = work.configuration.get("EnvironmentVariables", "[]")
    try:
        found: list[dict[str, str]] = json.loads(text)
    except ValueError:
        raise ActionError("EnvironmentVariables is no JSON.", "ConfigurationError") from None
    return found
