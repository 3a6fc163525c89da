"""The arguments of deployment targets."""

from typing import NotRequired, TypedDict

import pulumi

from landfall.blueprint.deployments import DeploymentArgs


class DestinationArgs(TypedDict):
    """One account and region that a pipeline deploys to."""

    name: str
    """Unique among the destinations of a pipeline; names its actions."""
    region: str
    """The region."""
    deploy_role_arn: pulumi.Input[str]
    """The account's deploy role."""
    service_role_arn: NotRequired[pulumi.Input[str]]
    """The account's service role, for CloudFormation."""
    alarms: NotRequired[list[str]]
    """CloudWatch alarms there that conditions of the stage watch."""


class HealthArgs(TypedDict):
    """When a deployment counts as unhealthy."""

    pipeline: str
    """The pipeline's name, with which the alarms' names begin."""
    errors: int
    """Errors in a minute, twice in three minutes, that raise the alarm."""
    error_percent: NotRequired[int]
    """The part of the requests in a minute, in their place."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """The topic that is told, in the alarm's own region."""


class DeploymentTargetArgs(TypedDict):
    """What makes a deployment target."""

    deployment: DeploymentArgs
    """What is deployed."""
    account_id: pulumi.Input[str]
    """The account it is deployed to."""
    region: str
    """The region it is deployed to."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization that the pipeline belongs to."""
    pipeline_role_arn: pulumi.Input[str]
    """The role of the pipeline that deploys."""
    pipeline_name: NotRequired[str]
    """lambda: the pipeline that deploys, whose log group the deploy role writes to."""
    runner_role_arn: NotRequired[pulumi.Input[str]]
    """pulumi: the role of the build that runs the program, which acts as the deploy role."""
    deploy_role_name: str
    """The role that the pipeline's deploy actions assume."""
    service_role_name: str
    """The role that CloudFormation or CodeDeploy works with."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    artifact_prefix: str
    """The part of the bucket that the pipeline writes to, without a slash at its end."""
    listeners: NotRequired[list[str]]
    """ecs: the load balancer's listener, and the one for tests where there is one."""
    alarms: NotRequired[list[str]]
    """Alarms of this account and region that stop a deployment, by name; ten at most."""
    health: NotRequired[HealthArgs]
    """The alarms to make; none where left out."""
