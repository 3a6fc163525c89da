"""Applications, and the pipelines that deliver them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, Tag

from landfall.settings.base import Count, Distinct, Flag, ListOf, Name, RetentionDays, Settings
from landfall.settings.builds import Build
from landfall.settings.deployments import Deploy, Listener, Wave
from landfall.settings.kinds import by_key
from landfall.settings.observability import Email, Observability
from landfall.settings.review import Review
from landfall.settings.rollback import Rollback
from landfall.settings.secrets import Secret
from landfall.settings.starts import ExecutionMode, PipelineOf, Schedule, Variable, VariableName
from landfall.settings.strategies import Strategy
from landfall.settings.testing import Kinds, Tests
from landfall.settings.triggers import Trigger

_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
ConnectionName = Annotated[Name, StringConstraints(max_length=32)]

_KEY = r"[A-Za-z0-9][A-Za-z0-9._-]*"
FormerEnvironment = Annotated[
    str, StringConstraints(pattern=rf"^({_KEY}/)?{_KEY}$", max_length=201)
]
"""An environment's key, with `APPLICATION/` in front where it belonged to another application."""


class Network(Settings):
    """A VPC of the delivery account, for access to a self-managed host."""

    vpc: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    """The VPC."""
    subnets: Distinct = Field(min_length=1)
    """Its subnets."""
    security_groups: Distinct = Field(min_length=1)
    """Its security groups."""
    certificate: str | None = Field(
        default=None, pattern=r"^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$"
    )
    """The host's certificate, if its issuer is not publicly trusted."""


class Connection(Settings):
    """A CodeConnections connection; a user completes it once in the console."""

    provider: Literal[
        "AzureDevOps",
        "Bitbucket",
        "GitHub",
        "GitHubEnterpriseServer",
        "GitLab",
        "GitLabSelfManaged",
    ]
    """The host of the repositories."""
    id: str | None = Field(default=None, pattern=_UUID)
    """The id of an existing connection in the delivery account and home region; the stack then
    creates none."""
    endpoint: str | None = Field(default=None, pattern=r"^https://[^\s/]+/?$")
    """The address of a self-managed host: GitHub Enterprise Server, GitLab self-managed."""
    network: Network | None = None
    """The network of a self-managed host that is not on the internet."""

    @property
    def self_managed(self) -> bool:
        """Whether the provider is self-managed."""
        return self.provider in ("GitHubEnterpriseServer", "GitLabSelfManaged")


Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$")]


class ConnectionSource(Settings):
    """Sources in a repository behind a connection."""

    connection: str
    """The connection's key under `connections`."""
    repository: Repository
    """`owner/name`."""
    paths: Distinct = ()
    """A push or pull request starts a pipeline only if it changes one of these files."""
    full_clone: Flag = False
    """Builds clone the repository with its history. A review always does."""
    submodules: ListOf[Repository] = ()
    """Repositories of submodules, which builds may clone through the same connection."""


class CodeCommitSource(Settings):
    """Sources in a CodeCommit repository, which the stack creates.

    Several applications may share a repository; a push starts the pipelines of all of them.
    """

    codecommit: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")
    """The repository's name."""
    account: str | None = None
    """The repository's account. Default: the delivery account."""


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
    """A container image whose push also starts the pipelines; the stack creates its repository."""

    ecr: str = Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=256)
    """The repository's name, in the delivery account."""
    tags: Distinct = ("*",)
    """Image tags whose push starts the pipelines, as in `v*`. Tags are immutable."""
    moving_tag: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
    """A tag that may move to a newer image. What a push of the sources or a first execution deploys
    is the image that has it. Default: the first of `tags` without a pattern, else `latest`."""


class Approval(Settings):
    """A manual approval of the deployment."""

    notify: ListOf[Email] = ()
    """The e-mail addresses of approvers."""
    timeout_minutes: Count = Field(default=7 * 24 * 60, ge=5, le=86400)
    """The approval fails after this time."""


