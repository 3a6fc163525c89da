"""Deployments of a pipeline, as values for components and blueprints.

Pulumi infers the package's schema from these annotations, so they must not be strings.
"""

from typing import Any, NotRequired, TypedDict, cast

from landfall.blueprint import symbols
from landfall.blueprint.program_args import ProgramArgs, program_args
from landfall.blueprint.stack_sets import StackSetArgs, StackSetTargetsArgs
from landfall.settings import naming, stack_set_targets
from landfall.settings.delivery import Application, Environment
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.deployments import (
    BATCHES,
    ECS_TRAFFIC,
    TRAFFIC,
    Deploy,
    Ec2Deploy,
    EcsDeploy,
    LambdaDeploy,
    Shift,
    target_group_id,
    target_group_name,
)
from landfall.settings.placeholders import filled
from landfall.settings.stack import Stack
from landfall.settings.waves import destinations

CLOUDFORMATION = "cloudformation"
LAMBDA = "lambda"
ECS = "ecs"
ECS_SERVICE = "ecs-service"
EC2 = "ec2"
PULUMI = "pulumi"
TERRAFORM = "terraform"
COMMANDS = "commands"
EKS = "eks"
INVOKE = "invoke"
PROJECT = "project"
S3 = "s3"
STACK_SET = "stack-set"

CODEDEPLOY = (ECS, EC2)
PLANNED = (PULUMI, TERRAFORM)
"""Kinds that make a plan for an approval."""
IN_BUILD = (PULUMI, TERRAFORM, COMMANDS)
"""Kinds that a build runs with the deploy role; no deploy action reads the artifacts."""


class ShiftArgs(TypedDict):
    """A custom traffic shift."""

    shape: str
    """`canary` or `linear`."""
    percent: int
    """The percentage of traffic in each shift."""
    minutes: int
    """The time between shifts."""


class DeploymentArgs(ProgramArgs):
    """A deployment."""

    kind: str
    """`cloudformation`, `lambda`, `ecs`, `ec2` (these two through CodeDeploy), `ecs-service`,
    `eks`, `pulumi`, `terraform`, `s3`, `stack-set`, `invoke`, `project`, `commands`."""
    name: str
    """The target stack, function, service, CodeDeploy application, cluster, state, bucket or
    project."""
    codedeploy_name: NotRequired[str]
    """ecs, ec2: the name of CodeDeploy's application and group. Default: `name`."""
    hooks: NotRequired[list[str]]
    """ecs: functions that the AppSpec file names as hooks."""
    template: NotRequired[str]
    """cloudformation: the template's path in the build's artifact; `{account}` and `{region}` are
    replaced."""
    configuration: NotRequired[str]
    """cloudformation: the path of a template configuration file in the build's artifact;
    `{account}` and `{region}` are replaced."""
    capabilities: NotRequired[list[str]]
    """cloudformation: acknowledged capabilities."""
    parameters: NotRequired[dict[str, Any]]
    """cloudformation: parameter values, each a text, `{file, key}` or `{attribute}`: a key of a
    JSON file in the build's artifact, or the artifact's own `BucketName`, `ObjectKey` or `URL`."""
    nested: NotRequired[bool]
    """cloudformation: the template has nested stacks."""
    macros: NotRequired[dict[str, str]]
    """cloudformation: macros of the target account, each with its function."""
    outputs: NotRequired[list[str]]
    """cloudformation: outputs that later actions get as `#{StackVariables.NAME}`."""
    permissions: NotRequired[list[Any]]
    """cloudformation, pulumi, terraform, commands: the permissions, as IAM JSON statements."""
    alias: NotRequired[str]
    """lambda: the alias whose traffic is shifted."""
    strategy: NotRequired[str]
    """lambda: how traffic is shifted, as in `Canary10Percent5Minutes`."""
    deployment_config: NotRequired[str]
    """ecs, ec2: one of CodeDeploy's predefined deployment configurations."""
    shift: NotRequired[ShiftArgs]
    """ecs: a traffic shift in place of a predefined configuration."""
    healthy_percent: NotRequired[int]
    """ec2: the percentage of healthy instances, instead of a predefined configuration."""
    cluster: NotRequired[str]
    """ecs, ecs-service: the cluster's name."""
    image_definitions: NotRequired[str]
    """ecs-service: the image definitions file's path in the build's artifact."""
    target_groups: NotRequired[list[str]]
    """ecs: the blue and green target groups; ec2: the target group of the instances."""
    target_group_ids: NotRequired[list[str]]
    """ecs, ecs-service: what CloudWatch calls these, `targetgroup/NAME/ID`."""
    task_roles: NotRequired[list[str]]
    """ecs, ecs-service: task roles and task execution roles, by name with path."""
    task_definition: NotRequired[str]
    """ecs: the task definition's path in the build's artifact."""
    appspec: NotRequired[str]
    """ecs: the AppSpec file's path in the build's artifact."""
    image_placeholder: NotRequired[str]
    """ecs: the placeholder in the task definition for the image."""
    image_artifact: NotRequired[str]
    """ecs: the artifact with `imageDetail.json`, if it is not the build's."""
    keep_minutes: NotRequired[int]
    """ecs: how long to keep the old tasks."""
    auto_scaling_groups: NotRequired[list[str]]
    """ec2: the Auto Scaling groups of the target instances."""
    instance_tags: NotRequired[dict[str, str]]
    """ec2: the tags of the target instances."""
    stack_set: NotRequired[StackSetArgs]
    """stack-set: its targets and its roles."""


