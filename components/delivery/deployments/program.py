"""`pulumi up` of an application's own program, in a build that acts as the deploy role.

The build stands in the delivery account beside the pipeline; all it may do by itself is to read its
artifacts, write its logs, and assume the deploy roles of its own pipeline.
"""

import json

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.builds import build_log_group
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.roles import Role

# The AWS SDKs read the profile; the build's own role is what the container's credentials are.
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


def make_runner(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    role: Role,
    deployment: DeploymentArgs,
    *,
    pipeline_name: str,
    region: str,
    log_days: int,
    key_arn: pulumi.Input[str],
    formerly: str = "",
) -> aws.codebuild.Project:
    """Make the build that runs the program, with its role and its encrypted logs."""
    child = pulumi.ResourceOptions(parent=parent)
    project_name = f"{pipeline_name}-pulumi"
    made = make_role(f"{name}-pulumi", role, inputs, child)
    group = aws.cloudwatch.LogGroup(
        f"{name}-pulumi",
        name=build_log_group(f"{formerly or pipeline_name}-pulumi"),
        kms_key_id=key_arn,
        retention_in_days=log_days,
        region=region,
        opts=child,
    )
    variables = {
        "BACKEND": deployment["backend"],
        "KEY": deployment["key"],
        "PROGRAM": deployment.get("directory", "."),
        "STACK": deployment["name"],
    }
    return aws.codebuild.Project(
        f"{name}-pulumi",
        name=project_name,
        description=f"Runs pulumi up for {pipeline_name}",
        service_role=made.role.arn,
        encryption_key=key_arn,
        build_timeout=120,
        # A second update of the stack would only wait for the lock of its state.
        concurrent_build_limit=1,
        artifacts={"type": "CODEPIPELINE"},
        source={"type": "CODEPIPELINE", "buildspec": json.dumps(_BUILDSPEC)},
        environment={
            "type": "LINUX_CONTAINER",
            "image": deployment["image"],
            "compute_type": "BUILD_GENERAL1_SMALL",
            "environment_variables": [
                {"name": key, "value": value, "type": "PLAINTEXT"}
                for key, value in sorted(variables.items())
            ],
        },
        logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": group.name}},
        region=region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
    )
