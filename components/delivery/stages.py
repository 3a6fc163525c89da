"""The stages of a pipeline: build, approval and deployment, as CodePipeline's V2 structure."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components.delivery.source import ARTIFACT
from components.delivery.target import CLOUDFORMATION, LAMBDA, DeploymentArgs

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


def deploy_stage(
    deployment: DeploymentArgs,
    *,
    region: str,
    pipeline_region: str,
    deploy_role_arn: pulumi.Input[str],
    service_role_arn: pulumi.Input[str] | None,
) -> dict[str, Any]:
    """Return the stage that deploys as the target account's role, and rolls back on failure."""
    common: dict[str, Any] = {
        "category": "Deploy",
        "owner": "AWS",
        "version": "1",
        "input_artifacts": [BUILT],
        "role_arn": deploy_role_arn,
    }
    if region != pipeline_region:
        common["region"] = region
    if deployment["kind"] == CLOUDFORMATION:
        actions = _change_set_actions(common, deployment, service_role_arn)
    elif deployment["kind"] == LAMBDA:
        names = {"ApplicationName": deployment["name"], "DeploymentGroupName": deployment["name"]}
        actions = [_action(common, "Deploy", "CodeDeploy", names)]
    else:
        site = {"BucketName": deployment["name"], "Extract": "true"}
        actions = [_action(common, "Deploy", "S3", site)]
    return {"name": "Deploy", "actions": actions, "on_failure": {"result": "ROLLBACK"}}


def _action(
    common: Mapping[str, Any], name: str, provider: str, configuration: Mapping[str, Any]
) -> dict[str, Any]:
    return {**common, "name": name, "provider": provider, "configuration": configuration}


def _change_set_actions(
    common: Mapping[str, Any],
    deployment: DeploymentArgs,
    service_role_arn: pulumi.Input[str] | None,
) -> list[dict[str, Any]]:
    change_set = {"StackName": deployment["name"], "ChangeSetName": "landfall"}
    prepare: dict[str, Any] = {
        **change_set,
        "ActionMode": "CHANGE_SET_REPLACE",
        "TemplatePath": f"{BUILT}::{deployment.get('template', 'template.yaml')}",
        "RoleArn": service_role_arn,
    }
    if deployment.get("capabilities"):
        prepare["Capabilities"] = ",".join(deployment["capabilities"])
    if deployment.get("parameters"):
        prepare["ParameterOverrides"] = json.dumps(deployment["parameters"], sort_keys=True)
    execute = {**change_set, "ActionMode": "CHANGE_SET_EXECUTE"}
    return [
        {**_action(common, "Prepare", "CloudFormation", prepare), "run_order": 1},
        {
            **_action(common, "Execute", "CloudFormation", execute),
            "run_order": 2,
            "input_artifacts": [],
        },
    ]
