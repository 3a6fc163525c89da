"""What the role of an action must be allowed, and on which resource.

The permissions are those of the catalogue. The resource follows from the action's configuration, in
the form that the Service Authorization Reference gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from landfall.aws.arns import arn_of, bucket_arn
from landfall.aws.codepipeline.kinds import ActionType
from landfall.aws.codepipeline.problems import Structure


class Where(NamedTuple):
    """The partition, region and account in which an action works, and its pipeline's name."""

    partition: str
    region: str
    account: str
    pipeline: str = ""


class Template(NamedTuple):
    """A resource with keys of the configuration in braces, or `{pipeline}` and `{region}`.

    `service` is the service of its ARN. Without a service, the value of a key is the ARN.
    """

    service: str
    resource: str


_PROJECT: Final = Template("codebuild", "project/{ProjectName}")
_FUNCTION: Final = Template("lambda", "function:{FunctionName}")
_APPLICATION: Final = Template("codedeploy", "application:{ApplicationName}")
_GROUP: Final = Template("codedeploy", "deploymentgroup:{ApplicationName}/{DeploymentGroupName}")
_SERVICE: Final = Template("ecs", "service/{ClusterName}/{ServiceName}")
_BUCKET: Final = Template("s3", "{BucketName}")
_SOURCE: Final = Template("s3", "{S3Bucket}")
_OF_BUCKETS: Final = ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning")
_CODEDEPLOY: Final = {
    "CreateDeployment": _GROUP,
    "GetApplication": _APPLICATION,
    "GetApplicationRevision": _APPLICATION,
    "GetDeployment": _GROUP,
    "GetDeploymentGroup": _GROUP,
    "ListDeploymentGroups": _APPLICATION,
    "ListDeployments": _GROUP,
    "RegisterApplicationRevision": _APPLICATION,
}

# The actions' pages name these groups; that of the Lambda action names another one.
_GROUPS: Final = {
    "Commands": "/aws/codepipeline/{pipeline}",
    "EKS": "/aws/codepipeline/{pipeline}",
    "Lambda": "/{region}/codepipeline/{pipeline}",
}
_STREAMS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")

# By provider, and permission or its service. A permission that is missing here has a resource that
# the configuration does not tell.
_RESOURCES: Final[Mapping[tuple[str, str], Template]] = {
    ("CodeBuild", "codebuild"): _PROJECT,
    ("CodeCommit", "codecommit"): Template("codecommit", "{RepositoryName}"),
    ("EKS", "eks"): Template("eks", "cluster/{ClusterName}"),
    ("CodeStarSourceConnection", "codeconnections"): Template("", "{ConnectionArn}"),
    ("ECR", "ecr"): Template("ecr", "repository/{RepositoryName}"),
    ("Manual", "sns"): Template("", "{NotificationArn}"),
    ("ECS", "ecs:DescribeServices"): _SERVICE,
    ("ECS", "ecs:UpdateService"): _SERVICE,
    ("Lambda", "lambda"): _FUNCTION,
    ("Lambda", "lambda:GetProvisionedConcurrencyConfig"): Template(
        "lambda", "function:{FunctionName}:{FunctionAlias}"
    ),
    ("CloudFormation", "cloudformation"): Template("cloudformation", "stack/{StackName}/id"),
    ("CloudFormation", "iam"): Template("", "{RoleArn}"),
    ("CodePipeline", "codepipeline"): Template("codepipeline", "{PipelineName}"),
    **{
        (provider, "logs:CreateLogGroup"): Template("logs", f"log-group:{group}")
        for provider, group in _GROUPS.items()
    },
    **{
        (provider, permission): Template("logs", f"log-group:{group}:log-stream:log")
        for provider, group in _GROUPS.items()
        for permission in _STREAMS
    },
    **{("S3", each): _BUCKET for each in _OF_BUCKETS},
    ("Whole S3", "s3"): Template("s3", "{BucketName}/{ObjectKey}"),
    **{("Whole S3", each): _BUCKET for each in _OF_BUCKETS},
    ("S3", "s3"): Template("s3", "{BucketName}/index.html"),
    **{("Source S3", each): _SOURCE for each in _OF_BUCKETS},
    ("Source S3", "s3"): Template("s3", "{S3Bucket}/{S3ObjectKey}"),
    **{
        (provider, f"codedeploy:{action}"): template
        for provider in ("CodeDeploy", "CodeDeployToECS")
        for action, template in _CODEDEPLOY.items()
    },
}


class Grant(NamedTuple):
    """One permission; `resource` is None if the configuration does not tell it."""

    permission: str
    resource: str | None


def needed(action: Structure, kind: ActionType, where: Where) -> Iterator[Grant]:
    """Yield what the role of an action, or of a condition rule, must be allowed."""
    configuration = action.get("configuration", {})
    provider = f"Source {kind.provider}" if kind.category == "Source" else kind.provider
    if provider == "S3" and configuration.get("Extract") == "false":
        provider = "Whole S3"
    for permission in kind.needed(configuration):
        service = permission.partition(":")[0]
        template = next(
            (
                _RESOURCES[key]
                for name in (provider, kind.provider)
                for key in ((name, permission), (name, service))
                if key in _RESOURCES
            ),
            None,
        )
        yield Grant(permission, template and _filled(template, configuration, where))


def _filled(template: Template, configuration: Mapping[str, str], where: Where) -> str | None:
    given = {"pipeline": where.pipeline, "region": where.region, **configuration}
    names = re.findall(r"\{(\w+)\}", template.resource)
    if not all(given.get(name) for name in names):
        return None
    resource = template.resource.format_map(given)
    if not template.service:
        return resource
    if template.service == "s3":
        return bucket_arn(where.partition, resource)
    return arn_of(
        where.partition, template.service, resource, region=where.region, account=where.account
    )
