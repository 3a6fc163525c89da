"""What components take of deployments by programs, EKS, steps and sites.

Pulumi infers the package's schema from these annotations, so they must not be strings.
"""

from typing import Any, NotRequired, TypedDict

from landfall.settings.deploy_eks import EksDeploy
from landfall.settings.deploy_programs import CommandsDeploy, PulumiDeploy, TerraformDeploy
from landfall.settings.deploy_site import S3Deploy, SiteGroup
from landfall.settings.deploy_steps import InvokeDeploy, ProjectDeploy
from landfall.settings.deployments import Deploy


class SiteGroupArgs(TypedDict):
    """A further artifact of a site, with a cache header of its own."""

    artifact: str
    """The artifact's name."""
    cache_control: NotRequired[str]
    """The `Cache-Control` header."""
    folder: NotRequired[str]
    """The folder in the bucket. Default: the root."""


class HelmArgs(TypedDict):
    """A Helm chart."""

    release: str
    """The release's name."""
    chart: str
    """The chart's folder in the build's artifact."""
    values: list[str]
    """Files of values."""


class ProgramArgs(TypedDict):
    """The parts of a deployment that a build runs, or another service."""

    runner: NotRequired[str]
    """The part in the name of the build that runs the deployment, or its last step."""
    directory: NotRequired[str]
    """pulumi, terraform: the program's folder in the build's artifact."""
    backend: NotRequired[str]
    """pulumi, terraform: the state, `s3://NAME/PREFIX`, with `{accountId}` and `{region}`."""
    key: NotRequired[str]
    """pulumi, terraform: the alias of the key of state and secrets, without `alias/`."""
    refresh: NotRequired[bool]
    """pulumi: read what exists before planning."""
    image: NotRequired[str]
    """pulumi, terraform, commands: the build's image."""
    compute_type: NotRequired[str]
    """pulumi, terraform, commands: CodeBuild's compute type. Default: the smallest."""
    timeout_minutes: NotRequired[int]
    """pulumi, terraform, commands: CodeBuild stops the build after this time. Default: 120.
    ecs-service: the action fails after this time. Default: 60."""
    tool: NotRequired[str]
    """terraform: `terraform` or `opentofu`."""
    version: NotRequired[str]
    """terraform: the tool's version."""
    sha256: NotRequired[str]
    """terraform: the SHA-256 of the tool's archive."""
    variables: NotRequired[dict[str, str]]
    """terraform: values of variables; commands, project: environment variables."""
    var_files: NotRequired[list[str]]
    """terraform: files of variables."""
    commands: NotRequired[list[str]]
    """commands: what the build runs."""
    roles: NotRequired[list[str]]
    """project: its service role, by name with path."""
    user_parameters: NotRequired[str]
    """invoke: what the function gets as `UserParameters`."""
    namespace: NotRequired[str]
    """eks: the namespace."""
    manifests: NotRequired[list[str]]
    """eks: manifest files in the build's artifact."""
    helm: NotRequired[HelmArgs]
    """eks: the Helm chart."""
    subnets: NotRequired[list[str]]
    """eks: subnets for the action."""
    security_groups: NotRequired[list[str]]
    """eks: security groups for the action."""
    bucket_key: NotRequired[str]
    """s3: the id of the key that the bucket is encrypted with, or its ARN."""
    cache_control: NotRequired[str]
    """s3: the `Cache-Control` header."""
    groups: NotRequired[list[SiteGroupArgs]]
    """s3: further artifacts, copied first."""
    distribution: NotRequired[str]
    """s3: the CloudFront distribution to invalidate."""
    paths: NotRequired[list[str]]
    """s3: the paths to invalidate."""


def program_args(settings: Deploy) -> dict[str, Any] | None:
    """Return a deployment as arguments of components; None for a kind of another file."""
    args = _args(settings)
    if args is not None and settings.runner is not None:
        args["runner"] = settings.runner
    return args


def _args(settings: Deploy) -> dict[str, Any] | None:
    if isinstance(settings, PulumiDeploy):
        args = _built(settings, "pulumi", "directory", "backend", "key")
        return args | ({"refresh": True} if settings.refresh else {})
    if isinstance(settings, TerraformDeploy):
        args = _built(settings, "terraform", "directory", "backend", "key", "tool", "variables")
        return args | settings.pinned._asdict() | {"var_files": list(settings.var_files)}
    if isinstance(settings, CommandsDeploy):
        args = _built(settings, "commands")
        return args | {"commands": list(settings.commands), "variables": settings.environment}
    if isinstance(settings, InvokeDeploy):
        args = {"kind": "invoke", "name": settings.function}
        return args | ({"user_parameters": settings.parameters} if settings.parameters else {})
    if isinstance(settings, ProjectDeploy):
        variables, roles = settings.environment, list(settings.roles)
        return {"kind": "project", "name": settings.project, "roles": roles, "variables": variables}
    if isinstance(settings, EksDeploy):
        return _cluster(settings)
    return _site(settings) if isinstance(settings, S3Deploy) else None


def _built(
    settings: PulumiDeploy | TerraformDeploy | CommandsDeploy, kind: str, *keys: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": settings.name,
        **{key: getattr(settings, key) for key in keys},
        "image": settings.image,
        "compute_type": settings.compute_type,
        "timeout_minutes": settings.timeout_minutes,
        "permissions": [statement.iam_json() for statement in settings.permissions],
    }


def _cluster(settings: EksDeploy) -> dict[str, Any]:
    args: dict[str, Any] = {"kind": "eks", "name": settings.cluster}
    if settings.namespace:
        args["namespace"] = settings.namespace
    if settings.helm:
        helm = settings.helm
        args["helm"] = {"release": helm.release, "chart": helm.chart, "values": list(helm.values)}
    for key in ("manifests", "subnets", "security_groups"):
        if values := list(getattr(settings, key)):
            args[key] = values
    return args


def _site(settings: S3Deploy) -> dict[str, Any]:
    args: dict[str, Any] = {"kind": "s3", "name": settings.s3}
    if settings.key is not None:
        args["bucket_key"] = settings.key
    if settings.cache_control is not None:
        args["cache_control"] = settings.cache_control
    if settings.groups:
        args["groups"] = [_group(group) for group in settings.groups]
    if settings.distribution is not None:
        args |= {"distribution": settings.distribution, "paths": list(settings.paths)}
    return args


def _group(group: SiteGroup) -> SiteGroupArgs:
    args: SiteGroupArgs = {"artifact": group.artifact}
    if group.cache_control is not None:
        args["cache_control"] = group.cache_control
    if group.folder is not None:
        args["folder"] = group.folder
    return args
