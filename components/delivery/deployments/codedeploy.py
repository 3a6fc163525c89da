"""CodeDeploy: ECS services blue by green, EC2 instances in place."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.deployments.arguments import DeploymentTargetArgs
from landfall.blueprint.codedeploy import configuration_name, group_name
from landfall.blueprint.deployments import EC2, ECS

_PLATFORMS = {ECS: "ECS", EC2: "Server"}


def make_group(
    parent: pulumi.Resource,
    name: str,
    args: DeploymentTargetArgs,
    service_role: aws.iam.Role,
    granted: list[pulumi.Resource],
    alarms: list[pulumi.Input[str]],
) -> None:
    """Create the application, its deployment group, and a configuration if necessary.

    CodeDeploy refuses a group whose ECS service or Auto Scaling groups do not exist. So there is no
    group while the target is awaited: docs/decisions/0014.
    """
    deployment, region = args["deployment"], args["region"]
    kind = deployment["kind"]
    child = pulumi.ResourceOptions(parent=parent)
    application = aws.codedeploy.Application(
        name,
        name=group_name(deployment),
        compute_platform=_PLATFORMS[kind],
        region=region,
        opts=child,
    )
    if args.get("awaited"):
        return
    watched: dict[str, Any] = {}
    events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]
    if alarms:
        events.append("DEPLOYMENT_STOP_ON_ALARM")
        # If alarms cannot be read, stop the deployment instead of continuing unmonitored.
        watched["alarm_configuration"] = {
            "enabled": True,
            "alarms": alarms,
            "ignore_poll_alarm_failure": False,
        }
    aws.codedeploy.DeploymentGroup(
        name,
        app_name=application.name,
        deployment_group_name=group_name(deployment),
        service_role_arn=service_role.arn,
        deployment_config_name=_configuration(child, name, args),
        auto_rollback_configuration={"enabled": True, "events": sorted(events)},
        region=region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=granted),
        **watched,
        **{ECS: _ecs, EC2: _ec2}[kind](args),
    )


def _configuration(
    child: pulumi.ResourceOptions, name: str, args: DeploymentTargetArgs
) -> pulumi.Input[str]:
    deployment = args["deployment"]
    shift, healthy = deployment.get("shift"), deployment.get("healthy_percent")
    if not shift and not healthy:
        return configuration_name(deployment)
    values: dict[str, Any] = {}
    if shift:
        shape = {"canary": "Canary", "linear": "Linear"}[shift["shape"]]
        values["traffic_routing_config"] = {
            "type": f"TimeBased{shape}",
            f"time_based_{shift['shape']}": {
                "interval": shift["minutes"],
                "percentage": shift["percent"],
            },
        }
    else:
        values["minimum_healthy_hosts"] = {"type": "FLEET_PERCENT", "value": healthy}
    made = aws.codedeploy.DeploymentConfig(
        name,
        deployment_config_name=configuration_name(deployment),
        compute_platform=_PLATFORMS[deployment["kind"]],
        region=args["region"],
        opts=child,
        **values,
    )
    name_of: pulumi.Output[str] = made.deployment_config_name
    return name_of


def _ecs(args: DeploymentTargetArgs) -> dict[str, Any]:
    deployment, listeners = args["deployment"], args.get("listeners", [])
    pair: dict[str, Any] = {
        "prod_traffic_route": {"listener_arns": listeners[:1]},
        "target_groups": [{"name": each} for each in deployment.get("target_groups", [])],
    }
    if len(listeners) > 1:
        pair["test_traffic_route"] = {"listener_arns": listeners[1:]}
    return {
        "deployment_style": {
            "deployment_type": "BLUE_GREEN",
            "deployment_option": "WITH_TRAFFIC_CONTROL",
        },
        "blue_green_deployment_config": {
            "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT"},
            "terminate_blue_instances_on_deployment_success": {
                "action": "TERMINATE",
                "termination_wait_time_in_minutes": deployment.get("keep_minutes", 60),
            },
        },
        "ecs_service": {
            "cluster_name": deployment.get("cluster", "default"),
            "service_name": deployment["name"],
        },
        "load_balancer_info": {"target_group_pair_info": pair},
    }


def _ec2(args: DeploymentTargetArgs) -> dict[str, Any]:
    deployment = args["deployment"]
    targets = deployment.get("target_groups", [])
    result: dict[str, Any] = {
        "deployment_style": {
            "deployment_type": "IN_PLACE",
            "deployment_option": "WITH_TRAFFIC_CONTROL" if targets else "WITHOUT_TRAFFIC_CONTROL",
        }
    }
    if targets:
        result["load_balancer_info"] = {"target_group_infos": [{"name": each} for each in targets]}
    if groups := deployment.get("auto_scaling_groups"):
        result["autoscaling_groups"] = groups
    if tags := deployment.get("instance_tags"):
        # One set for each tag: an instance must match all of them.
        result["ec2_tag_sets"] = [
            {"ec2_tag_filters": [{"type": "KEY_AND_VALUE", "key": key, "value": value}]}
            for key, value in sorted(tags.items())
        ]
    return result
