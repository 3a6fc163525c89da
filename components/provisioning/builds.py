"""The builds of the provisioning pipelines: each runs one Makefile target.

A build reads the sources of its own pipeline, and writes its artifacts to other keys, never over
them. In the organization, it uses a role of the management account.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components import projects
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.places import Place, Store
from landfall.blueprint.provisioning.builds import ProvisioningBuild, batch_role, build_role
from landfall.blueprint.provisioning.machines import MOST_MINUTES, Machine

_AS_ROLE = [
    'mkdir -p "$HOME/.aws"',
    "printf '[profile provisioning]\\nrole_arn = %s\\nregion = %s\\n"
    "credential_source = EcsContainer\\n'"
    ' "$ROLE_ARN" "$AWS_REGION" > "$HOME/.aws/config"',
    "export AWS_PROFILE=provisioning",
]


@dataclass(frozen=True)
class Build:
    """The commands of a build that a blueprint describes.

    `exports` are variables for later actions, and `after` the commands that set them. `batch` is
    the batch of the buildspec, `files` are those of the artifact.
    """

    described: ProvisioningBuild
    command: str
    folder: str = ""
    exports: Sequence[str] = ()
    after: Sequence[str] = ()
    variables: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    batch: dict[str, Any] = field(default_factory=dict)
    files: str = "**/*"


def buildspec(build: Build) -> dict[str, Any]:
    """Return the buildspec; it is part of the project, so no commit can change it."""
    env: dict[str, Any] = {"shell": "bash"}
    if build.exports:
        env["exported-variables"] = list(build.exports)
    acting = _AS_ROLE if build.described.role_arn is not None else []
    spec: dict[str, Any] = {
        "version": 0.2,
        "env": env,
        "phases": {
            "install": {"commands": ["make setup"]},
            "build": {"commands": [*acting, build.command, *build.after]},
        },
    }
    if build.described.writes:
        spec["artifacts"] = {"base-directory": build.folder, "files": [build.files]}
    return {**spec, "batch": build.batch} if build.batch else spec


def make(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    store: Store,
    machine: Machine,
    build: Build,
) -> aws.codebuild.Project:
    """Create a build with its role and encrypted logs, and the role that starts its batch."""
    child = pulumi.ResourceOptions(parent=parent)
    described = build.described
    logical = f"{name}-{described.name}"
    key_arn = inputs.output(store.key_arn)
    made = make_role(logical, build_role(place, described, store), inputs, child)
    group = projects.make_log_group(logical, described.log_group, key_arn, place, child)
    args: projects.ProjectArgs = {
        "project_name": described.name,
        "description": described.description,
        "role_arn": made.role.arn,
        "key_arn": key_arn,
        "image": machine.image,
        "compute_type": machine.compute_type,
        "buildspec": json.dumps(buildspec(build), separators=(",", ":")),
        "variables": projects.plain_variables(build.variables),
        "timeout_minutes": machine.timeout_minutes,
        "log_group": group.name,
        # A second update of a stack would only wait for the state's lock.
        "one_at_a_time": described.part == "apply",
    }
    granted = made.granted
    if described.is_batch:
        starter = make_role(f"{logical}-batch", batch_role(place, described), inputs, child)
        granted = [*granted, *starter.granted]
        args["batch_role_arn"] = starter.role.arn
        args["batch_minutes"] = MOST_MINUTES
        args["batch_builds"] = len(build.batch["build-graph"])
    options = pulumi.ResourceOptions(parent=parent, depends_on=granted)
    return projects.make_project(logical, args, place.region, options)
