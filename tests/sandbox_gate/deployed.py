"""Targets of deployment groups: a group without an existing target is refused."""

from __future__ import annotations

from tests.sandbox_gate.conftest import Clients


def auto_scaling_group(aws: Clients, name: str) -> None:
    """Create an Auto Scaling group without instances."""
    client = aws("autoscaling")
    client.create_launch_configuration(
        LaunchConfigurationName=name, ImageId="ami-12c6146b", InstanceType="t3.micro"
    )
    client.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=name,
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=["eu-west-1a"],
    )


def ecs_service(aws: Clients, cluster: str, name: str) -> None:
    """Create an ECS service without tasks, and its cluster."""
    client = aws("ecs")
    client.create_cluster(clusterName=cluster)
    client.register_task_definition(
        family=name, containerDefinitions=[{"name": "web", "image": "web", "memory": 128}]
    )
    client.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=name,
        desiredCount=0,
        deploymentController={"type": "CODE_DEPLOY"},
    )
