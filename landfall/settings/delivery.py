"""Applications, and the pipelines that deliver them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, Tag

from landfall.settings.base import EMAIL, Count, Distinct, Flag, Name, Settings
from landfall.settings.deployments import Deploy, Listener, Wave
from landfall.settings.kinds import by_key
from landfall.settings.observability import Observability
from landfall.settings.review import Review
from landfall.settings.rollback import Rollback
from landfall.settings.secrets import Secret
from landfall.settings.strategies import Strategy
from landfall.settings.testing import Kinds, Tests
from landfall.settings.triggers import Trigger

# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
ConnectionName = Annotated[Name, StringConstraints(max_length=32)]

_KEY = r"[A-Za-z0-9][A-Za-z0-9._-]*"
FormerEnvironment = Annotated[
    str, StringConstraints(pattern=rf"^({_KEY}/)?{_KEY}$", max_length=201)
]
"""An environment's key, with `APPLICATION/` in front where it belonged to another application."""


# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip


class Network(Settings):
    """A VPC of the delivery account, through which a host of one's own is reached."""

    vpc: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    """The VPC."""
    subnets: Distinct = Field(min_length=1)
    """Its subnets."""
    security_groups: Distinct = Field(min_length=1)
    """Its security groups."""
    certificate: str | None = Field(
        default=None, pattern=r"^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$"
    )
    """The host's certificate, where its issuer is not publicly known."""


class Connection(Settings):
    """A CodeConnections connection; a person completes it once in the console."""

    provider: Literal[
        "Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged"
    ]
    """Where the repositories are."""
    endpoint: str | None = Field(default=None, pattern=r"^https://[^\s/]+/?$")
    """The address of a host of one's own: GitHub Enterprise Server, GitLab self-managed."""
    network: Network | None = None
    """How such a host is reached, where it is not on the internet."""

    @property
    def self_managed(self) -> bool:
        """Whether the provider is a host of one's own."""
        return self.provider in ("GitHubEnterpriseServer", "GitLabSelfManaged")


class ConnectionSource(Settings):
    """Sources in a repository behind a connection."""

    connection: str
    """The connection's key under `connections`."""
    repository: str = Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$")
    """`owner/name`."""
    paths: Distinct = ()
    """Files of which one must have changed for a push or pull request to start a pipeline."""


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


Source = Annotated[
    Annotated[ConnectionSource, Tag("ConnectionSource")]
    | Annotated[CodeCommitSource, Tag("CodeCommitSource")]
    | Annotated[S3Source, Tag("S3Source")],
    by_key(
        {
            "connection": "ConnectionSource",
            "codecommit": "CodeCommitSource",
            "bucket": "S3Source",
        }
    ),
]


class Image(Settings):
    """A container image whose push starts the pipelines too; the stack makes its repository."""

    ecr: str = Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=256)
    """The repository's name, in the delivery account."""
    tags: Distinct = ("*",)
    """Tags whose push starts the pipelines, as in `v*`. A tag never changes its image."""


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
    cache: Literal["local", "s3", "none"] = "local"
    """Where the `cache` of the build specification is kept between builds."""
    batch: Flag = False
    """Run the `batch` of the build specification: several builds, side by side or in order."""


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
    tags: Distinct | None = None
    """Tags that start the pipeline, in place of the strategy's branches or beside `branches`."""
    triggers: tuple[Trigger, ...] = ()
    """What starts the pipeline, filter by filter, where `branches` and `tags` do not say it."""
    approval: Approval | None = None
    """Whether a person must approve the deployment."""
    listeners: tuple[Listener, ...] = Field(default=(), max_length=2)
    """For `ecs`: the load balancer's listener, and the one for tests where there is one."""
    waves: tuple[Wave, ...] = ()
    """Further accounts and regions, one wave after the other; those of a wave side by side."""
    deploy: Deploy | None = None
    """How it is deployed, where that differs from the application's other environments."""
    formerly: FormerEnvironment | None = None
    """The key that it had before; with `APPLICATION/` in front if it was another application's."""
    rollback: Rollback = Rollback()
    """How deployments are guarded, and go back."""


class Application(Settings):
    """One application."""

    formerly: Name | None = None
    """The key that it had before; Pulumi then takes it for the same application."""
    source: Source
    """Where its sources are."""
    strategy: Strategy = "trunk"
    """The branching strategy, which decides what starts each environment's pipeline."""
    pull_requests: Distinct | None = None
    """Branches whose pull requests are built and tested; the strategy's where left out."""
    branch_names: tuple[str, ...] | None = None
    """Extended regular expressions for names of branches; the strategy's where left out."""
    review: Review | None = None
    """How changes of protected branches are reviewed."""
    image: Image | None = None
    """A container image beside the sources."""
    build: Build = Build()
    """How it is built."""
    tests: Tests = Kinds()
    """Its tests: `standard`, a list of kinds, or each kind with its settings."""
    deploy: Deploy
    """How it is deployed."""
    environments: dict[Name, Environment] = Field(min_length=1)
    """Its environments, by name."""
    observability: Observability = Observability()
    """What is watched, and who is told."""
    secrets: dict[Name, Secret] = Field(default_factory=dict)
    """Its secrets, by name."""


class Delivery(Settings):
    """Delivery pipelines."""

    account: str | None = None
    """The account pipelines stand in; the one with purpose `delivery` where left out."""
    log_days: RetentionDays = 365
    """How many days the logs of builds are kept: one of the values that CloudWatch Logs takes."""
    connections: dict[ConnectionName, Connection] = Field(default_factory=dict)
    """Connections to repository hosts, by name."""
    applications: dict[Name, Application] = Field(default_factory=dict)
    """Applications, by name."""
