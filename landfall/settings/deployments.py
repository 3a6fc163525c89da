"""The kinds of deployments, one model each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, Tag

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings
from landfall.settings.chosen_targets import ChosenTargets
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deploy_eks import EksDeploy
from landfall.settings.deploy_programs import CommandsDeploy, PulumiDeploy, TerraformDeploy
from landfall.settings.deploy_site import S3Deploy
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.deploy_steps import InvokeDeploy, ProjectDeploy
from landfall.settings.deployment_kind import DeployKind, FunctionName, RolePath
from landfall.settings.kinds import by_key

# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
TRAFFIC = {
    "all-at-once": "AllAtOnce",
    "canary-10-percent-5-minutes": "Canary10Percent5Minutes",
    "canary-10-percent-10-minutes": "Canary10Percent10Minutes",
    "canary-10-percent-15-minutes": "Canary10Percent15Minutes",
    "canary-10-percent-30-minutes": "Canary10Percent30Minutes",
    "linear-10-percent-every-1-minute": "Linear10PercentEvery1Minute",
    "linear-10-percent-every-2-minutes": "Linear10PercentEvery2Minutes",
    "linear-10-percent-every-3-minutes": "Linear10PercentEvery3Minutes",
    "linear-10-percent-every-10-minutes": "Linear10PercentEvery10Minutes",
}
# AWS's predefined ones: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
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


class Shift(Settings):
    """A custom traffic shift, if none of AWS's predefined ones fits."""

    shape: Literal["canary", "linear"]
    """`canary` shifts a part, waits, and shifts the rest; `linear` shifts equal parts."""
    percent: Count = Field(ge=1, le=99)
    """The percentage of traffic in each shift."""
    minutes: Count = Field(ge=1, le=2880)
    """The time between shifts. Lambda and ECS stop a deployment after two days."""

    @property
    def total_minutes(self) -> int:
        """How long the traffic is shifted in all."""
        steps = 1 if self.shape == "canary" else -(-100 // self.percent) - 1
        return steps * self.minutes


class LambdaDeploy(DeployKind):
    """Publishes the build's artifact as a version of a Lambda function, and shifts an alias to it.

    The function and the alias exist before, the alias with one version behind it.
    """

    function: str = Field(alias="lambda", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The function's name."""
    alias: str = Field(default="live", max_length=128, pattern=r"^[0-9]*[A-Za-z_-][A-Za-z0-9_-]*$")
    """The alias whose traffic is shifted; a number alone would be a version."""
    traffic: Traffic = "all-at-once"
    """The predefined traffic shift."""
    shift: Shift | None = None
    """A custom traffic shift, instead of `traffic`."""


def target_group_id(group: str) -> str | None:
    """Return CloudWatch's name of a target group, `targetgroup/NAME/ID`; None for a bare name."""
    _, found, rest = group.partition(":targetgroup/")
    return f"targetgroup/{rest}" if found else None


def target_group_name(group: str) -> str:
    """Return the name of a target group that is given by its name or its ARN."""
    id_ = target_group_id(group)
    return group if id_ is None else id_.split("/")[1]


class EcsDeploy(DeployKind):
    """Replaces the tasks of an ECS service through CodeDeploy, as a blue/green deployment.

    The service's deployment controller must be `CODE_DEPLOY`; each environment has `listeners`.
    """

    service: str = Field(alias="ecs", pattern=r"^[A-Za-z0-9_-]{1,100}$")
    """The service's name."""
    cluster: str = Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The cluster's name."""
    target_groups: Distinct = Field(min_length=2, max_length=2)
    """The two target groups, blue and green, by name or ARN. With ARNs the alarm watches only these
    two, otherwise the whole load balancer."""
    task_roles: ListOf[RolePath] = Field(min_length=1)
    """The task roles and task execution roles, each with its path."""
    task_definition: str = "taskdef.json"
    """The task definition's path in the build's artifact."""
    appspec: str = "appspec.yaml"
    """The AppSpec file's path in the build's artifact."""
    image_placeholder: str | None = Field(default=None, pattern=r"^[A-Z0-9_]{1,64}$")
    """The placeholder in the task definition for the image in `imageDetail.json`."""
    traffic: EcsTraffic = "all-at-once"
    """The predefined traffic shift."""
    shift: Shift | None = None
    """A custom traffic shift, instead of `traffic`."""
    hooks: ListOf[FunctionName] = ()
    """Functions that the AppSpec file names as hooks, besides those named `CodeDeployHook_…`."""
    keep_minutes: Count = Field(default=60, ge=0, le=2880)
    """How long to keep the old tasks for a fast rollback."""


class Ec2Deploy(DeployKind):
    """Deploys to EC2 instances through CodeDeploy's agent, in place."""

    application: str = Field(alias="ec2", pattern=r"^[A-Za-z0-9+=,.@_-]{1,100}$")
    """The name of CodeDeploy's application."""
    auto_scaling_groups: Distinct = Field(default=(), max_length=10)
    """The Auto Scaling groups of the target instances; this or `tags` is required."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the target instances, all required; this or `autoScalingGroups` is required."""
    instance_roles: ListOf[RolePath] = Field(min_length=1)
    """The roles of the instances, which download the artifact, each with its path."""
    batch: Literal["all-at-once", "half-at-a-time", "one-at-a-time"] = "one-at-a-time"
    """The number of instances to deploy to at once."""
    healthy_percent: Count | None = Field(default=None, ge=1, le=99)
    """The percentage of instances that must stay healthy, instead of `batch`."""
    target_group: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,32}$")
    """The target group from which instances are deregistered during the deployment."""


Deploy = Annotated[
    Annotated[CloudFormationDeploy, Tag("CloudFormationDeploy")]
    | Annotated[LambdaDeploy, Tag("LambdaDeploy")]
    | Annotated[EcsDeploy, Tag("EcsDeploy")]
    | Annotated[EcsServiceDeploy, Tag("EcsServiceDeploy")]
    | Annotated[Ec2Deploy, Tag("Ec2Deploy")]
    | Annotated[EksDeploy, Tag("EksDeploy")]
    | Annotated[PulumiDeploy, Tag("PulumiDeploy")]
    | Annotated[TerraformDeploy, Tag("TerraformDeploy")]
    | Annotated[S3Deploy, Tag("S3Deploy")]
    | Annotated[InvokeDeploy, Tag("InvokeDeploy")]
    | Annotated[ProjectDeploy, Tag("ProjectDeploy")]
    | Annotated[CommandsDeploy, Tag("CommandsDeploy")]
    | Annotated[StackSetDeploy, Tag("StackSetDeploy")],
    by_key(
        {
            "cloudformation": "CloudFormationDeploy",
            "lambda": "LambdaDeploy",
            "ecs": "EcsDeploy",
            "ecsService": "EcsServiceDeploy",
            "ec2": "Ec2Deploy",
            "eks": "EksDeploy",
            "pulumi": "PulumiDeploy",
            "terraform": "TerraformDeploy",
            "s3": "S3Deploy",
            "invoke": "InvokeDeploy",
            "project": "ProjectDeploy",
            "commands": "CommandsDeploy",
            "stackSet": "StackSetDeploy",
        }
    ),
]

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
Listener = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}"
        r":listener/(app|net)/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}$"
    ),
]


def is_network(listener: str) -> bool:
    """Return whether a listener is a Network Load Balancer's; the others are Application ones."""
    return ":listener/net/" in listener


class Target(Settings):
    """A further account and region of an environment."""

    account: str
    """The account's key."""
    region: str | None = None
    """The region. Default: the home region."""
    listeners: ListOf[Listener] = Field(default=(), max_length=2)
    """For `ecs`: the load balancer's listener, and optionally its test listener. For `ecsService`:
    the listener whose alarm to create."""
    awaited: Flag = False
    """For `ecs` and `ec2`: as in an environment."""


Wave = ListOf[
    Annotated[
        Annotated[Target, Tag("Target")] | Annotated[ChosenTargets, Tag("ChosenTargets")],
        by_key({"account": "Target", "units": "ChosenTargets", "tags": "ChosenTargets"}),
    ]
]
