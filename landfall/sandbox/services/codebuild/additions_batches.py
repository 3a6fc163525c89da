"""CodeBuild: the batches of builds that rehearsals run.

https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.permissions import Permission
from landfall.sandbox.services.codebuild.additions_reports import AccessDeniedError

_CODEBUILD: Final = "codebuild.amazonaws.com"

_batches: Store[dict[str, Any]] = Store()


def keep_batch(account: str, region: str, batch: dict[str, Any]) -> None:
    """Keep a batch, in place of its earlier state.

    Raises:
        AccessDeniedError: its role, which starts its builds, cannot do so, or there is none.

    """
    kept, now = _batches.at(account, region), datetime.now(UTC)
    if batch["id"] not in kept:
        _require_role(region, batch)
    began = kept.get(batch["id"], {}).get("startTime", now)
    end = {"endTime": now} if batch["complete"] else {}
    for group in batch["buildGroups"]:
        group["currentBuildSummary"]["requestedOn"] = began
    kept[batch["id"]] = {**batch, "startTime": began, **end}


def _require_role(region: str, batch: Mapping[str, Any]) -> None:
    """User Guide, 'Batch build role': it starts the builds of the project."""
    project = batch["arn"].rpartition(":build-batch/")[0] + f":project/{batch['projectName']}"
    arn = batch["buildBatchConfig"].get("serviceRole", "")
    role = find_role(arn)
    account = batch["arn"].split(":")[4]
    applicant = service(_CODEBUILD, account, project)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), applicant):
        raise AccessDeniedError(f"CodeBuild is not authorized to assume the batch role {arn}")
    needed = [Permission("codebuild:StartBuild", project)]
    if why := refused(session_of(arn, "AWSCodeBuild-batch"), region, needed):
        raise AccessDeniedError(why)


@addition("codebuild", "BatchGetBuildBatches")
def batch_get_build_batches(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, BatchGetBuildBatches."""
    kept, ids = _batches.of(request), request.params["ids"]
    ids = [each.rpartition(":build-batch/")[2] for each in ids]
    return {
        "buildBatches": [kept[each] for each in ids if each in kept],
        "buildBatchesNotFound": [each for each in ids if each not in kept],
    }


@addition("codebuild", "ListBuildBatchesForProject")
def list_build_batches_for_project(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, ListBuildBatchesForProject: newest first by default."""
    name = request.params["projectName"]
    found = [each["id"] for each in _batches.of(request).values() if each["projectName"] == name]
    if request.params.get("sortOrder", "DESCENDING") == "DESCENDING":
        found.reverse()
    return paged("ids", found, request.params, next_member="nextToken", size="maxResults")
