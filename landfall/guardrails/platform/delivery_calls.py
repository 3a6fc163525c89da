"""The actions that make and keep what pipelines consist of, and what deployments have beside."""

from __future__ import annotations

from landfall.blueprint.stack.placed import Kind
from landfall.guardrails.platform.kinds import Calls

BY_KIND: dict[Kind, Calls] = {
    "alarm": Calls(
        "cloudwatch:{region}:{account}:alarm:{name}",
        (
            "cloudwatch:DescribeAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
        ),
    ),
    "approval-association": Calls(
        "codecommit:{region}:{account}:{name}",
        (
            "codecommit:AssociateApprovalRuleTemplateWithRepository",
            "codecommit:ListAssociatedApprovalRuleTemplatesForRepository",
        ),
    ),
    "approval-rule": Calls(
        "*",
        (
            "codecommit:CreateApprovalRuleTemplate",
            "codecommit:GetApprovalRuleTemplate",
            "codecommit:ListRepositoriesForApprovalRuleTemplate",
            "codecommit:UpdateApprovalRuleTemplateContent",
            "codecommit:UpdateApprovalRuleTemplateDescription",
        ),
    ),
    "connection": Calls(
        "codeconnections:{region}:{account}:connection/*",
        (
            "codeconnections:CreateConnection",
            "codeconnections:GetConnection",
            "codeconnections:ListTagsForResource",
            "codeconnections:TagResource",
        ),
    ),
    "dashboard": Calls(
        "cloudwatch::{account}:dashboard/{name}",
        ("cloudwatch:GetDashboard", "cloudwatch:PutDashboard"),
    ),
    "deployment-group": Calls(
        "codedeploy:{region}:{account}:deploymentgroup:{name}/{name}",
        (
            "codedeploy:CreateApplication",
            "codedeploy:CreateDeploymentConfig",
            "codedeploy:CreateDeploymentGroup",
            "codedeploy:GetApplication",
            "codedeploy:GetDeploymentConfig",
            "codedeploy:GetDeploymentGroup",
            "codedeploy:ListTagsForResource",
            "codedeploy:TagResource",
            "codedeploy:UpdateDeploymentGroup",
        ),
    ),
    "host": Calls(
        "codeconnections:{region}:{account}:host/*",
        (
            "codeconnections:CreateHost",
            "codeconnections:GetHost",
            "codeconnections:ListTagsForResource",
            "codeconnections:TagResource",
        ),
    ),
    "event-bus": Calls(
        "events:{region}:{account}:event-bus/{name}",
        (
            "events:CreateEventBus",
            "events:DescribeEventBus",
            "events:ListTagsForResource",
            "events:PutPermission",
            "events:TagResource",
            "events:UpdateEventBus",
        ),
    ),
    "image-repository": Calls(
        "ecr:{region}:{account}:repository/{name}",
        (
            "ecr:CreateRepository",
            "ecr:DescribeRepositories",
            "ecr:GetRepositoryPolicy",
            "ecr:ListTagsForResource",
            "ecr:PutImageScanningConfiguration",
            "ecr:PutImageTagMutability",
            "ecr:SetRepositoryPolicy",
            "ecr:TagResource",
        ),
    ),
    "log-group": Calls(
        "logs:{region}:{account}:log-group:{name}",
        (
            "logs:CreateLogGroup",
            "logs:DescribeLogGroups",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
        ),
    ),
    "notification-rule": Calls(
        "codestar-notifications:{region}:{account}:notificationrule/*",
        (
            "codestar-notifications:CreateNotificationRule",
            "codestar-notifications:DescribeNotificationRule",
            "codestar-notifications:ListTagsForResource",
            "codestar-notifications:TagResource",
            "codestar-notifications:UpdateNotificationRule",
        ),
    ),
    "pipeline": Calls(
        "codepipeline:{region}:{account}:{name}",
        (
            "codepipeline:CreatePipeline",
            "codepipeline:GetPipeline",
            "codepipeline:ListTagsForResource",
            "codepipeline:TagResource",
            "codepipeline:UpdatePipeline",
        ),
    ),
    "project": Calls(
        "codebuild:{region}:{account}:project/{name}",
        (
            "codebuild:BatchGetProjects",
            "codebuild:CreateProject",
            "codebuild:UpdateProject",
        ),
    ),
    "report-group": Calls(
        "codebuild:{region}:{account}:report-group/{name}",
        (
            "codebuild:BatchGetReportGroups",
            "codebuild:CreateReportGroup",
            "codebuild:UpdateReportGroup",
        ),
    ),
    "repository": Calls(
        "codecommit:{region}:{account}:{name}",
        (
            "codecommit:CreateRepository",
            "codecommit:GetRepository",
            "codecommit:ListTagsForResource",
            "codecommit:TagResource",
        ),
    ),
    "rule": Calls(
        "events:{region}:{account}:rule/{name}",
        (
            "events:DescribeRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:TagResource",
        ),
    ),
    "sampling-rule": Calls(
        "xray:{region}:{account}:sampling-rule/{name}",
        (
            "xray:CreateSamplingRule",
            "xray:GetSamplingRules",
            "xray:ListTagsForResource",
            "xray:TagResource",
            "xray:UpdateSamplingRule",
        ),
    ),
    "schedule": Calls(
        "scheduler:{region}:{account}:schedule/default/{name}",
        ("scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"),
    ),
    "secret": Calls(
        "secretsmanager:{region}:{account}:secret:{name}-??????",
        (
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetResourcePolicy",
            "secretsmanager:PutResourcePolicy",
            "secretsmanager:RotateSecret",
            "secretsmanager:TagResource",
            "secretsmanager:UpdateSecret",
        ),
    ),
    "slack-channel": Calls(
        "chatbot::{account}:chat-configuration/slack-channel/{name}",
        (
            "chatbot:CreateSlackChannelConfiguration",
            "chatbot:DescribeSlackChannelConfigurations",
            "chatbot:ListTagsForResource",
            "chatbot:TagResource",
            "chatbot:UpdateSlackChannelConfiguration",
        ),
    ),
    "teams-channel": Calls(
        "chatbot::{account}:chat-configuration/microsoft-teams-channel/{name}",
        (
            "chatbot:CreateMicrosoftTeamsChannelConfiguration",
            "chatbot:GetMicrosoftTeamsChannelConfiguration",
            "chatbot:ListTagsForResource",
            "chatbot:TagResource",
            "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
        ),
    ),
    "trace-encryption": Calls("*", ("xray:GetEncryptionConfig", "xray:PutEncryptionConfig")),
    "trace-group": Calls(
        "xray:{region}:{account}:group/{name}/*",
        (
            "xray:CreateGroup",
            "xray:GetGroup",
            "xray:ListTagsForResource",
            "xray:TagResource",
            "xray:UpdateGroup",
        ),
    ),
}
