"""The build that runs a deployment, or a step of it: Pulumi, Terraform, commands, an invalidation.

The build is in the delivery account, like the pipeline. Its own role may only use its pipeline's
artifacts, write its logs, and assume the deploy roles of its own pipeline.
"""

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components import projects
from components.delivery.buildspecs import in_target, run_script
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.builds import Runner, runner_role
from landfall.blueprint.deployments import COMMANDS, PULUMI, TERRAFORM, DeploymentArgs
from landfall.blueprint.places import Place, Store
from landfall.settings.deploy_programs import STANDARD_IMAGE

PLAN_DIGEST, PLAN_SUMMARY = "PLAN_SHA256", "PLAN_SUMMARY"
"""Variables of a planning action: the SHA-256 of the plan, and how many changes it has."""

_EXPORT = (
    f'if [ "$MODE" = plan ]; then export {PLAN_DIGEST}="$(cat landfall-plan/sha256)" '
    f'{PLAN_SUMMARY}="$(cat landfall-plan/summary)"; fi'
)


@dataclass(frozen=True)
class Around:
    """Where the build is: its place, its artifacts, and the key of its artifacts and logs."""

    place: Place
    store: Store
    key_arn: pulumi.Input[str]


def make_runner(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    around: Around,
    runner: Runner,
    deployment: DeploymentArgs,
) -> aws.codebuild.Project:
    """Create the build, with its role and encrypted logs.

    It has no limit of concurrent builds: CodeBuild refuses a build above it, and destinations of a
    wave are deployed in parallel. The state's lock keeps two updates of one state apart.
    """
    child = pulumi.ResourceOptions(parent=parent)
    logical = f"{name}-{runner.part}"
    made = make_role(logical, runner_role(around.place, runner, around.store), inputs, child)
    group = projects.make_log_group(logical, runner.log_group, around.key_arn, around.place, child)
    args: projects.ProjectArgs = {
        "project_name": runner.project,
        "description": _DESCRIPTIONS.get(deployment["kind"], "Invalidates what {} deploys").format(
            runner.pipeline
        ),
        "role_arn": made.role.arn,
        "key_arn": around.key_arn,
        "image": deployment.get("image", STANDARD_IMAGE),
        "compute_type": deployment.get("compute_type", "BUILD_GENERAL1_SMALL"),
        "buildspec": json.dumps(buildspec(deployment)),
        "variables": projects.plain_variables(variables(deployment)),
        "timeout_minutes": deployment.get("timeout_minutes", 120),
        "log_group": group.name,
    }
    options = pulumi.ResourceOptions(parent=parent, depends_on=made.granted)
    return projects.make_project(logical, args, around.place.region, options)


_DESCRIPTIONS = {
    COMMANDS: "Runs the commands that deploy {}",
    PULUMI: "Runs pulumi up for {}",
    TERRAFORM: "Plans and applies the configuration of {}",
}


def buildspec(deployment: DeploymentArgs) -> dict[str, Any]:
    """Return the buildspec; it is part of the project, so no commit can change it."""
    lines = [run_script("act_as_deployer"), in_target("DEPLOY_REGION")]
    spec: dict[str, Any] = {"version": 0.2, "env": {"shell": "bash"}}
    if deployment["kind"] in (PULUMI, TERRAFORM):
        lines += [run_script(deployment["kind"]), _EXPORT]
        spec["env"]["exported-variables"] = [PLAN_DIGEST, PLAN_SUMMARY]
        # Only the action that plans has an output artifact.
        spec["artifacts"] = {"base-directory": "landfall-plan", "files": ["**/*"]}
    elif deployment["kind"] == COMMANDS:
        lines += deployment.get("commands", [])
    else:
        lines.append(run_script("invalidate"))
    return {**spec, "phases": {"build": {"commands": lines}}}


def variables(deployment: DeploymentArgs) -> dict[str, pulumi.Input[str]]:
    """Return the variables of the project; those of a destination come with the action."""
    kind = deployment["kind"]
    own: dict[str, pulumi.Input[str]] = {}
    if kind in (PULUMI, TERRAFORM):
        own = {
            "BACKEND": deployment["backend"],
            "KEY": deployment["key"],
            "PROGRAM": deployment.get("directory", "."),
        }
    if kind == PULUMI:
        own["STACK"] = deployment["name"]
        if deployment.get("refresh"):
            own["REFRESH"] = "true"
    elif kind == TERRAFORM:
        own |= {
            "SHA256": deployment["sha256"],
            "STATE": deployment["name"],
            "TOOL": deployment["tool"],
            "VERSION": deployment["version"],
        }
        if files := deployment.get("var_files"):
            own["VAR_FILES"] = "\n".join(files)
        for variable, value in deployment.get("variables", {}).items():
            own[f"TF_VAR_{variable}"] = value
    elif kind == COMMANDS:
        own |= deployment.get("variables", {})
    elif "distribution" in deployment:
        own |= {
            "DISTRIBUTION": deployment["distribution"],
            "PATHS": "\n".join(deployment.get("paths", ["/*"])),
        }
    return own
