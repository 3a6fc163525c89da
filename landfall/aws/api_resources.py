"""Which members of a request name the resource that IAM compares with a statement's Resource.

Service Authorization Reference: the ARN of each type of resource has variables; the table says
which member of a request holds each of them. Types whose ARN contains an id that AWS chooses, or
whose form in the comparison is not documented (log groups), are left out: such a resource is
unknown. As of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VARIABLES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "access-analyzer:analyzer": {"AnalyzerName": ("analyzerName",)},
    "budgets:budget": {"BudgetName": ("BudgetName", "Budget.BudgetName")},
    "cloudfront:distribution": {"DistributionId": ("DistributionId",)},
    "cloudtrail:trail": {"TrailName": ("Name", "TrailName")},
    "cloudwatch:alarm": {"AlarmName": ("AlarmName", "AlarmNames")},
    "cloudwatch:dashboard": {"DashboardName": ("DashboardName",)},
    "codebuild:project": {"ProjectName": ("name", "projectName", "names")},
    "codecommit:repository": {"RepositoryName": ("repositoryName",)},
    "codedeploy:application": {"ApplicationName": ("applicationName",)},
    "codedeploy:deploymentconfig": {"DeploymentConfigurationName": ("deploymentConfigName",)},
    "codedeploy:deploymentgroup": {
        "ApplicationName": ("applicationName",),
        "DeploymentGroupName": ("deploymentGroupName",),
    },
    "codepipeline:pipeline": {"PipelineName": ("name", "pipelineName", "pipeline.name")},
    "codepipeline:stage": {"PipelineName": ("pipelineName",), "StageName": ("stageName",)},
    "codepipeline:action": {
        "PipelineName": ("pipelineName",),
        "StageName": ("stageName",),
        "ActionName": ("actionName",),
    },
    "dynamodb:table": {"TableName": ("TableName",)},
    "ecs:service": {"ClusterName": ("cluster",), "ServiceName": ("service", "services")},
    "ecr:repository": {"RepositoryName": ("repositoryName", "repositoryNames")},
    "guardduty:detector": {"DetectorId": ("DetectorId",)},
    "kms:alias": {"Alias": ("AliasName",)},
    "lambda:function": {"FunctionName": ("FunctionName",)},
    "s3:bucket": {"BucketName": ("Bucket",)},
    "s3:object": {"BucketName": ("Bucket",), "ObjectName": ("Key", "Delete.Objects.Key")},
    "sns:topic": {"TopicName": ("Name",)},
    "sqs:queue": {"QueueName": ("QueueName",)},
    "ssm:parameter": {"ParameterNameWithoutLeadingSlash": ("Name", "Names")},
    "sso:account": {"AccountId": ("TargetId", "AccountId")},
}
"""Members by variable, by type of resource (lower case, after the prefix of the actions)."""

STRIPPED: Final[Mapping[str, str]] = {
    "Alias": "alias/",
    "ParameterNameWithoutLeadingSlash": "/",
}
"""What a member has in front of the variable's value."""
