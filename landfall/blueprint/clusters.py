"""What the deploy role of an EKS cluster needs; the cluster itself decides by its access entries.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EKS.html
"""

from __future__ import annotations

from landfall.blueprint.action_logs import write_action_logs
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def deploy(deployment: DeploymentArgs, place: Place, pipeline_name: str) -> list[Statement]:
    """Return what the deploy role needs beside its artifacts and alarms."""
    subnets = [place.arn("ec2", f"subnet/{each}") for each in deployment.get("subnets", [])]
    groups = [
        place.arn("ec2", f"security-group/{each}") for each in deployment.get("security_groups", [])
    ]
    interfaces = place.arn("ec2", "network-interface/*")
    return [
        statement(
            "FindCluster",
            actions=["eks:DescribeCluster"],
            resources=[place.arn("eks", f"cluster/{deployment['name']}")],
        ),
        # EC2's Describe actions support no resources.
        statement(
            "FindNetwork",
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
        ),
        statement(
            "JoinNetwork",
            actions=["ec2:CreateNetworkInterface"],
            resources=[
                interfaces,
                *(subnets or [place.arn("ec2", "subnet/*")]),
                *(groups or [place.arn("ec2", "security-group/*")]),
            ],
        ),
        statement(
            "UseInterfaces",
            actions=["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"],
            resources=[interfaces],
        ),
        write_action_logs(place, pipeline_name),
    ]
