"""CodeBuild: report groups, and the reports that rehearsed builds give.

https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from landfall.aws.arns import arn_of
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.permissions import Permission

_KEPT: Final = timedelta(days=30)
"""How long CodeBuild keeps a report: User Guide, 'Test reports'."""

_PUTS: Final = {"TEST": "BatchPutTestCases", "CODE_COVERAGE": "BatchPutCodeCoverages"}
_STATUSES: Final = ("ERROR", "FAILED", "SKIPPED", "SUCCEEDED", "UNKNOWN")

_groups: Store[dict[str, Any]] = Store()
_reports: Store[dict[str, Any]] = Store()
_cases: Store[list[dict[str, Any]]] = Store()
"""The test cases of each report, by the report's ARN; what a report covers has none."""


class AccessDeniedError(AWSError):
    """A build's role may not write a report: User Guide, 'Test report permissions'."""

    code = "AccessDeniedException"


class ResourceAlreadyExistsError(AWSError):
    """The name is taken: CodeBuild API Reference, CreateProject."""

    code = "ResourceAlreadyExistsException"


class ResourceNotFoundError(AWSError):
    """No such project, report group or report: CodeBuild API Reference, UpdateProject."""

    code = "ResourceNotFoundException"


@addition("codebuild", "CreateReportGroup")
def create_report_group(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, CreateReportGroup."""
    params = request.params
    arn = request.arn("codebuild", f"report-group/{params['name']}")
    if arn in _groups.of(request):
        raise ResourceAlreadyExistsError(f"Report group already exists: {arn}")
    now = datetime.now(UTC)
    group = {"tags": [], **params, "arn": arn, "created": now, "lastModified": now}
    _groups.of(request)[arn] = group | {"status": "ACTIVE"}
    return {"reportGroup": _groups.of(request)[arn]}


@addition("codebuild", "BatchGetReportGroups")
def batch_get_report_groups(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, BatchGetReportGroups."""
    kept = _groups.of(request)
    arns = request.params["reportGroupArns"]
    return {
        "reportGroups": [kept[arn] for arn in arns if arn in kept],
        "reportGroupsNotFound": [arn for arn in arns if arn not in kept],
    }


@addition("codebuild", "ListReportGroups")
def list_report_groups(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, ListReportGroups."""
    arns = sorted(_groups.of(request))
    return paged("reportGroups", arns, request.params, next_member="nextToken", size="maxResults")


@addition("codebuild", "UpdateReportGroup")
def update_report_group(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, UpdateReportGroup."""
    group = _groups.of(request).get(request.params["arn"])
    if group is None:
        raise ResourceNotFoundError(f"Report group cannot be found: {request.params['arn']}")
    group.update(request.params, lastModified=datetime.now(UTC))
    return {"reportGroup": group}


@addition("codebuild", "DeleteReportGroup")
def delete_report_group(request: Request) -> None:
    """CodeBuild API Reference, DeleteReportGroup."""
    _groups.of(request).pop(request.params["arn"], None)


def keep_report(
    account: str, region: str, build: Mapping[str, str], group: str, found: Mapping[str, Any]
) -> str:
    """Keep a report of a build in its group, as the build's role; return the report's ARN.

    `build` has its `arn`, its `project` and the `role`; `group` is an ARN, or a name of which
    CodeBuild makes the group PROJECT-NAME. `found` is a `summary`, and `cases` of a test.

    Raises:
        AccessDeniedError: the role lacks a permission of 'Test report permissions'.
        ResourceNotFoundError: there is no group of the ARN.

    """
    kept, role = _groups.at(account, region), build["role"]
    partition, is_new = build["arn"].split(":")[1], not group.startswith("arn:")
    kind = "TEST" if "cases" in found else "CODE_COVERAGE"
    if is_new:
        name = f"report-group/{build['project']}-{group}"
        group = arn_of(partition, "codebuild", name, region=region, account=account)
    if is_new and group not in kept:
        _require(role, region, "CreateReportGroup", group)
        now = datetime.now(UTC)
        kept[group] = {
            "arn": group,
            "name": group.partition("/")[2],
            "type": kind,
            "exportConfig": {"exportConfigType": "NO_EXPORT"},
            "tags": [],
            "created": now,
            "lastModified": now,
            "status": "ACTIVE",
        }
    for operation in ("CreateReport", _PUTS[kind], "UpdateReport"):
        _require(role, region, operation, group)
    if group not in kept:
        raise ResourceNotFoundError(f"Report group cannot be found: {group}")
    identity = str(uuid.uuid4())
    arn = f"{group.replace(':report-group/', ':report/')}:{identity}"
    _reports.at(account, region)[arn] = _report(arn, identity, group, build["arn"], found)
    cases = [{**case, "reportArn": arn} for case in found.get("cases", ())]
    _cases.at(account, region)[arn] = cases
    return arn


def _require(role: str, region: str, operation: str, group: str) -> None:
    permission = Permission(f"codebuild:{operation}", group)
    if why := refused(session_of(role, "AWSCodeBuild-rehearsal"), region, [permission]):
        raise AccessDeniedError(why)


def _report(
    arn: str, name: str, group: str, build: str, found: Mapping[str, Any]
) -> dict[str, Any]:
    now = datetime.now(UTC)
    report = {
        "arn": arn,
        "name": name,
        "reportGroupArn": group,
        "executionId": build,
        "created": now,
        "expired": now + _KEPT,
        "exportConfig": {"exportConfigType": "NO_EXPORT"},
        "truncated": False,
    }
    if "cases" not in found:
        return report | {
            "type": "CODE_COVERAGE",
            "status": "SUCCEEDED",
            "codeCoverageSummary": found["summary"],
        }
    counts = Counter(each["status"] for each in found["cases"])
    failed = counts["FAILED"] + counts["ERROR"]
    return report | {
        "type": "TEST",
        "status": "FAILED" if failed else "SUCCEEDED",
        "testSummary": {
            "total": len(found["cases"]),
            "statusCounts": {status: counts[status] for status in _STATUSES},
            "durationInNanoSeconds": sum(each["durationInNanoSeconds"] for each in found["cases"]),
        },
    }


@addition("codebuild", "ListReports")
def list_reports(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, ListReports."""
    return _listed(request, "")


@addition("codebuild", "ListReportsForReportGroup")
def list_reports_for_report_group(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, ListReportsForReportGroup."""
    group = request.params["reportGroupArn"]
    if group not in _groups.of(request):
        raise ResourceNotFoundError(f"Report group cannot be found: {group}")
    return _listed(request, group)


def _listed(request: Request, group: str) -> Mapping[str, Any]:
    """Return the ARNs of reports, newest first unless ASCENDING is asked for."""
    wanted = request.params.get("filter", {}).get("status")
    found = [
        arn
        for arn, report in _reports.of(request).items()
        if group in ("", report["reportGroupArn"]) and wanted in (None, report["status"])
    ]
    if request.params.get("sortOrder", "DESCENDING") == "DESCENDING":
        found.reverse()
    return paged("reports", found, request.params, next_member="nextToken", size="maxResults")


@addition("codebuild", "BatchGetReports")
def batch_get_reports(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, BatchGetReports."""
    kept, arns = _reports.of(request), request.params["reportArns"]
    return {
        "reports": [kept[arn] for arn in arns if arn in kept],
        "reportsNotFound": [arn for arn in arns if arn not in kept],
    }


@addition("codebuild", "DescribeTestCases")
def describe_test_cases(request: Request) -> Mapping[str, Any]:
    """CodeBuild API Reference, DescribeTestCases."""
    arn = request.params["reportArn"]
    if arn not in _reports.of(request):
        raise ResourceNotFoundError(f"Report cannot be found: {arn}")
    cases = list(_chosen(_cases.of(request)[arn], request.params.get("filter", {})))
    return paged("testCases", cases, request.params, next_member="nextToken", size="maxResults")


def _chosen(cases: list[dict[str, Any]], filter_: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for case in cases:
        has_status = filter_.get("status") in (None, case["status"])
        if has_status and filter_.get("keyword", "") in case["name"]:
            yield case
