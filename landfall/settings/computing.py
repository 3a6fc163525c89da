"""Where builds and tests run: image, compute, network, packages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.aws.codebuild.environments import CURATED, Architecture, ComputeType
from landfall.settings.base import Count, Flag, ListOf, Settings

STANDARD_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"

Runtime = Literal["dotnet", "golang", "java", "nodejs", "php", "python", "ruby", "rust"]

Subnet = Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroup = Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-f]{8,17}$")]
_KEY = r"^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/)?[0-9a-f-]{36}$"


class BuildNetwork(Settings):
    """A VPC of the delivery account, which a build reaches through its own network interface."""

    vpc: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    """The VPC."""
    subnets: ListOf[Subnet] = Field(min_length=1)
    """Its subnets, with a route to a NAT gateway or to the VPC endpoints of AWS's services."""
    security_groups: ListOf[SecurityGroup] = Field(min_length=1)
    """Its security groups."""


class RegistryCredentials(Settings):
    """Credentials of a private registry: a JSON secret with `username` and `password`."""

    secret: str = Field(
        pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$"
    )
    """The secret's ARN, in the delivery account and home region."""
    key: str | None = Field(default=None, pattern=_KEY)
    """The key that encrypts it, by id or ARN. Default: Secrets Manager's own."""


class CodeArtifact(Settings):
    """A CodeArtifact repository; a build logs in with a token when it runs."""

    domain: str = Field(pattern=r"^[a-z][a-z0-9-]{0,48}[a-z0-9]$")
    """The domain."""
    repository: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,99}$")
    """The repository."""
    account: str | None = None
    """The key of the account that owns the domain. Default: the delivery account."""
    region: str | None = None
    """The domain's region. Default: the home region."""
    tools: ListOf[Literal["dotnet", "npm", "nuget", "pip", "swift", "twine"]] = ()
    """Tools that are logged in before the commands. Others read `CODEARTIFACT_AUTH_TOKEN`."""
    publish: Flag = False
    """Let it publish packages too. Only for builds."""


class Computing(Settings):
    """What a build or test runs on."""

    image: str = Field(default=STANDARD_IMAGE, min_length=1, max_length=300)
    """CodeBuild's image, an image in ECR, or one of another registry."""
    registry_credentials: RegistryCredentials | None = None
    """The credentials of the image's private registry. ECR needs none."""
    architecture: Architecture | None = None
    """`x86_64` or `arm64`; CodeBuild's own images tell it by their names."""
    compute_type: ComputeType = "BUILD_GENERAL1_SMALL"
    """CodeBuild's compute type; `BUILD_LAMBDA_…` runs on Lambda compute."""
    gpu: Flag = False
    """Run on a machine with a GPU."""
    fleet: str | None = Field(
        default=None, pattern=r"^arn:aws[a-z-]*:codebuild:[a-z0-9-]+:\d{12}:fleet/[A-Za-z0-9:_-]+$"
    )
    """The ARN of a reserved capacity fleet, in the delivery account and home region."""
    network: BuildNetwork | None = None
    """The network, for access to what is not on the internet."""
    runtimes: dict[Runtime, str] = Field(default_factory=dict)
    """Versions of languages, in quotes, as in `nodejs: '22'`. Default: the image's."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plaintext environment variables. Variables of CodePipeline are resolved, as in
    `#{SourceVariables.BranchName}`. Do not put secrets here."""
    codeartifact: CodeArtifact | None = None
    """A CodeArtifact repository of packages."""
    queued_minutes: Count | None = Field(default=None, ge=5, le=480)
    """A build that does not start within this time fails. Default: CodeBuild's, 480."""


def unusable(image: str) -> str | None:
    """Return why Landfall's builds cannot run a curated image; None if they can."""
    name = image.removeprefix(CURATED) if image.startswith(CURATED) else ""
    if name.startswith("windows"):
        return "a Windows image; builds and tests here are commands of a Linux shell"
    if name.startswith("macos"):
        return "a macOS image; builds and tests here are commands of a Linux shell"
    return None
