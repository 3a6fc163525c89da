"""Deployments that a build runs with the target's deploy role: Pulumi, Terraform, own commands."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints, field_validator

from landfall import versions
from landfall.aws.codebuild.environments import ComputeType
from landfall.settings.base import Count, Flag, ListOf, Statement, Texts
from landfall.settings.deployment_kind import DeployKind
from landfall.settings.placeholders import ONE

_BUCKET = rf"([a-z0-9.-]|{ONE}){{3,}}"
_KEYS = rf"(/([A-Za-z0-9!_.*'()/-]|{ONE})+)?"
Backend = Annotated[str, StringConstraints(pattern=rf"^s3://{_BUCKET}{_KEYS}$")]
KeyAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_-]{1,240}$")]
Folder = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./-]+$")]

STANDARD_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
RUN = "run"
"""The part in the names of builds that run Terraform, commands or an invalidation."""


class Pinned(NamedTuple):
    """A release for Linux on x86_64, and the SHA-256 of its archive."""

    version: str
    sha256: str


TOOLS = {
    "terraform": Pinned(
        "1.11.4", "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc"
    ),
    "opentofu": Pinned(
        "1.10.6", "15b7bed76420b50da3e121769c43341df8cd57d751ca14e6dbe9c850124c6dac"
    ),
}
"""The releases that run if a deployment names none, from the makers' lists of checksums."""


class PulumiDeploy(DeployKind):
    """Runs `pulumi up` in a separate build with the target account's deploy role.

    With an approval, the approver sees the plan, and `pulumi up` makes only the planned changes.
    """

    pulumi: str = Field(
        pattern=rf"^([A-Za-z0-9_.-]{{1,100}}/[A-Za-z0-9_.-]{{1,100}}/)?([A-Za-z0-9_.-]|{ONE})+$"
    )
    """The Pulumi stack, as in `live` or `ORGANIZATION/PROJECT/live`. It may contain
    `{environment}`, `{accountId}` and `{region}`. An S3 backend has no organizations: there each
    one is called `organization`."""
    directory: Folder = "."
    """The program's folder in the build's artifact."""
    backend: Backend
    """The state bucket in the target account, as in `s3://orders-state-{accountId}/{environment}`."""
    key: KeyAlias
    """The alias of the key in the target account that encrypts state and secrets."""
    refresh: Flag = False
    """Read from AWS what exists before planning, so that changes made elsewhere are reverted."""
    image: str = f"public.ecr.aws/pulumi/pulumi:{versions.PULUMI}"
    """An image with the Pulumi CLI and the program's language."""
    compute_type: ComputeType = "BUILD_GENERAL1_SMALL"
    """CodeBuild's compute type."""
    timeout_minutes: Count = Field(default=120, ge=5, le=2160)
    """CodeBuild ends the program after this time."""
    permissions: ListOf[Statement] = Field(min_length=1)
    """The statements of the deploy role."""

    @field_validator("pulumi")
    @classmethod
    def _of_an_s3_backend(cls, name: str) -> str:
        _, slash, rest = name.partition("/")
        return f"organization/{rest}" if slash else name

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """A program reads secrets with the deploy role."""
        return ("deploy",)

    @property
    def runner(self) -> str:
        """The part in the name of the build."""
        return "pulumi"

    @property
    def in_build(self) -> bool:
        """The build is the whole deployment."""
        return True


class TerraformDeploy(DeployKind):
    """Runs Terraform or OpenTofu in a separate build with the target account's deploy role.

    With an approval, the approver sees the plan, and exactly that plan is applied.
    """

    terraform: str = Field(pattern=rf"^([A-Za-z0-9!_.*'()/-]|{ONE})+$")
    """The state's name in the bucket, without `.tfstate`, as in `orders/{environment}`. It may
    contain `{environment}`, `{accountId}` and `{region}`."""
    directory: Folder = "."
    """The configuration's folder in the build's artifact."""
    backend: Backend
    """The state bucket in the target account and region, as in `s3://orders-state-{accountId}`."""
    key: KeyAlias
    """The alias of the key in the target account that encrypts the state."""
    tool: Literal["terraform", "opentofu"] = "terraform"
    """Which of the two runs."""
    version: str | None = Field(default=None, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    """Its version, 1.10 or later, with `sha256`. Default: 1.11.4 of Terraform, 1.10.6 of
    OpenTofu."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """The SHA-256 of that version's `linux_amd64` archive, from its maker's `SHA256SUMS`."""
    variables: dict[str, str] = Field(default_factory=dict)
    """Values of variables. Do not put secrets here."""
    var_files: ListOf[str] = ()
    """Files of variables in the folder, as in `{environment}.tfvars`."""
    image: str = STANDARD_IMAGE
    """An image for x86_64 with bash, curl, unzip and jq."""
    compute_type: ComputeType = "BUILD_GENERAL1_SMALL"
    """CodeBuild's compute type."""
    timeout_minutes: Count = Field(default=120, ge=5, le=2160)
    """CodeBuild ends the run after this time."""
    permissions: ListOf[Statement] = Field(min_length=1)
    """The statements of the deploy role."""

    @property
    def pinned(self) -> Pinned:
        """The release that runs."""
        default = TOOLS[self.tool]
        return Pinned(self.version or default.version, self.sha256 or default.sha256)

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """A configuration reads secrets with the deploy role."""
        return ("deploy",)

    @property
    def runner(self) -> str:
        """The part in the name of the build."""
        return RUN

    @property
    def in_build(self) -> bool:
        """The build is the whole deployment."""
        return True


class CommandsDeploy(DeployKind):
    """Runs commands in a separate build with the target account's deploy role."""

    commands: Texts = Field(min_length=1)
    """Commands of bash, in the folder of the build's artifact. AWS's CLI and SDKs act in the target
    account and region."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plaintext environment variables. Do not put secrets here."""
    image: str = STANDARD_IMAGE
    """CodeBuild's image."""
    compute_type: ComputeType = "BUILD_GENERAL1_SMALL"
    """CodeBuild's compute type."""
    timeout_minutes: Count = Field(default=60, ge=5, le=2160)
    """CodeBuild ends the commands after this time."""
    permissions: ListOf[Statement] = Field(min_length=1)
    """The statements of the deploy role."""

    @property
    def name(self) -> str:
        """Commands have no target of their own."""
        return "commands"

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """Commands read secrets with the deploy role."""
        return ("deploy",)

    @property
    def runner(self) -> str:
        """The part in the name of the build."""
        return RUN

    @property
    def in_build(self) -> bool:
        """The build is the whole deployment."""
        return True
