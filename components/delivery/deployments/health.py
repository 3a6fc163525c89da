"""The alarms of a deployment, depending on its kind.

CloudFormation stacks, Pulumi programs and sites have no standard metrics: their teams add custom
alarms.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.deployments.arguments import DeploymentTargetArgs, HealthArgs
from landfall.blueprint.deployments import EC2, ECS, ECS_SERVICE, LAMBDA
from landfall.settings.deployments import is_network


def alarm_names(args: DeploymentTargetArgs) -> list[str]:
    """Return the names of the alarms."""
    return [name for name, _ in _alarms(args)]


def make_alarms(
    parent: pulumi.Resource, args: DeploymentTargetArgs
) -> list[aws.cloudwatch.MetricAlarm]:
    """Create the alarms of a target; missing data counts as healthy."""
    health = args.get("health")
    if health is None:
        return []
    told = [health["topic_arn"]] if "topic_arn" in health else []
    return [
        aws.cloudwatch.MetricAlarm(
            f"{name}-{args['region']}",
            name=name,
            alarm_actions=told,
            ok_actions=told,
            comparison_operator="GreaterThanOrEqualToThreshold",
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data="notBreaching",
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=parent),
            **metric,
        )
        for name, metric in _alarms(args)
    ]


def _alarms(args: DeploymentTargetArgs) -> Iterator[tuple[str, dict[str, Any]]]:
    health, deployment = args.get("health"), args["deployment"]
    if health is None:
        return
    prefix = health["pipeline"]
    if deployment["kind"] == LAMBDA:
        function, alias = deployment["name"], deployment.get("alias", "live")
        yield (
            f"{prefix}-errors",
            {
                "alarm_description": f"Invocations of {function}:{alias} fail",
                **_failures(
                    health,
                    "AWS/Lambda",
                    ("Errors", "Invocations"),
                    {"FunctionName": function, "Resource": f"{function}:{alias}"},
                ),
            },
        )
    listeners = args.get("listeners", []) if deployment["kind"] in (ECS, ECS_SERVICE) else []
    if listeners and not any(map(is_network, listeners)):
        # arn:…:listener/app/NAME/ID/LISTENER; the metric's dimension is app/NAME/ID.
        balancer = listeners[0].split(":listener/")[1].rpartition("/")[0]
        yield (
            f"{prefix}-5xx",
            {
                "alarm_description": f"Targets of {balancer} answer with server errors",
                **_failures(
                    health,
                    "AWS/ApplicationELB",
                    ("HTTPCode_Target_5XX_Count", "RequestCount"),
                    *_behind(balancer, deployment.get("target_group_ids", [])),
                ),
            },
        )
    if deployment["kind"] == EC2:
        for group in deployment.get("auto_scaling_groups", []):
            yield (
                f"{prefix}-{group}-status",
                {
                    "alarm_description": f"Instances of {group} fail their status checks",
                    "namespace": "AWS/EC2",
                    "metric_name": "StatusCheckFailed",
                    "dimensions": {"AutoScalingGroupName": group},
                    "statistic": "Maximum",
                    "period": 60,
                    "threshold": 1,
                },
            )


def _behind(balancer: str, target_groups: Sequence[str]) -> list[dict[str, str]]:
    """Return the dimensions of target groups of a balancer; of all of them if none is given."""
    if not target_groups:
        return [{"LoadBalancer": balancer}]
    return [{"LoadBalancer": balancer, "TargetGroup": group} for group in target_groups]


def _failures(
    health: HealthArgs, namespace: str, metrics: tuple[str, str], *dimensions: dict[str, str]
) -> dict[str, Any]:
    """Return what is compared: failures in a minute, or their part of all requests.

    Those of several `dimensions` are added up.
    """
    failed, asked = metrics
    if "error_percent" not in health and len(dimensions) == 1:
        return {
            "namespace": namespace,
            "metric_name": failed,
            "dimensions": dimensions[0],
            "statistic": "Sum",
            "period": 60,
            "threshold": health["errors"],
        }

    def queries(id_: str, metric_name: str) -> list[dict[str, Any]]:
        """Return the queries of which the sum is `id_`."""
        ids = [id_] if len(dimensions) == 1 else [f"{id_}{n}" for n in range(len(dimensions))]
        found: list[dict[str, Any]] = [
            {
                "id": each,
                "metric": {
                    "namespace": namespace,
                    "metric_name": metric_name,
                    "dimensions": dimension,
                    "stat": "Sum",
                    "period": 60,
                },
                "return_data": False,
            }
            for each, dimension in zip(ids, dimensions, strict=True)
        ]
        if len(ids) > 1:
            # One of two target groups is idle at a time, and then tells nothing.
            total = " + ".join(f"FILL({each}, 0)" for each in ids)
            found.insert(0, {"id": id_, "expression": total, "return_data": False})
        return found

    if "error_percent" not in health:
        total, *rest = queries("failed", failed)
        total = {**total, "label": "Failures", "return_data": True}
        return {"metric_queries": [total, *rest], "threshold": health["errors"]}
    part = {
        "id": "part",
        "expression": "IF(asked > 0, 100 * failed / asked, 0)",
        "label": "Failures in percent",
        "return_data": True,
    }
    return {
        "metric_queries": [part, *queries("failed", failed), *queries("asked", asked)],
        "threshold": health["error_percent"],
    }
