"""The stages of a pipeline before its deployment, as CodePipeline's V2 structure."""

from typing import Any

import pulumi

from components.delivery.source import ARTIFACT

BUILT = "Build"


def build_stage(project_name: pulumi.Input[str]) -> dict[str, Any]:
    """Return the stage that runs the build project over the sources."""
    action = {
        "name": "Build",
        "category": "Build",
        "owner": "AWS",
        "provider": "CodeBuild",
        "version": "1",
        "namespace": "BuildVariables",
        "input_artifacts": [ARTIFACT],
        "output_artifacts": [BUILT],
        "configuration": {"ProjectName": project_name},
    }
    return {"name": "Build", "actions": [action]}


def approval_stage(
    environment: str, timeout_minutes: int, topic_arn: pulumi.Input[str] | None
) -> dict[str, Any]:
    """Return the stage that waits for a person, and fails when nobody answers in time."""
    configuration: dict[str, pulumi.Input[str]] = {
        "CustomData": f"Deploy #{{SourceVariables.CommitId}} to {environment}?"
    }
    if topic_arn is not None:
        configuration["NotificationArn"] = topic_arn
    action = {
        "name": "Approve",
        "category": "Approval",
        "owner": "AWS",
        "provider": "Manual",
        "version": "1",
        "configuration": configuration,
        "timeout_in_minutes": timeout_minutes,
    }
    return {"name": "Approval", "actions": [action]}
