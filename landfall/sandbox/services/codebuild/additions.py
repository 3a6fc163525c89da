"""CodeBuild: projects with all their members, and builds that rehearsals run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psutil
from moto.codebuild.models import CodeBuild, CodeBuildBackend, codebuild_backends

from landfall.sandbox.across_services import service_events
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.services.codebuild import additions_batches as additions_batches
from landfall.sandbox.services.codebuild.additions_reports import (
    ResourceAlreadyExistsError,
    ResourceNotFoundError,
)

_LOST = (
    "secondarySources",
    "secondarySourceVersions",
    "secondaryArtifacts",
    "encryptionKey",
    "fileSystemLocations",
    "buildBatchConfig",
    "concurrentBuildLimit",
    "resourceAccessRole",
    "projectVisibility",
    "autoRetryLimit",
)
"""Members of CreateProject that the emulator does not keep."""

_PHASES_OF_EVENTS = ("SUBMITTED", "COMPLETED")
"""Phases of which CodeBuild sends an event: User Guide, 'Build notifications input format'."""

_TIMEOUT_MINUTES, _QUEUED_MINUTES = 60, 480

_rehearsed: Store[dict[str, Any]] = Store()
"""Builds that `landfall rehearse` runs, by id; the emulator's own do nothing."""


class AccountLimitExceededError(AWSError):
    """More builds at once than the account may run: CodeBuild API Reference, StartBuild."""

    code = "AccountLimitExceededException"


class InvalidInputError(AWSError):
    """An input that CodeBuild refuses: CodeBuild API Reference, CreateProject."""

    code = "InvalidInputException"


def _backend(request: Request) -> CodeBuildBackend:
    return codebuild_backends[request.account][request.region]


def _require_locations(params: Mapping[str, Any]) -> None:
    """Only CODEPIPELINE and NO_SOURCE need none: CodeBuild API Reference, ProjectSource."""
    for source in (params.get("source"), *params.get("secondarySources", ())):
        if source and source["type"] not in ("CODEPIPELINE", "NO_SOURCE"):
            if not source.get("location"):
                raise InvalidInputError("Project source location is required")
        elif source and source["type"] == "NO_SOURCE" and not source.get("buildspec"):
            raise InvalidInputError(
                "Invalid project source: for source type NO_SOURCE a buildspec is required"
            )
    artifacts = params.get("artifacts")
    if artifacts and artifacts["type"] == "S3" and not artifacts.get("location"):
        raise InvalidInputError("Invalid artifacts: artifacts location is required")
    if artifacts and artifacts["type"] == "NO_ARTIFACTS" and artifacts.get("location"):
        raise InvalidInputError(
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null location"
        )
    pipelines = [
        each and each["type"] == "CODEPIPELINE" for each in (params.get("source"), artifacts)
    ]
    if params.get("source") and artifacts and pipelines[0] != pipelines[1]:
        raise InvalidInputError(
            "Invalid project: if one of source and artifacts is CODEPIPELINE, both must be"
        )


@addition("codebuild", "CreateProject")
def create_project(request: Request) -> Mapping[str, Any]:
    """Make a project with all its members: CodeBuild API Reference, CreateProject."""
    params, backend = request.params, _backend(request)
    name = params["name"]
    if name in backend.codebuild_projects:
        arn = request.arn("codebuild", f"project/{name}")
        raise ResourceAlreadyExistsError(f"Project already exists: {arn}")
    _require_locations(params)
    described: dict[str, Any] = backend.create_project(
        project_name=name,
        description=params.get("description"),
        project_source=params["source"],
        artifacts=params["artifacts"],
        environment=params["environment"],
        service_role=params["serviceRole"],
        tags=params.get("tags", []),
        cache=params.get("cache"),
        timeout=params.get("timeoutInMinutes", _TIMEOUT_MINUTES),
        queued_timeout=params.get("queuedTimeoutInMinutes", _QUEUED_MINUTES),
        source_version=params.get("sourceVersion"),
        logs_config=params.get("logsConfig"),
        vpc_config=params.get("vpcConfig"),
    )
    described.update({member: params[member] for member in _LOST if member in params})
    _complete(described, params)
    return {"project": described}


