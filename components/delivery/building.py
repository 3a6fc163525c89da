"""The build project of one pipeline, with its role, its logs and its cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components import computing, projects
from components.computing import ComputingArgs
from components.delivery import secrets, source
from components.delivery.generated_builds import GeneratedArgs, PushArgs, build_spec
from components.delivery.secrets import SecretReferenceArgs
from components.delivery.source import SourceArgs
from components.inputs import Inputs
from components.roles import make_role
from landfall.aws.codebuild.environments import own_architecture
from landfall.blueprint import artifacts, builds, images
from landfall.blueprint.places import Place, Store
from landfall.settings.variables import plain


class PackagesArgs(TypedDict):
    """A bucket that the build uploads packaged code to."""

    region: str
    """Its region."""
    bucket_name: pulumi.Input[str]
    """Its name."""
    bucket_arn: pulumi.Input[str]
    """Its ARN."""
    key_arn: pulumi.Input[str]
    """Its key."""


class BuildArgs(TypedDict):
    """The build's settings."""

    image: str
    """CodeBuild's image."""
    compute_type: str
    """CodeBuild's compute type, as in `BUILD_GENERAL1_SMALL`."""
    buildspec: NotRequired[str]
    """The path of the buildspec in the sources. Default: `buildspec.yml`."""
    architecture: NotRequired[str]
    """`x86_64` (default) or `arm64`, for an image that is not CodeBuild's own."""
    environment: NotRequired[dict[str, str]]
    """Plain environment variables; never secrets. CodePipeline's action has those with `#{`."""
    secrets: NotRequired[list[SecretReferenceArgs]]
    """Secrets that the build reads into variables, by reference."""
    secrets_key_arn: NotRequired[pulumi.Input[str]]
    """The key that encrypts them."""
    timeout_minutes: NotRequired[int]
    """5 to 2160. Default: 60."""
    computing: NotRequired[ComputingArgs]
    """What it runs on, besides image and compute type."""
    generated: NotRequired[GeneratedArgs]
    """Commands instead of a buildspec in the sources."""
    push: NotRequired[PushArgs]
    """The image that the build pushes to a repository of its account."""
    permissions: NotRequired[list[Any]]
    """Further permissions of the build's role, as IAM JSON statements."""
    privileged: NotRequired[bool]
    """Run the container privileged, which building images takes."""
    cache: NotRequired[str]
    """`local`, `s3` or `none` (default)."""
    artifacts: NotRequired[list[str]]
    """The artifacts beside the main one that only later pipelines deploy."""
    packages: NotRequired[list[PackagesArgs]]
    """The buckets that the build uploads packaged code to, that of the first stack first."""
    batch_role_name: NotRequired[str]
    """Run the buildspec's batch, started by a role of this name."""


@dataclass(frozen=True)
class Stored:
    """The artifact store of a build: as the blueprint has it, its bucket by name, and its key."""

    store: Store
    bucket_name: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class Build:
    """What `make_build` makes."""

    def __init__(self, project: aws.codebuild.Project, role: aws.iam.Role, *, batch: bool) -> None:
        self.project, self.role, self.batch = project, role, batch


