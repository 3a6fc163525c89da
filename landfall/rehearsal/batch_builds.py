"""Batch builds of CodeBuild: the builds of a buildspec's `batch`, side by side or in order.

https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from landfall.aws.arns import arn_of
from landfall.rehearsal import artifacts, batches
from landfall.rehearsal.batches import Batch, Task
from landfall.rehearsal.builds import Build, Built, Order, Workshop, given
from landfall.rehearsal.buildspec import BuildspecError
from landfall.rehearsal.results import ActionError

_IDENTIFIER = "CODEBUILD_BATCH_BUILD_IDENTIFIER"


class BatchBuild:
    """One batch, from its first build to its end."""

    def __init__(self, workshop: Workshop, order: Order) -> None:
        self._workshop, self._order = workshop, order
        self.id = f"{order.project['name']}:{uuid.uuid4()}"
        self._groups: dict[str, dict[str, Any]] = {}
        self._built: dict[str, Built] = {}
        self._errors: dict[str, ActionError] = {}

    def run(self) -> Mapping[str, bytes]:
        """Run the batch; return its artifact, in which those of its builds are combined, by name.

        Raises:
            ActionError: a build failed whose failure the batch does not ignore.

        """
        batch = self._batch()
        self._report("IN_PROGRESS")
        try:
            self._all(batch)
        except ActionError:
            self._report("FAILED")
            raise
        failed = [
            each
            for each in batch.tasks
            if each.identifier not in self._built and not each.ignores_failure
        ]
        self._report("FAILED" if failed else "SUCCEEDED")
        if failed:
            raise self._failure(failed)
        bodies = [self._built[each.identifier].artifacts for each in batch.tasks if self._has(each)]
        return {
            name: artifacts.combined([each[name] for each in bodies if name in each])
            for name in self._order.outputs
        }

    def _batch(self) -> Batch:
        order = self._order
        file, text = given(order.project)
        if text is None:
            text = artifacts.file_of(order.inputs[order.primary], file)
        if text is None:
            raise ActionError(f"YAML_FILE_ERROR: the sources have no file {file}")
        try:
            return batches.parse(text)
        except BuildspecError as error:
            lines = "\n".join(f"{file}:{each.line}: {each.message}" for each in error.mistakes)
            raise ActionError(f"YAML_FILE_ERROR: {lines}") from None

    def _has(self, task: Task) -> bool:
        return task.identifier in self._built

    def _all(self, batch: Batch) -> None:
        """Run the builds; one begins when those that it depends on have succeeded."""
        left = list(batch.tasks)
        while left:
            ready = [each for each in left if all(name in self._built for name in each.after)]
            if not ready or (batch.fast_fail and self._errors):
                return
            left = [each for each in left if each not in ready]
            with ThreadPoolExecutor(len(ready)) as pool:
                try:
                    list(pool.map(self._one, ready))
                except BaseException:
                    self._workshop.processes.end_all()
                    raise

    def _one(self, task: Task) -> None:
        order, own = self._order, [*task.variables.items(), (_IDENTIFIER, task.identifier)]
        project = dict(order.project)
        if task.buildspec:
            project["source"] = {**project["source"], "buildspec": task.buildspec}
        variables = [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in own]
        build = Build(
            self._workshop,
            replace(
                order,
                project=project,
                variables=[*order.variables, *variables],
                batch=self.id,
            ),
        )
        group = {"identifier": task.identifier, "dependsOn": list(task.after)}
        summary = {"arn": build.arn, "requestedOn": 0, "buildStatus": "IN_PROGRESS"}
        self._groups[task.identifier] = {
            **group,
            "ignoreFailure": task.ignores_failure,
            "currentBuildSummary": summary,
        }
        try:
            self._built[task.identifier] = build.run()
            summary["buildStatus"] = "SUCCEEDED"
        except ActionError as error:
            self._errors[task.identifier] = error
            summary["buildStatus"] = "FAILED"
        self._report("IN_PROGRESS")

    def _failure(self, failed: Sequence[Task]) -> ActionError:
        whys = []
        for task in failed:
            error = self._errors.get(task.identifier)
            why = error.message if error else "it did not run, because an earlier build failed"
            whys.append(f"build {task.identifier}: {why}")
        return ActionError("\n".join(whys), reference=self.id)

    @property
    def summary(self) -> str:
        """Return how many builds ran, and how many of them failed."""
        failed = f", {len(self._errors)} failed" if self._errors else ""
        return f"{len(self._groups)} builds{failed}"

    def _report(self, status: str) -> None:
        order, project = self._order, self._order.project
        arn = arn_of(
            self._workshop.sandbox.partition,
            "codebuild",
            f"build-batch/{self.id}",
            region=order.region,
            account=order.account,
        )
        batch = {
            "id": self.id,
            "arn": arn,
            "projectName": project["name"],
            "buildBatchStatus": status,
            "complete": status != "IN_PROGRESS",
            "serviceRole": project["serviceRole"],
            "initiator": order.initiator,
            "buildBatchConfig": project.get("buildBatchConfig", {}),
            "buildGroups": list(self._groups.values()),
        }
        self._workshop.sandbox.tell(
            "batch", account=order.account, region=order.region, batch=batch
        )
