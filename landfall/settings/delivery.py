"""Applications, and the pipelines that deliver them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from landfall.settings.accounts import EMAIL
from landfall.settings.base import Count, Distinct, Flag, Name, Settings, Statement

Strategy = Literal["trunk", "github-flow", "gitflow"]

# AWS's predefined ones: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
TRAFFIC = {
    "all-at-once": "CodeDeployDefault.LambdaAllAtOnce",
    "canary-10-percent-5-minutes": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    "canary-10-percent-10-minutes": "CodeDeployDefault.LambdaCanary10Percent10Minutes",
    "canary-10-percent-15-minutes": "CodeDeployDefault.LambdaCanary10Percent15Minutes",
    "canary-10-percent-30-minutes": "CodeDeployDefault.LambdaCanary10Percent30Minutes",
    "linear-10-percent-every-1-minute": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
    "linear-10-percent-every-2-minutes": "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
    "linear-10-percent-every-3-minutes": "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes",
    "linear-10-percent-every-10-minutes": "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes",
}
Traffic = Literal[
    "all-at-once",
    "canary-10-percent-5-minutes",
    "canary-10-percent-10-minutes",
    "canary-10-percent-15-minutes",
    "canary-10-percent-30-minutes",
    "linear-10-percent-every-1-minute",
    "linear-10-percent-every-2-minutes",
    "linear-10-percent-every-3-minutes",
    "linear-10-percent-every-10-minutes",
]


# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
ConnectionName = Annotated[Name, StringConstraints(max_length=32)]


class Connection(Settings):
    """A CodeConnections connection; a person completes it once in the console."""

    provider: Literal[
        "Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged"
    ]
    """Where the repositories are."""


class ConnectionSource(Settings):
    """Sources in a repository behind a connection."""

    connection: str
    """The connection's key under `connections`."""
    repository: str = Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$")
    """`owner/name`."""


class CodeCommitSource(Settings):
    """Sources in a CodeCommit repository of the delivery account, which the stack makes."""

    codecommit: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")
    """The repository's name."""


class S3Source(Settings):
    """Sources in an object of a versioned bucket of the delivery account."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """The bucket's name."""
    key: str = Field(min_length=1, max_length=1024)
    """The object, a ZIP file."""


class CloudFormationDeploy(Settings):
    """Deploys a CloudFormation stack by change set."""

    cloudformation: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")
    """The CloudFormation stack's name."""
    template: str = "template.yaml"
    """The template's path in the build's artifact."""
    capabilities: tuple[
        Literal["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], ...
    ] = ()
    """Acknowledged capabilities."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """Parameter values."""
    permissions: tuple[Statement, ...] = Field(min_length=1)
    """What the stack may make: the statements of the role that CloudFormation works with."""


class LambdaDeploy(Settings):
    """Shifts the traffic of a Lambda alias through CodeDeploy."""

    function: str = Field(alias="lambda", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The function's name."""
    alias: str = Field(default="live", pattern=r"^[A-Za-z0-9_-]{1,128}$")
    """The alias whose traffic is shifted."""
    traffic: Traffic = "all-at-once"
    """How the traffic is shifted."""


class S3Deploy(Settings):
    """Copies the build's artifact into a bucket of the target account."""

    s3: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """The bucket's name."""


def _by_key(keys: dict[str, str]) -> Discriminator:
    def chosen(value: Any) -> str | None:
        if isinstance(value, dict):
            return next((tag for key, tag in keys.items() if key in value), None)
        return next((tag for tag in keys.values() if tag == type(value).__name__), None)

    names = ", ".join(f"'{key}'" for key in keys)
    return Discriminator(
        chosen,
        custom_error_type="missing_kind",
        custom_error_message=f"needs one of {names}; its keys say which kind it is",
    )


Source = Annotated[
    Annotated[ConnectionSource, Tag("ConnectionSource")]
    | Annotated[CodeCommitSource, Tag("CodeCommitSource")]
    | Annotated[S3Source, Tag("S3Source")],
    _by_key(
        {
            "connection": "ConnectionSource",
            "codecommit": "CodeCommitSource",
            "bucket": "S3Source",
        }
    ),
]
Deploy = Annotated[
    Annotated[CloudFormationDeploy, Tag("CloudFormationDeploy")]
    | Annotated[LambdaDeploy, Tag("LambdaDeploy")]
    | Annotated[S3Deploy, Tag("S3Deploy")],
    _by_key(
        {
            "cloudformation": "CloudFormationDeploy",
            "lambda": "LambdaDeploy",
            "s3": "S3Deploy",
        }
    ),
]


class Build(Settings):
    """How an application is built."""

    image: str = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    """CodeBuild's image."""
    compute_type: Literal[
        "BUILD_GENERAL1_SMALL",
        "BUILD_GENERAL1_MEDIUM",
        "BUILD_GENERAL1_LARGE",
        "BUILD_GENERAL1_XLARGE",
        "BUILD_GENERAL1_2XLARGE",
    ] = "BUILD_GENERAL1_SMALL"
    """CodeBuild's compute type."""
    buildspec: str = "buildspec.yml"
    """The path of the build specification in the sources."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plain environment variables. Secrets do not belong here."""
    timeout_minutes: Count = Field(default=60, ge=5, le=2160)
    """CodeBuild ends the build after this time."""
    privileged: Flag = False
    """Run the container privileged, which building images takes."""


class Approval(Settings):
    """A person approves the deployment."""

    notify: str | None = Field(default=None, pattern=EMAIL)
    """The e-mail address that is told."""
    timeout_minutes: Count = Field(default=7 * 24 * 60, ge=5, le=86400)
    """The approval fails after this time."""


class Environment(Settings):
    """One environment of an application; each has a pipeline."""

    account: str
    """The account that is deployed to, by its key."""
    region: str | None = None
    """The region that is deployed to; the home region where left out."""
    branches: Distinct | None = None
    """Branches that start the pipeline; the strategy's where left out."""
    approval: Approval | None = None
    """Whether a person must approve the deployment."""


class Application(Settings):
    """One application."""

    source: Source
    """Where its sources are."""
    strategy: Strategy = "trunk"
    """The branching strategy, which decides what starts each environment's pipeline."""
    build: Build = Build()
    """How it is built."""
    deploy: Deploy
    """How it is deployed."""
    environments: dict[Name, Environment] = Field(min_length=1)
    """Its environments, by name."""


class Delivery(Settings):
    """Delivery pipelines."""

    account: str | None = None
    """The account pipelines stand in; the one with purpose `delivery` where left out."""
    connections: dict[ConnectionName, Connection] = Field(default_factory=dict)
    """Connections to repository hosts, by name."""
    applications: dict[Name, Application] = Field(default_factory=dict)
    """Applications, by name."""
