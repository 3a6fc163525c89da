"""`pulumi up` of an application's program, in a build that assumes the deploy role.

The build is in the delivery account, like the pipeline. Its own role may only read its
artifacts, write its logs, and assume the deploy roles of its own pipeline.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import projects
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.builds import build_log_group
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.roles import Role

# AWS SDKs use the profile; the container's credentials are those of the build's role.
_BUILDSPEC = {
    "version": 0.2,
    "env": {"shell": "bash"},
    "phases": {
        "build": {
            "commands": [
                'mkdir -p "$HOME/.aws"',
                "printf '[profile target]\\nrole_arn = %s\\nregion = %s\\n"
                "credential_source = EcsContainer\\n'"
                ' "$DEPLOY_ROLE" "$DEPLOY_REGION" > "$HOME/.aws/config"',
                "export AWS_PROFILE=target",
                'cd "$PROGRAM"',
                'pulumi login "$BACKEND?region=$DEPLOY_REGION"',
                "pulumi install",
                'pulumi stack select "$STACK" --create'
                ' --secrets-provider "awskms://alias/$KEY?region=$DEPLOY_REGION"',
                'pulumi up --stack "$STACK" --yes --non-interactive',
            ]
        }
    },
}


@dataclass(frozen=True)
class Runner:
    """The pipeline of a program, its build's role, and the key of its artifacts and logs.

    `formerly` is the name that the pipeline had when its log group was made.
    """

    pipeline_name: str
    role: Role
    key_arn: pulumi.Input[str]
    formerly: str = ""


def make_runner(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    runner: Runner,
    deployment: DeploymentArgs,
) -> aws.codebuild.Project:
    """Create the build that runs the program, with its role and encrypted logs."""
    child = pulumi.ResourceOptions(parent=parent)
    pipeline_name, key_arn = runner.pipeline_name, runner.key_arn
    project_name, logical = f"{pipeline_name}-pulumi", f"{name}-pulumi"
    made = make_role(logical, runner.role, inputs, child)
    logs = build_log_group(f"{runner.formerly or pipeline_name}-pulumi")
    group = projects.make_log_group(logical, logs, key_arn, place, child)
    variables = {
        "BACKEND": deployment["backend"],
        "KEY": deployment["key"],
        "PROGRAM": deployment.get("directory", "."),
        "STACK": deployment["name"],
    }
    args: projects.ProjectArgs = {
        "project_name": project_name,
        "description": f"Runs pulumi up for {pipeline_name}",
        "role_arn": made.role.arn,
        "key_arn": key_arn,
        "image": deployment["image"],
        "compute_type": deployment.get("compute_type", "BUILD_GENERAL1_SMALL"),
        "buildspec": json.dumps(_BUILDSPEC),
        "variables": projects.plain_variables(variables),
        "timeout_minutes": deployment.get("timeout_minutes", 120),
        "log_group": group.name,
        # A second update of the stack would only wait for the state's lock.
        "one_at_a_time": True,
    }
    options = pulumi.ResourceOptions(parent=parent, depends_on=made.granted)
    return projects.make_project(logical, args, place.region, options)