class Environment(Settings):
    """One environment of an application, with its own pipeline unless `after` names another."""

    account: str
    """The key of the target account."""
    region: str | None = None
    """The target region. Default: the home region."""
    branches: Distinct | None = None
    """Branches that start the pipeline. Default: the strategy's."""
    tags: Distinct | None = None
    """Tags that start the pipeline, instead of the strategy's branches or besides `branches`."""
    triggers: ListOf[Trigger] = ()
    """The pipeline's triggers as filters, instead of `branches` and `tags`."""
    after: Name | None = None
    """The environment in whose pipeline this one is deployed, after it and from the same build."""
    promoted_from: Name | None = None
    """The environment whose deployed artifacts this one's pipeline deploys; it builds nothing."""
    schedule: ListOf[Schedule] = ()
    """When the pipeline starts. Pushes then start it only if `branches`, `tags` or `triggers` say
    so."""
    started_by: ListOf[PipelineOf] = ()
    """Pipelines whose success starts this one, as `APPLICATION/ENVIRONMENT`. Pushes then start it
    only if `branches`, `tags` or `triggers` say so."""
    execution_mode: ExecutionMode | None = None
    """How executions of the pipeline wait for each other. Default: the application's."""
    approval: Approval | None = None
    """Require a manual approval of the deployment."""
    listeners: ListOf[Listener] = Field(default=(), max_length=2)
    """For `ecs`: the load balancer's listener, and optionally its test listener. For `ecsService`:
    the listener whose alarm to create."""
    awaited: Flag = False
    """For `ecs` and `ec2`: the service or the Auto Scaling groups do not exist yet. The stack then
    creates no deployment group, and deployments fail until it does."""
    waves: ListOf[Wave] = ()
    """Further accounts and regions in waves: waves in order, destinations of a wave in parallel.
    Accounts by name, or those of `units` or with `tags`."""
    deploy: Deploy | None = None
    """The deployment, if it differs from the application's."""
    formerly: FormerEnvironment | None = None
    """The former key, as `APPLICATION/KEY` if it belonged to another application."""
    rollback: Rollback = Rollback()
    """Alarms, deployment window and rollback of deployments."""


class Application(Settings):
    """One application."""

    formerly: Name | None = None
    """The former key. Pulumi then keeps the application's resources."""
    source: Source
    """The source."""
    execution_mode: ExecutionMode = "queued"
    """`queued`: executions wait in line. `superseded`: a newer execution replaces a waiting one,
    also one that waits for approval. `parallel`: executions do not wait, and cannot roll back."""
    variables: dict[VariableName, Variable] = Field(default_factory=dict)
    """Variables of the pipelines, which a manual start may set, by name."""
    strategy: Strategy = "trunk"
    """The branching strategy, which determines what starts each environment's pipeline."""
    default_branch: str = Field(default="main", pattern=r"^[A-Za-z0-9._/-]{1,200}$")
    """The repository's default branch. Executions without a push use it if the environment has only
    patterns or tags."""
    pull_requests: Distinct | None = None
    """Branches whose pull requests are built and tested. Default: the strategy's."""
    branch_names: ListOf[str] | None = None
    """Extended regular expressions for branch names. Default: the strategy's."""
    review: Review | None = None
    """The review of changes to protected branches."""
    image: Image | None = None
    """A container image as a further source."""
    build: Build = Build()
    """The build."""
    tests: Tests = Kinds()
    """The tests: `standard`, a list of kinds, or kinds with settings."""
    deploy: Deploy
    """The deployment."""
    environments: dict[Name, Environment] = Field(min_length=1)
    """The environments, by name."""
    observability: Observability = Observability()
    """Alarms, notifications and traces."""
    secrets: dict[Name, Secret] = Field(default_factory=dict)
    """The secrets, by name."""


class Delivery(Settings):
    """Delivery pipelines."""

    account: str | None = None
    """The account of the pipelines. Default: the one with purpose `delivery`."""
    log_days: RetentionDays = 365
    """Days to keep build logs: one of the values that CloudWatch Logs allows."""
    connections: dict[ConnectionName, Connection] = Field(default_factory=dict)
    """Connections to repository hosts, by name."""
    applications: dict[Name, Application] = Field(default_factory=dict)
    """Applications, by name."""
