"""What is deployed, and how: one model for each kind of deployment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, Tag

from landfall import versions
from landfall.settings.base import Count, Distinct, Settings, Statement
from landfall.settings.kinds import by_key

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
ECS_TRAFFIC = {
    "all-at-once": "CodeDeployDefault.ECSAllAtOnce",
    "canary-10-percent-5-minutes": "CodeDeployDefault.ECSCanary10Percent5Minutes",
    "canary-10-percent-15-minutes": "CodeDeployDefault.ECSCanary10Percent15Minutes",
    "linear-10-percent-every-1-minute": "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
    "linear-10-percent-every-3-minutes": "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
}
BATCHES = {
    "all-at-once": "CodeDeployDefault.AllAtOnce",
    "half-at-a-time": "CodeDeployDefault.HalfAtATime",
    "one-at-a-time": "CodeDeployDefault.OneAtATime",
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
EcsTraffic = Literal[
    "all-at-once",
    "canary-10-percent-5-minutes",
    "canary-10-percent-15-minutes",
    "linear-10-percent-every-1-minute",
    "linear-10-percent-every-3-minutes",
]

RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
_ROLES = r"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$"
RolePath = Annotated[str, StringConstraints(pattern=_ROLES)]
"""A role's name with its path in front, as in `service/orders-task`."""


class Shift(Settings):
    """A traffic shift of one's own, where none of AWS's predefined ones fits."""

    shape: Literal["canary", "linear"]
    """`canary` shifts a part, waits, and shifts the rest; `linear` shifts equal parts."""
    percent: Count = Field(ge=1, le=99)
    """The part of the traffic that is shifted at once."""
    minutes: Count = Field(ge=1, le=2880)
    """The time between shifts. Lambda and ECS end a deployment after two days."""


class _Kind(Settings):
    """What the kinds have in common."""

    @property
    def name(self) -> str:
        """What is deployed to: the value of the key that tells the kind."""
        return str(getattr(self, next(iter(type(self).model_fields))))

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """The roles that read the application's secrets while they deploy."""
        return ()


class CloudFormationDeploy(_Kind):
    """Deploys a CloudFormation stack by change set."""

    cloudformation: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")
    """The CloudFormation stack's name."""
    template: str = "template.yaml"
    """The template's path in the build's artifact; `cdk synth` writes
    `cdk.out/NAME.template.json`."""
    capabilities: tuple[
        Literal["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], ...
    ] = ()
    """Acknowledged capabilities."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """Parameter values."""
    permissions: tuple[Statement, ...] = Field(min_length=1)
    """What the stack may make: the statements of the role that CloudFormation works with."""

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """CloudFormation resolves references to secrets as its service role."""
        return ("service",)


class LambdaDeploy(_Kind):
    """Shifts the traffic of a Lambda alias through CodeDeploy."""

    function: str = Field(alias="lambda", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The function's name."""
    alias: str = Field(default="live", pattern=r"^[A-Za-z0-9_-]{1,128}$")
    """The alias whose traffic is shifted."""
    traffic: Traffic = "all-at-once"
    """How the traffic is shifted."""
    shift: Shift | None = None
    """A traffic shift of one's own, in place of `traffic`."""


class EcsDeploy(_Kind):
    """Replaces the tasks of an ECS service through CodeDeploy, blue by green.

    The service's deployment controller must be `CODE_DEPLOY`; each environment names its listeners.
    """

    service: str = Field(alias="ecs", pattern=r"^[A-Za-z0-9_-]{1,100}$")
    """The service's name."""
    cluster: str = Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The cluster's name."""
    target_groups: Distinct = Field(min_length=2, max_length=2)
    """The names of the two target groups that take turns."""
    task_roles: tuple[RolePath, ...] = Field(min_length=1)
    """The roles that tasks run with, and that start them: each name with its path in front."""
    task_definition: str = "taskdef.json"
    """The task definition's path in the build's artifact."""
    appspec: str = "appspec.yaml"
    """The AppSpec file's path in the build's artifact."""
    image_placeholder: str | None = Field(default=None, pattern=r"^[A-Z0-9_]{1,64}$")
    """What stands in the task definition for the image that `imageDetail.json` names."""
    traffic: EcsTraffic = "all-at-once"
    """How the traffic is shifted."""
    shift: Shift | None = None
    """A traffic shift of one's own, in place of `traffic`."""
    keep_minutes: Count = Field(default=60, ge=0, le=2880)
    """How long the old tasks are kept, so that going back is quick."""


class Ec2Deploy(_Kind):
    """Deploys to EC2 instances through CodeDeploy's agent, in place."""

    application: str = Field(alias="ec2", pattern=r"^[A-Za-z0-9+=,.@_-]{1,100}$")
    """The name of CodeDeploy's application."""
    auto_scaling_groups: Distinct = Field(default=(), max_length=10)
    """The Auto Scaling groups whose instances are deployed to; this or `tags` is needed."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags that the instances have, all of them; this or `autoScalingGroups` is needed."""
    instance_roles: tuple[RolePath, ...] = Field(min_length=1)
    """The roles of the instances, which fetch the artifact: each name with its path in front."""
    batch: Literal["all-at-once", "half-at-a-time", "one-at-a-time"] = "one-at-a-time"
    """How many instances are deployed to at once."""
    healthy_percent: Count | None = Field(default=None, ge=1, le=99)
    """The part of the instances that stays healthy meanwhile, in place of `batch`."""
    target_group: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,32}$")
    """The target group that instances leave while they are deployed to."""