def deployment_of(stack: Stack, name: str, environment: str) -> DeploymentArgs:
    """Return what an environment's pipeline deploys, and how, as components take it."""
    application = stack.delivery.applications[name]
    args = deployment_args(application.environments[environment].deploy or application.deploy)
    for path in ("template", "configuration"):
        if path in args:
            args[path] = args[path].replace("{environment}", environment)
    for key in ("name", "backend"):
        if key in args:
            args[key] = filled(args[key], environment=environment)
    if "var_files" in args:
        files = [filled(each, environment=environment) for each in args["var_files"]]
        args["var_files"] = files
    deploy = application.environments[environment].deploy or application.deploy
    if isinstance(deploy, StackSetDeploy):
        args["stack_set"] = _targets(stack, name, environment, deploy)
    own = stack.codedeploy_names.get((name, environment), args["name"])
    if own != args["name"]:
        args["codedeploy_name"] = own
    return args


def deployment_args(settings: Deploy) -> DeploymentArgs:
    """Return a deployment as arguments of components."""
    if isinstance(settings, CloudFormationDeploy):
        return _cloudformation(settings)
    if isinstance(settings, EcsServiceDeploy):
        return _ecs_service(settings)
    if isinstance(settings, StackSetDeploy):
        return _stack_set(settings)
    if isinstance(settings, LambdaDeploy):
        return {
            "kind": "lambda",
            "name": settings.function,
            "alias": settings.alias,
            "strategy": _strategy(settings),
        }
    if isinstance(settings, EcsDeploy):
        return _ecs(settings)
    if isinstance(settings, Ec2Deploy):
        return _ec2(settings)
    args = program_args(settings)
    assert args is not None, f"{type(settings).__name__} has no arguments"  # noqa: S101
    return cast(DeploymentArgs, args)


def _cloudformation(settings: CloudFormationDeploy) -> DeploymentArgs:
    args: DeploymentArgs = {
        "kind": CLOUDFORMATION,
        "name": settings.cloudformation,
        "template": settings.template,
        "capabilities": list(settings.capabilities),
        "parameters": {
            key: value if isinstance(value, str) else value.model_dump(exclude_none=True)
            for key, value in settings.parameters.items()
        },
        "permissions": [statement.iam_json() for statement in settings.permissions],
    }
    if settings.configuration is not None:
        args["configuration"] = settings.configuration
    if settings.nested:
        args["nested"] = True
    if settings.macros:
        args["macros"] = settings.macros
    if settings.outputs:
        args["outputs"] = list(settings.outputs)
    return args


def _ecs_service(settings: EcsServiceDeploy) -> DeploymentArgs:
    ids = [target_group_id(each) for each in settings.target_groups]
    return {
        "kind": ECS_SERVICE,
        "name": settings.service,
        "cluster": settings.cluster,
        "task_roles": list(settings.task_roles),
        "image_definitions": settings.image_definitions,
        "timeout_minutes": settings.timeout_minutes,
        "target_group_ids": [id_ for id_ in ids if id_ is not None],
    }