def make_build(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    stored: Stored,
    described: builds.Build,
    build: BuildArgs,
) -> Build:
    """Create the build of a pipeline; it reads and writes only this pipeline's artifacts."""
    child = pulumi.ResourceOptions(parent=parent)
    pipeline_name, key_arn = described.pipeline, stored.key_arn
    made = make_role(
        f"{name}-build", builds.build_role(place, described, stored.store), inputs, child
    )
    role, granted = made.role, made.granted
    group = projects.make_log_group(
        f"{name}-build",
        builds.build_log_group(described.formerly or pipeline_name),
        key_arn,
        place,
        child,
    )
    args: projects.ProjectArgs = {
        "project_name": pipeline_name,
        "description": f"Builds {pipeline_name}",
        "role_arn": role.arn,
        "key_arn": key_arn,
        "image": build["image"],
        "compute_type": build["compute_type"],
        "privileged": build.get("privileged", False),
        "computing": build.get("computing", {}),
        "buildspec": _buildspec(build),
        "variables": [
            *projects.plain_variables(_variables(build, place, inputs)),
            *secrets.variables(build.get("secrets", [])),
            *_package_variables(pipeline_name, build.get("packages", [])),
        ],
        "timeout_minutes": build.get("timeout_minutes", 60),
        "log_group": group.name,
    }
    if "architecture" in build:
        args["architecture"] = build["architecture"]
    if cache := _cache(build, pipeline_name, stored.bucket_name):
        args["cache"] = cache
    if "batch_role_name" in build:
        batch = builds.batch_role(build["batch_role_name"], place, [pipeline_name])
        starter = make_role(f"{name}-batch", batch, inputs, child)
        args["batch_role_arn"] = starter.role.arn
        granted += starter.granted
    options = pulumi.ResourceOptions(parent=parent, depends_on=granted)
    project = projects.make_project(name, args, place.region, options)
    return Build(project, role, batch="batch_role_name" in build)


def _package_variables(
    pipeline_name: str, packages: list[PackagesArgs]
) -> list[dict[str, pulumi.Input[str]]]:
    """Return the variables that name the buckets: of the first stack, and of each region."""
    if not packages:
        return []
    values: dict[str, pulumi.Input[str]] = {"PACKAGE_PREFIX": pipeline_name}
    for end, found in [("", packages[0]), *((_end(each), each) for each in packages)]:
        values[f"PACKAGE_BUCKET{end}"] = found["bucket_name"]
        values[f"PACKAGE_KEY{end}"] = found["key_arn"]
    return [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in values.items()]


def _end(packages: PackagesArgs) -> str:
    return f"_{packages['region'].upper().replace('-', '_')}"


def _buildspec(build: BuildArgs) -> str:
    """Return the build's own buildspec, or the path of the one in its sources."""
    if "generated" not in build:
        return build.get("buildspec", "buildspec.yml")
    architecture = own_architecture(build["image"]) or build.get("architecture", "x86_64")
    return build_spec(build["generated"], build.get("computing", {}), architecture)


def _variables(build: BuildArgs, place: Place, inputs: Inputs) -> Mapping[str, pulumi.Input[str]]:
    """Return plaintext variables: the settings', and where packages and the image are."""
    found: dict[str, pulumi.Input[str]] = {
        **plain(build.get("environment", {})),
        **computing.package_variables(build.get("computing", {})),
    }
    if "push" in build:
        found["IMAGE_REPOSITORY"] = inputs.output(
            images.address(place, build["push"]["repository"])
        )
    return found


def _cache(
    build: BuildArgs, pipeline_name: str, bucket_name: pulumi.Input[str]
) -> dict[str, Any] | None:
    kind = build.get("cache", "none")
    if kind == "s3":
        location = pulumi.Output.concat(bucket_name, f"/{artifacts.CACHES}/{pipeline_name}")
        return {"type": "S3", "location": location}
    if kind == "local":
        modes = ["LOCAL_CUSTOM_CACHE"]
        if build.get("privileged", False):
            modes.append("LOCAL_DOCKER_LAYER_CACHE")
        return {"type": "LOCAL", "modes": modes}
    return None


def described_build(
    build: BuildArgs,
    pipeline_name: str,
    role_name: str,
    sources: SourceArgs,
    inputs: Inputs,
    formerly: str = "",
) -> builds.Build:
    """Return the build as a blueprint value."""
    key = build.get("secrets_key_arn")
    return builds.Build(
        pipeline_name,
        role_name,
        source.described(sources, inputs),
        caches=build.get("cache") == "s3",
        secrets=secrets.described(build.get("secrets", [])),
        secrets_key_arn=None if key is None else inputs.text(key),
        formerly=formerly,
        packages=tuple(
            Store(inputs.text(each["bucket_arn"]), inputs.text(each["key_arn"]))
            for each in build.get("packages", [])
        ),
        environment=computing.described(build["image"], build.get("computing", {}), inputs),
        permissions=tuple(build.get("permissions", [])),
        pushes_to=build["push"]["repository"] if "push" in build else "",
    )