class PulumiDeploy(_Kind):
    """Runs `pulumi up` in a build of its own that acts as the target account's deploy role."""

    pulumi: str = Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,2}$")
    """The Pulumi stack; an environment names its own by its own `deploy`."""
    directory: str = Field(default=".", pattern=r"^[A-Za-z0-9_./-]+$")
    """The program's folder in the build's artifact."""
    backend: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]+)?$"
    )
    """The bucket of the state in the target account, as in `s3://orders-state`."""
    key: str = Field(pattern=r"^[A-Za-z0-9/_-]{1,240}$")
    """The alias of the key in the target account that state and secrets are encrypted with."""
    image: str = f"public.ecr.aws/pulumi/pulumi:{versions.PULUMI}"
    """An image with the Pulumi CLI and the program's language."""
    permissions: tuple[Statement, ...] = Field(min_length=1)
    """What the program may make: the statements of the deploy role."""

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """A program reads secrets as the deploy role."""
        return ("deploy",)


class S3Deploy(_Kind):
    """Copies the build's artifact into a bucket of the target account."""

    s3: str = Field(pattern=_BUCKET)
    """The bucket's name."""


Deploy = Annotated[
    Annotated[CloudFormationDeploy, Tag("CloudFormationDeploy")]
    | Annotated[LambdaDeploy, Tag("LambdaDeploy")]
    | Annotated[EcsDeploy, Tag("EcsDeploy")]
    | Annotated[Ec2Deploy, Tag("Ec2Deploy")]
    | Annotated[PulumiDeploy, Tag("PulumiDeploy")]
    | Annotated[S3Deploy, Tag("S3Deploy")],
    by_key(
        {
            "cloudformation": "CloudFormationDeploy",
            "lambda": "LambdaDeploy",
            "ecs": "EcsDeploy",
            "ec2": "Ec2Deploy",
            "pulumi": "PulumiDeploy",
            "s3": "S3Deploy",
        }
    ),
]

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
Listener = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}"
        r":listener/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}$"
    ),
]


class Target(Settings):
    """One more account and region that an environment is deployed to."""

    account: str
    """The account, by its key."""
    region: str | None = None
    """The region; the home region where left out."""
    listeners: tuple[Listener, ...] = Field(default=(), max_length=2)
    """For `ecs`: the load balancer's listener there, and the one for tests."""


Wave = tuple[Target, ...]
