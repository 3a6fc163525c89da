"""Operations that hand a role to a service, for which the caller needs `iam:PassRole`.

IAM User Guide, 'Grant a user permissions to pass a role to an AWS service'; Service Authorization
Reference, dependent actions. As of November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_CHATBOT: Final = (("IamRoleArn",), "chatbot.amazonaws.com")
_CLOUDFORMATION: Final = (("RoleARN",), "cloudformation.amazonaws.com")
_CLOUDTRAIL: Final = (("CloudWatchLogsRoleArn",), "cloudtrail.amazonaws.com")
_CODEBUILD: Final = (("serviceRole",), "codebuild.amazonaws.com")
_CODEDEPLOY: Final = (("serviceRoleArn",), "codedeploy.amazonaws.com")
_CODEPIPELINE: Final = (("pipeline.roleArn",), "codepipeline.amazonaws.com")
_CONFIG_ORGANIZATION: Final = (
    ("OrganizationAggregationSource.RoleArn",),
    "config.amazonaws.com",
)
_LAMBDA: Final = (("Role",), "lambda.amazonaws.com")

_PASSED: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], str]]] = {
    ("backup", "CreateBackupSelection"): (
        ("BackupSelection.IamRoleArn",),
        "backup.amazonaws.com",
    ),
    ("chatbot", "CreateMicrosoftTeamsChannelConfiguration"): _CHATBOT,
    ("chatbot", "CreateSlackChannelConfiguration"): _CHATBOT,
    ("chatbot", "UpdateMicrosoftTeamsChannelConfiguration"): _CHATBOT,
    ("chatbot", "UpdateSlackChannelConfiguration"): _CHATBOT,
    ("cloudformation", "CreateChangeSet"): _CLOUDFORMATION,
    ("cloudformation", "CreateStack"): _CLOUDFORMATION,
    ("cloudformation", "DeleteStack"): _CLOUDFORMATION,
    ("cloudformation", "UpdateStack"): _CLOUDFORMATION,
    ("cloudtrail", "CreateTrail"): _CLOUDTRAIL,
    ("cloudtrail", "UpdateTrail"): _CLOUDTRAIL,
    ("codebuild", "CreateProject"): _CODEBUILD,
    ("codebuild", "UpdateProject"): _CODEBUILD,
    ("codedeploy", "CreateDeploymentGroup"): _CODEDEPLOY,
    ("codedeploy", "UpdateDeploymentGroup"): _CODEDEPLOY,
    ("codepipeline", "CreatePipeline"): _CODEPIPELINE,
    ("codepipeline", "UpdatePipeline"): _CODEPIPELINE,
    ("config", "PutConfigurationAggregator"): _CONFIG_ORGANIZATION,
    ("config", "PutConfigurationRecorder"): (
        ("ConfigurationRecorder.roleARN",),
        "config.amazonaws.com",
    ),
    ("ecs", "RegisterTaskDefinition"): (
        ("taskRoleArn", "executionRoleArn"),
        "ecs-tasks.amazonaws.com",
    ),
    ("events", "PutRule"): (("RoleArn",), "events.amazonaws.com"),
    ("events", "PutTargets"): (("Targets.RoleArn",), "events.amazonaws.com"),
    ("lambda", "CreateFunction"): _LAMBDA,
    ("lambda", "UpdateFunctionConfiguration"): _LAMBDA,
    ("scheduler", "CreateSchedule"): (("Target.RoleArn",), "scheduler.amazonaws.com"),
    ("scheduler", "UpdateSchedule"): (("Target.RoleArn",), "scheduler.amazonaws.com"),
    ("s3", "PutBucketReplication"): (
        ("ReplicationConfiguration.Role",),
        "s3.amazonaws.com",
    ),
}


def passed_roles(
    service: str, operation: str, params: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the ARNs of the roles that a request passes, each with the service that gets it.

    `service` is botocore's name, `params` are the request's members.
    """
    paths, principal = _PASSED.get((service, operation), ((), ""))
    for path in paths:
        for value in members(params, path):
            if isinstance(value, str) and value:
                yield value, principal


def members(value: Any, path: str) -> Iterator[Any]:
    """Yield what a path such as `Targets.RoleArn` names in a request, in each entry of a list."""
    name, _, rest = path.partition(".")
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping) and name in one:
            found = one[name]
            if rest:
                yield from members(found, rest)
            else:
                yield from found if isinstance(found, list) else [found]
