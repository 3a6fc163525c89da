"""What the kinds of deployment share: their arguments, ARNs, and the reading of artifacts."""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.artifacts import KEY_READ, OBJECT_READ
from components.documents import statement

CLOUDFORMATION = "cloudformation"
LAMBDA = "lambda"
ECS = "ecs"
EC2 = "ec2"
PULUMI = "pulumi"
S3 = "s3"

CODEDEPLOY = (LAMBDA, ECS, EC2)


class ShiftArgs(TypedDict):
    """A traffic shift of one's own."""

    shape: str
    """`canary` or `linear`."""
    percent: int
    """The part of the traffic that is shifted at once."""
    minutes: int
    """The time between shifts."""


class DeploymentArgs(TypedDict):
    """What is deployed, and how."""

    kind: str
    """`cloudformation`, `lambda`, `ecs`, `ec2` (these through CodeDeploy), `pulumi` or `s3`."""
    name: str
    """The stack, function, service, CodeDeploy application or bucket that is deployed to."""
    template: NotRequired[str]
    """cloudformation: the template's path in the build's artifact."""
    capabilities: NotRequired[list[str]]
    """cloudformation: acknowledged capabilities."""
    parameters: NotRequired[dict[str, str]]
    """cloudformation: parameter values."""
    permissions: NotRequired[list[Any]]
    """cloudformation, pulumi: IAM statements of what may be made, in IAM's JSON form."""
    alias: NotRequired[str]
    """lambda: the alias whose traffic is shifted."""
    deployment_config: NotRequired[str]
    """lambda, ecs, ec2: one of CodeDeploy's predefined deployment configurations."""
    shift: NotRequired[ShiftArgs]
    """lambda, ecs: a traffic shift in place of a predefined configuration."""
    healthy_percent: NotRequired[int]
    """ec2: the part of the instances that stays healthy, in place of a predefined one."""
    cluster: NotRequired[str]
    """ecs: the cluster's name."""
    target_groups: NotRequired[list[str]]
    """ecs: the two target groups that take turns; ec2: the one that instances leave meanwhile."""
    task_roles: NotRequired[list[str]]
    """ecs: roles that tasks run with and that start them, by name with path."""
    task_definition: NotRequired[str]
    """ecs: the task definition's path in the build's artifact."""
    appspec: NotRequired[str]
    """ecs: the AppSpec file's path in the build's artifact."""
    image_placeholder: NotRequired[str]
    """ecs: what stands in the task definition for the built image."""
    image_artifact: NotRequired[str]
    """ecs: the artifact with `imageDetail.json`, where it is not the build's."""
    keep_minutes: NotRequired[int]
    """ecs: how long the old tasks are kept."""
    auto_scaling_groups: NotRequired[list[str]]
    """ec2: groups whose instances are deployed to."""
    instance_tags: NotRequired[dict[str, str]]
    """ec2: tags of the instances that are deployed to."""
    directory: NotRequired[str]
    """pulumi: the program's folder in the build's artifact."""
    backend: NotRequired[str]
    """pulumi: the bucket of the state, `s3://NAME/PREFIX`."""
    key: NotRequired[str]
    """pulumi: the alias of the key of state and secrets, without `alias/`."""
    image: NotRequired[str]
    """pulumi: the image with the CLI."""


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


def arn(args: DeploymentTargetArgs, service: str, resource: str) -> pulumi.Output[str]:
    """Return the ARN of a resource of a target's account and region."""
    return pulumi.Output.format(
        "arn:{0}:{1}:{2}:{3}:{4}",
        args.get("partition", "aws"),
        service,
        args["region"],
        args["account_id"],
        resource,
    )


def role_arn(args: DeploymentTargetArgs, path: str) -> pulumi.Output[str]:
    """Return the ARN of a role, named with its path, of a target's account."""
    return pulumi.Output.format(
        "arn:{0}:iam::{1}:role/{2}", args.get("partition", "aws"), args["account_id"], path
    )


def read_artifacts(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    """Return the statements with which a role reads the artifacts of its own pipeline."""
    objects = pulumi.Output.concat(args["bucket_arn"], "/", args["artifact_prefix"], "/*")
    return [
        statement("ReadArtifacts", actions=OBJECT_READ, resources=[objects]),
        statement(
            "FindBucket",
            actions=["s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[args["bucket_arn"]],
        ),
        statement("ReadWithKey", actions=KEY_READ, resources=[args["key_arn"]]),
    ]