def _stack_set(settings: StackSetDeploy) -> DeploymentArgs:
    return {
        "kind": STACK_SET,
        "name": settings.stack_set,
        "template": settings.template,
        "capabilities": list(settings.capabilities),
        "parameters": dict(settings.parameters),
        "permissions": [statement.iam_json() for statement in settings.permissions],
    }


def _targets(stack: Stack, name: str, environment: str, settings: StackSetDeploy) -> StackSetArgs:
    where = stack.delivery.applications[name].environments[environment]
    args: StackSetArgs = {
        "execution_role_name": naming.pipeline_role(name, environment, "execution"),
        "account_ids": [
            symbols.account(each) for each in stack_set_targets.accounts(stack, where, settings)
        ],
        "targets": [],
        "failure_tolerance_percent": settings.failure_tolerance_percent,
    }
    if settings.max_concurrent_percent is not None:
        args["max_concurrent_percent"] = settings.max_concurrent_percent
    if settings.parameter_file is not None:
        args["parameter_file"] = settings.parameter_file
    groups = stack_set_targets.groups(stack, where, settings)
    for group, given in zip(groups, settings.targets, strict=True):
        targets: StackSetTargetsArgs = {
            "account_ids": [symbols.account(each) for each in group.accounts],
            "regions": list(group.regions),
        }
        if given.parameters:
            targets["parameters"] = dict(given.parameters)
        args["targets"].append(targets)
    return args


def _strategy(settings: LambdaDeploy) -> str:
    """Return the DeployStrategy of CodePipeline's Lambda deploy action."""
    shift = settings.shift
    if shift is None:
        return TRAFFIC[settings.traffic]
    every = "Every" if shift.shape == "linear" else ""
    unit = "Minute" if shift.minutes == 1 else "Minutes"
    return f"{shift.shape.title()}{shift.percent}Percent{every}{shift.minutes}{unit}"


def _traffic(predefined: str, shift: Shift | None) -> DeploymentArgs:
    args: DeploymentArgs = {"deployment_config": predefined}  # type: ignore[typeddict-item]
    if shift is not None:
        args["shift"] = {
            "shape": shift.shape,
            "percent": shift.percent,
            "minutes": shift.minutes,
        }
    return args


def _ecs(settings: EcsDeploy) -> DeploymentArgs:
    args: DeploymentArgs = {
        "kind": "ecs",
        "name": settings.service,
        "cluster": settings.cluster,
        "target_groups": [target_group_name(each) for each in settings.target_groups],
        "task_roles": list(settings.task_roles),
        "task_definition": settings.task_definition,
        "appspec": settings.appspec,
        "hooks": list(settings.hooks),
        "keep_minutes": settings.keep_minutes,
        **_traffic(ECS_TRAFFIC[settings.traffic], settings.shift),
    }
    ids = [id_ for each in settings.target_groups if (id_ := target_group_id(each))]
    if ids:
        args["target_group_ids"] = ids
    if settings.image_placeholder:
        args["image_placeholder"] = settings.image_placeholder
    return args


def _ec2(settings: Ec2Deploy) -> DeploymentArgs:
    args: DeploymentArgs = {
        "kind": "ec2",
        "name": settings.application,
        "deployment_config": BATCHES[settings.batch],
        "auto_scaling_groups": list(settings.auto_scaling_groups),
        "instance_tags": settings.tags,
    }
    if settings.healthy_percent:
        args["healthy_percent"] = settings.healthy_percent
    if settings.target_group:
        args["target_groups"] = [settings.target_group]
    return args


def reads_artifacts(deploy: Deploy) -> tuple[str, ...]:
    """Return the roles of a target that read artifacts: `deploy`, `service`, by the kind."""
    if deploy.in_build:
        return ()
    kind = deployment_args(deploy)["kind"]
    stack_reads = isinstance(deploy, CloudFormationDeploy) and deploy.reads_artifact
    return ("deploy", "service") if kind in CODEDEPLOY or stack_reads else ("deploy",)


def other_regions(
    environment: Environment, application: Application, stack: Stack
) -> tuple[str, ...]:
    """Return the regions of a pipeline's actions, without the home region."""
    if (environment.deploy or application.deploy).in_build:
        return ()
    waves = destinations(environment, stack)
    found = dict.fromkeys(there.region for wave in waves for there in wave)
    return tuple(region for region in found if region != stack.region)
