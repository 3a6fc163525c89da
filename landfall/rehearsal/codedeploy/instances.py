"""The instances of a deployment group, found as its service role, and their load balancer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landfall.aws.arns import arn_of
from landfall.rehearsal.codedeploy.deployments import Deployment, DeploymentError, inside
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Session

_LIVE = ("pending", "running", "stopping", "stopped")


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance and the ARN of its role; empty if it has none."""

    id: str
    state: str
    role: str


def found(deployment: Deployment) -> list[Instance]:
    """Return the instances of a group's Auto Scaling groups and tags, by their ids.

    Raises:
        DeploymentError: there is none.

    """
    client = deployment.client("ec2")
    described: dict[str, Mapping[str, Any]] = {}
    if ids := list(_scaled(deployment)):
        described |= _described(client, InstanceIds=ids)
    for filters in _filters(deployment.group):
        described |= _described(client, Filters=filters)
    live = {id_: each for id_, each in described.items() if each["State"]["Name"] in _LIVE}
    if not live:
        raise DeploymentError(
            "The deployment failed because no instances were found for your deployment group. "
            "Check your deployment group settings to make sure the tags for your EC2 instances or "
            "Auto Scaling groups correctly identify the instances you want to deploy to, and then "
            "try again.",
            "NO_INSTANCES",
        )
    client.describe_instance_status(InstanceIds=sorted(live), IncludeAllInstances=True)
    return [
        Instance(id_, each["State"]["Name"], _role(deployment, each))
        for id_, each in sorted(live.items())
    ]


def _scaled(deployment: Deployment) -> Iterator[str]:
    names = [each["name"] for each in deployment.group.get("autoScalingGroups", [])]
    if not names:
        return
    client = deployment.client("autoscaling")
    groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=names)
    for group in groups["AutoScalingGroups"]:
        client.describe_lifecycle_hooks(AutoScalingGroupName=group["AutoScalingGroupName"])
        yield from (each["InstanceId"] for each in group["Instances"])


def _filters(group: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the filters of DescribeInstances: one tag of each set is needed, and of every set."""
    sets = group.get("ec2TagSet", {}).get("ec2TagSetList", [])
    if sets:
        yield [_filter(tag) for tags in sets for tag in tags]
    yield from ([_filter(tag)] for tag in group.get("ec2TagFilters", []))


def _filter(tag: Mapping[str, str]) -> dict[str, Any]:
    if tag.get("Type") == "KEY_ONLY":
        return {"Name": "tag-key", "Values": [tag["Key"]]}
    return {"Name": f"tag:{tag.get('Key', '*')}", "Values": [tag.get("Value", "")]}


def _described(client: Any, **asked: Any) -> dict[str, Mapping[str, Any]]:
    pages = client.get_paginator("describe_instances").paginate(**asked)
    return {
        each["InstanceId"]: each
        for page in pages
        for reservation in page["Reservations"]
        for each in reservation["Instances"]
    }


def _role(deployment: Deployment, described: Mapping[str, Any]) -> str:
    profile = described.get("IamInstanceProfile", {}).get("Arn", "")
    if not profile:
        return ""
    iam = inside(deployment.work, "iam")
    name = profile.rpartition("/")[2]
    roles = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    return str(roles[0]["Arn"]) if roles else ""


def session(deployment: Deployment, instance: Instance) -> Session:
    """Return the session of an instance's role; raises `ActionError` without one."""
    if not instance.role:
        raise ActionError(
            f"Instance {instance.id} has no instance profile: the agent has no credentials."
        )
    work = deployment.work
    arn = arn_of(
        work.sandbox.partition,
        "ec2",
        f"instance/{instance.id}",
        region=work.region,
        account=work.account,
    )
    return work.sandbox.of_service(
        "ec2.amazonaws.com", arn, instance.role, instance.id, work.account, work.region
    )


class Balancer:
    """The target groups from which instances are taken while they change."""

    def __init__(self, deployment: Deployment) -> None:
        self._client = deployment.client("elbv2")
        named = deployment.group["loadBalancerInfo"].get("targetGroupInfoList", [])
        names = [each["name"] for each in named]
        groups = self._client.describe_target_groups(Names=names)["TargetGroups"]
        self._arns = [each["TargetGroupArn"] for each in groups]
        self._registered: dict[str, list[dict[str, Any]]] = {}

    def block(self, instance: str) -> None:
        """Take an instance out of each group in which it is."""
        for arn in self._arns:
            health = self._client.describe_target_health(TargetGroupArn=arn)
            targets = [each["Target"] for each in health["TargetHealthDescriptions"]]
            own = [each for each in targets if each["Id"] == instance]
            self._registered[f"{arn} {instance}"] = own or [{"Id": instance}]
            if own:
                self._client.deregister_targets(TargetGroupArn=arn, Targets=own)

    def allow(self, instance: str) -> None:
        """Register an instance in each group again, and look at its health."""
        for arn in self._arns:
            targets = self._registered[f"{arn} {instance}"]
            self._client.register_targets(TargetGroupArn=arn, Targets=targets)
            self._client.describe_target_health(TargetGroupArn=arn)


def balancer_of(deployment: Deployment) -> Balancer | None:
    """Return the load balancer of a group that controls traffic; None of one that does not."""
    style = deployment.group.get("deploymentStyle", {})
    if style.get("deploymentOption") != "WITH_TRAFFIC_CONTROL":
        return None
    if not deployment.group.get("loadBalancerInfo", {}).get("targetGroupInfoList"):
        raise DeploymentError("The group has no target group.", "ELASTIC_LOAD_BALANCING_INVALID")
    return Balancer(deployment)
