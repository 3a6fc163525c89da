"""What CodeBuild projects run on, besides image and compute type."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from landfall.aws.codebuild.environments import ecr_repository, environment_type, is_lambda
from landfall.blueprint.computing import CodeArtifact, Computing


class NetworkArgs(TypedDict):
    """A VPC of the project's account."""

    vpc_id: str
    """The VPC."""
    subnet_ids: list[str]
    """Its subnets."""
    security_group_ids: list[str]
    """Its security groups."""


class CodeArtifactArgs(TypedDict):
    """A CodeArtifact repository."""

    domain: str
    """The domain."""
    domain_owner: pulumi.Input[str]
    """The id of the domain's account."""
    repository: str
    """The repository."""
    region: str
    """The domain's region."""
    tools: NotRequired[list[str]]
    """Tools that are logged in before the commands."""
    publish: NotRequired[bool]
    """Publish packages too."""


class ComputingArgs(TypedDict):
    """What a project runs on, besides image and compute type."""

    gpu: NotRequired[bool]
    """Run on a machine with a GPU."""
    fleet_arn: NotRequired[str]
    """A reserved capacity fleet."""
    network: NotRequired[NetworkArgs]
    """The VPC that it reaches."""
    registry_secret_arn: NotRequired[str]
    """The credentials of the image's registry, in Secrets Manager."""
    registry_key: NotRequired[str]
    """The key that encrypts them, by id or ARN. Default: Secrets Manager's own."""
    queued_minutes: NotRequired[int]
    """5 to 480. Default: CodeBuild's, 480."""
    codeartifact: NotRequired[CodeArtifactArgs]
    """A CodeArtifact repository."""
    runtimes: NotRequired[dict[str, str]]
    """Versions of languages, for a generated buildspec."""


def described(image: str, args: ComputingArgs, inputs: Inputs) -> Computing:
    """Return the environment as a blueprint value."""
    packages = args.get("codeartifact")
    network = args.get("network")
    return Computing(
        image,
        registry_secret=args.get("registry_secret_arn", ""),
        registry_key=args.get("registry_key", ""),
        subnets=tuple(network["subnet_ids"]) if network else (),
        security_groups=tuple(network["security_group_ids"]) if network else (),
        codeartifact=None
        if packages is None
        else CodeArtifact(
            packages["domain"],
            packages["repository"],
            inputs.text(packages["domain_owner"]),
            packages["region"],
            packages.get("publish", False),
        ),
    )


def environment(
    image: str, architecture: str | None, compute_type: str, args: ComputingArgs
) -> dict[str, Any]:
    """Return the environment of a project, without variables, in CodeBuild's terms.

    The service role pulls private images: CodeBuild's own credentials would need a repository
    policy that trusts the service.
    """
    kind = environment_type(image, architecture, compute_type, gpu=args.get("gpu", False))
    found: dict[str, Any] = {"type": kind, "image": image, "compute_type": compute_type}
    if ecr_repository(image) or "registry_secret_arn" in args:
        found["image_pull_credentials_type"] = "SERVICE_ROLE"
    if "registry_secret_arn" in args:
        found["registry_credential"] = {
            "credential": args["registry_secret_arn"],
            "credential_provider": "SECRETS_MANAGER",
        }
    if "fleet_arn" in args:
        found["fleet"] = {"fleet_arn": args["fleet_arn"]}
    return found


def limits(timeout_minutes: int, compute_type: str, args: ComputingArgs) -> dict[str, Any]:
    """Return timeouts and network of a project; Lambda compute takes none of them."""
    if is_lambda(compute_type):
        return {}
    found: dict[str, Any] = {"build_timeout": timeout_minutes}
    if "queued_minutes" in args:
        found["queued_timeout"] = args["queued_minutes"]
    if network := args.get("network"):
        found["vpc_config"] = {
            "vpc_id": network["vpc_id"],
            "subnets": network["subnet_ids"],
            "security_group_ids": network["security_group_ids"],
        }
    return found


def package_variables(args: ComputingArgs) -> Mapping[str, pulumi.Input[str]]:
    """Return the variables with which commands log in to the repository of packages."""
    packages = args.get("codeartifact")
    if packages is None:
        return {}
    return {
        "CODEARTIFACT_DOMAIN": packages["domain"],
        "CODEARTIFACT_OWNER": packages["domain_owner"],
        "CODEARTIFACT_REGION": packages["region"],
        "CODEARTIFACT_REPOSITORY": packages["repository"],
    }


_LOGIN = (
    'aws codeartifact login --tool {tool} --domain "$CODEARTIFACT_DOMAIN" '
    '--domain-owner "$CODEARTIFACT_OWNER" --repository "$CODEARTIFACT_REPOSITORY" '
    '--region "$CODEARTIFACT_REGION"'
)
_AUTHORIZATION = (
    "CODEARTIFACT_AUTH_TOKEN=$(aws codeartifact get-authorization-token "
    '--domain "$CODEARTIFACT_DOMAIN" --domain-owner "$CODEARTIFACT_OWNER" '
    '--region "$CODEARTIFACT_REGION" --query authorizationToken --output text)'
)


def logins(args: ComputingArgs) -> list[str]:
    """Return the commands that log in to the repository of packages, with a token of that time."""
    packages = args.get("codeartifact")
    if packages is None:
        return []
    tools = [_LOGIN.format(tool=tool) for tool in packages.get("tools", [])]
    return [*tools, _AUTHORIZATION, "export CODEARTIFACT_AUTH_TOKEN"]
