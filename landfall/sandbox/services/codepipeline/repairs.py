"""CodePipeline: timestamps that are numbers, and a role judged by its whole trust policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.codepipeline import models
from moto.codepipeline.exceptions import InvalidStructureException


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _create_pipeline(
    self: models.CodePipelineBackend, pipeline: dict[str, Any], tags: list[dict[str, str]] | None
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    name = pipeline["name"]
    if name in self.pipelines:
        raise InvalidStructureException(
            f"A pipeline with the name '{name}' already exists in account '{self.account_id}'"
        )
    created = models.CodePipeline(self.account_id, self.region_name, pipeline)
    created.validate_tags(tags or [])
    created.tags.update({tag["key"]: tag["value"] for tag in tags or []})
    self.pipelines[name] = created
    return created.pipeline, sorted(tags or [], key=lambda tag: tag["key"])


_defaults = models.CodePipeline.add_default_values


def _add_default_values(self: models.CodePipeline, pipeline: dict[str, Any]) -> dict[str, Any]:
    pipeline.setdefault("pipelineType", "V1")
    pipeline.setdefault("executionMode", "SUPERSEDED")
    filled: dict[str, Any] = _defaults(self, pipeline)
    return filled


# The emulator sends ISO strings; the API Reference's PipelineMetadata has timestamps, which the
# JSON protocol sends as seconds, and SDKs other than Python's refuse the rest.
models.iso_8601_datetime_with_milliseconds = _seconds
# The emulator fails on a trust statement without a Service; the gate's limit judges the role.
models.CodePipelineBackend.create_pipeline = _create_pipeline
# API Reference, PipelineDeclaration: pipelineType and executionMode have defaults.
models.CodePipeline.add_default_values = _add_default_values
