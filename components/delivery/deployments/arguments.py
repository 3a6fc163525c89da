"""The arguments of deployment targets."""

from typing import NotRequired, TypedDict

import pulumi

from landfall.blueprint.deployments import DeploymentArgs


class DestinationArgs(TypedDict):
    """One destination of a pipeline: an account and region."""

    name: str
    """Unique among the destinations of a pipeline; part of its action names."""
    region: str
    """The region."""
    account: NotRequired[str]
    """The account's name in paths of files: what `{account}` becomes."""
    deploy_role_arn: pulumi.Input[str]
    """The account's deploy role."""
    service_role_arn: NotRequired[pulumi.Input[str]]
    """The account's service role, for CloudFormation."""
    alarms: NotRequired[list[str]]
    """CloudWatch alarms of the destination for the stage's conditions."""


class HealthArgs(TypedDict):
    """When a deployment counts as unhealthy."""

    pipeline: str
    """The pipeline's name, the prefix of the alarms' names."""
    errors: int
    """Errors a minute, in two of three minutes, that raise the alarm."""
    error_percent: NotRequired[int]
    """The percentage of requests in a minute, instead of `errors`."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """The topic to notify, in the alarm's region."""


class DeploymentTargetArgs(TypedDict):
    """The arguments of a deployment target."""

    deployment: DeploymentArgs
    """The deployment."""
    account_id: pulumi.Input[str]
    """The target account."""
    region: str
    """The target region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The pipeline's organization."""
    pipeline_role_arn: pulumi.Input[str]
    """The pipeline's role."""
    pipeline_name: NotRequired[str]
    """The pipeline that deploys: the log group of lambda and eks and the prefix of packaged code
    have its name."""
    built_by: NotRequired[str]
    """The pipeline that packaged the code. Default: the one that deploys."""
    package_bucket_arn: NotRequired[pulumi.Input[str]]
    """cloudformation: the bucket of packaged code, which has the artifact store's key."""
    runner_role_arn: NotRequired[pulumi.Input[str]]
    """The role of the build that runs the deployment, or a step of it, as the deploy role."""
    deploy_role_name: str
    """The role that the pipeline's deploy actions assume."""
    service_role_name: str
    """The service role of CloudFormation or CodeDeploy."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    artifact_prefix: str
    """The pipeline's prefix in the bucket, without a trailing slash."""
    listeners: NotRequired[list[str]]
    """ecs: the load balancer's listener, and optionally its test listener. ecs-service: the
    listener whose alarm to create."""
    awaited: NotRequired[bool]
    """ecs, ec2: the service or the Auto Scaling groups do not exist yet; no group is created."""
    alarms: NotRequired[list[str]]
    """Alarms of this account and region that stop a deployment, by name; ten at most."""
    health: NotRequired[HealthArgs]
    """The alarms to create. Default: none."""
