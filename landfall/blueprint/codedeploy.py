"""CodeDeploy's roles: ECS services blue by green, EC2 instances in place."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint import task_definitions
from landfall.blueprint.deployments import EC2, ECS, DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

HOOK_PREFIX = "CodeDeployHook_"
"""With this begin the names of functions that every deployment may call as hooks."""

_DEFAULTS = {
    ECS: "CodeDeployDefault.ECSAllAtOnce",
    EC2: "CodeDeployDefault.OneAtATime",
}


def group_name(deployment: DeploymentArgs) -> str:
    """Return the name of CodeDeploy's application and of its deployment group."""
    return deployment.get("codedeploy_name", deployment["name"])


def configuration_name(deployment: DeploymentArgs) -> str:
    """Return the name of the deployment configuration; a custom one contains its values.

    A configuration cannot be changed, only replaced, so another value needs another name.
    """
    if shift := deployment.get("shift"):
        shape, percent, minutes = shift["shape"], shift["percent"], shift["minutes"]
        return f"{group_name(deployment)}-{shape}-{percent}-percent-{minutes}-minutes"
    if healthy := deployment.get("healthy_percent"):
        return f"{group_name(deployment)}-{healthy}-percent-healthy"
    return deployment.get("deployment_config", _DEFAULTS[deployment["kind"]])


def deploy(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the deploy role's statements: deployments of this one group, without its target.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
    """
    name = group_name(deployment)
    statements = [
        statement(
            "Deployments",
            actions=["codedeploy:CreateDeployment", "codedeploy:GetDeployment"],
            resources=[place.arn("codedeploy", f"deploymentgroup:{name}/{name}")],
        ),
        statement(
            "Revisions",
            actions=[
                "codedeploy:GetApplication",
                "codedeploy:GetApplicationRevision",
                "codedeploy:RegisterApplicationRevision",
            ],
            resources=[place.arn("codedeploy", f"application:{name}")],
        ),
        statement(
            "Configuration",
            actions=["codedeploy:GetDeploymentConfig"],
            resources=[
                place.arn("codedeploy", f"deploymentconfig:{configuration_name(deployment)}")
            ],
        ),
    ]
    if deployment["kind"] == ECS:
        return statements + task_definitions.register(deployment.get("task_roles", []), place)
    return statements + _find_deployments(name, place)


def _find_deployments(name: str, place: Place) -> list[Statement]:
    """Return what the CodeDeploy action asks for besides deployments of its group."""
    return [
        statement(
            "FindDeployments",
            actions=["codedeploy:GetDeploymentGroup", "codedeploy:ListDeployments"],
            resources=[place.arn("codedeploy", f"deploymentgroup:{name}/{name}")],
        ),
        statement(
            "FindGroups",
            actions=["codedeploy:ListDeploymentGroups"],
            resources=[place.arn("codedeploy", f"application:{name}")],
        ),
        statement(
            "FindConfigurations", actions=["codedeploy:ListDeploymentConfigs"], resources=["*"]
        ),
    ]


def work(
    deployment: DeploymentArgs,
    place: Place,
    listeners: Sequence[str],
    reading: Sequence[Statement],
) -> list[Statement]:
    """Return the statements of CodeDeploy's service role, by kind.

    `reading` are the statements for reading its artifacts.

    Narrower than AWS's managed policies, which apply to every resource of an account.
    https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
    """
    if deployment["kind"] == ECS:
        own = _services(deployment, place, listeners)
    else:
        own = _instances(deployment, place)
    if deployment["kind"] == ECS:
        own.append(_hooks(deployment, place))
    return [
        *own,
        statement("ReadAlarms", actions=["cloudwatch:DescribeAlarms"], resources=["*"]),
        *reading,
    ]


def _hooks(deployment: DeploymentArgs, place: Place) -> Statement:
    """Return the statement with which CodeDeploy calls the hooks of the AppSpec file.

    AWS's managed policies allow functions of this prefix.
    https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
    """
    names = [f"{HOOK_PREFIX}*", *deployment.get("hooks", [])]
    functions = [place.arn("lambda", f"function:{name}") for name in names]
    return statement("CallHooks", actions=["lambda:InvokeFunction"], resources=functions)


def _services(
    deployment: DeploymentArgs, place: Place, listeners: Sequence[str]
) -> list[Statement]:
    name, cluster = deployment["name"], deployment.get("cluster", "default")
    return [
        statement(
            "ReplaceTasks",
            actions=[
                "ecs:CreateTaskSet",
                "ecs:DeleteTaskSet",
                "ecs:DescribeServices",
                "ecs:UpdateServicePrimaryTaskSet",
            ],
            resources=[
                place.arn("ecs", f"service/{cluster}/{name}"),
                place.arn("ecs", f"task-set/{cluster}/{name}/*"),
            ],
        ),
        statement(
            "ReadLoadBalancers",
            actions=[
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetGroups",
            ],
            resources=["*"],
        ),
        statement(
            "ShiftTraffic",
            actions=["elasticloadbalancing:ModifyListener"],
            resources=listeners,
        ),
        statement(
            "ShiftTrafficByRule",
            actions=["elasticloadbalancing:ModifyRule"],
            resources=[f"{each.replace(':listener/', ':listener-rule/')}/*" for each in listeners],
        ),
        task_definitions.pass_roles(deployment.get("task_roles", []), place),
    ]


def _instances(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    statements = [
        statement(
            "FindInstances",
            actions=[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeLifecycleHooks",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstances",
                "tag:GetResources",
            ],
            resources=["*"],
        )
    ]
    if groups := deployment.get("auto_scaling_groups"):
        statements.append(
            statement(
                "HookIntoScaling",
                actions=[
                    "autoscaling:CompleteLifecycleAction",
                    "autoscaling:DeleteLifecycleHook",
                    "autoscaling:PutLifecycleHook",
                    "autoscaling:RecordLifecycleActionHeartbeat",
                ],
                resources=[
                    place.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{group}")
                    for group in groups
                ],
            )
        )
    if targets := deployment.get("target_groups"):
        statements += [
            statement(
                "ReadTargetGroups",
                actions=[
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                resources=["*"],
            ),
            statement(
                "TakeInstancesOut",
                actions=[
                    "elasticloadbalancing:DeregisterTargets",
                    "elasticloadbalancing:RegisterTargets",
                ],
                resources=[
                    place.arn("elasticloadbalancing", f"targetgroup/{each}/*") for each in targets
                ],
            ),
        ]
    return statements