@addition("codebuild", "UpdateProject")
def update_project(request: Request) -> Mapping[str, Any]:
    """Change what was sent and keep the rest: CodeBuild API Reference, UpdateProject."""
    params = dict(request.params)
    project = _project(request, params.pop("name"))
    described = project.project_metadata
    _require_locations(
        {"source": described["source"], "artifacts": described["artifacts"]} | params
    )
    if "serviceRole" in params:
        project.service_role = params["serviceRole"]
    if "tags" in params:
        project.tags = params["tags"]
    described.update({key: value for key, value in params.items() if key != "badgeEnabled"})
    _complete(described, params)
    described["lastModified"] = datetime.now(UTC)
    return {"project": described}


def _complete(described: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Add AWS's defaults, and use the API's member names."""
    described["lastModified"] = described.pop("lastModifiedDate", datetime.now(UTC))
    described.setdefault("projectVisibility", "PRIVATE")
    described["badge"] = {
        "badgeEnabled": params.get("badgeEnabled", described["badge"]["badgeEnabled"])
    }
    environment = described["environment"]
    environment.setdefault("environmentVariables", [])
    environment.setdefault("privilegedMode", False)
    environment.setdefault("imagePullCredentialsType", "CODEBUILD")
    for variable in environment["environmentVariables"]:
        variable.setdefault("type", "PLAINTEXT")
    described["source"].setdefault("insecureSsl", False)
    described["artifacts"].setdefault("encryptionDisabled", False)
    if described["artifacts"]["type"] == "CODEPIPELINE":
        described["artifacts"].setdefault("name", described["name"])
        described["artifacts"].setdefault("packaging", "NONE")


def _project(request: Request, name: str) -> CodeBuild:
    projects = _backend(request).codebuild_projects
    name = name.rpartition("/")[2]
    if name not in projects:
        arn = request.arn("codebuild", f"project/{name}")
        raise ResourceNotFoundError(f"Project cannot be found: {arn}")
    return projects[name]


def keep_build(account: str, region: str, build: dict[str, Any]) -> None:
    """Keep a build that really runs, in place of its earlier state.

    `owner` is the id of the process that runs it. CodeBuild User Guide, 'Quotas': a build beyond
    those that an account may run at once is refused.
    """
    kept = _rehearsed.at(account, region)
    if build["id"] not in kept:
        running = [
            each
            for each in kept.values()
            if not each["buildComplete"] and psutil.pid_exists(each["owner"])
        ]
        if len(running) >= (most := int(quota("codebuild.running_builds"))):
            raise AccountLimitExceededError(
                f"Cannot have more than {most} builds in queue for the account"
            )
        backend: CodeBuildBackend = codebuild_backends[account][region]
        backend.build_history.setdefault(build["projectName"], []).append(build["id"])
    kept[build["id"]] = build
    if build["currentPhase"] in _PHASES_OF_EVENTS:
        detail = {
            "build-status": build["buildStatus"],
            "project-name": build["projectName"],
            "build-id": build["arn"],
            "current-phase": build["currentPhase"],
        }
        service_events.send(account, region, "CodeBuild Build State Change", detail, build["arn"])


@addition("codebuild", "BatchGetBuilds")
def batch_get_builds(request: Request) -> Mapping[str, Any]:
    """Return rehearsed builds; the emulator has the others: API Reference, BatchGetBuilds."""
    kept = _rehearsed.of(request)
    ids = [each.rpartition(":build/")[2] for each in request.params["ids"]]
    if not any(each in kept for each in ids):
        raise PassOnError
    others = _backend(request).batch_get_builds([each for each in ids if each not in kept])
    return {"builds": [*(kept[each] for each in ids if each in kept), *others]}
