"""CodeBuild: projects and report groups."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:codebuild/project:Project")
def _build_project(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codebuild").batch_get_projects(names=[inputs["name"]])["projects"]
    return inputs["name"] if found else None


@finds("aws:codebuild/reportGroup:ReportGroup")
def _report_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    arns = pages(client("codebuild"), "list_report_groups", "reportGroups")
    name = inputs["name"]
    return next((str(arn) for arn in arns if arn.partition(":report-group/")[2] == name), None)
