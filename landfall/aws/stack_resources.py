"""What CloudFormation's identity needs to create, update and delete resources of a stack.

CloudFormation acts as the stack's service role, or as the caller: CloudFormation User Guide,
'CloudFormation service role'. The permissions are those of the `handlers` in the schemas of the
resource types, as of November 2026: those that every resource of the type needs, and those that
follow from one of its properties. Types that are missing here are not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Needed:
    """The actions on the resources of one type.

    `service` and `resource` are those of the resource's ARN, with `{name}` for its name; `name` is
    the property that has it. `of_properties` are the actions that setting a property needs,
    `passed` the services to which the roles in a property are passed.
    """

    create: tuple[str, ...]
    update: tuple[str, ...]
    delete: tuple[str, ...]
    service: str = ""
    resource: str = ""
    name: str = ""
    of_properties: Mapping[str, str] = field(default_factory=dict)
    passed: Mapping[str, str] = field(default_factory=dict)


RESOURCES: Final[Mapping[str, Needed]] = {
    "AWS::CloudWatch::Alarm": Needed(
        ("cloudwatch:PutMetricAlarm",),
        ("cloudwatch:PutMetricAlarm",),
        ("cloudwatch:DeleteAlarms",),
        "cloudwatch",
        "alarm:{name}",
        "AlarmName",
    ),
    "AWS::DynamoDB::Table": Needed(
        ("dynamodb:CreateTable",),
        ("dynamodb:UpdateTable",),
        ("dynamodb:DeleteTable",),
        "dynamodb",
        "table/{name}",
        "TableName",
    ),
    "AWS::Events::Rule": Needed(
        ("events:PutRule",),
        ("events:PutRule",),
        ("events:DeleteRule",),
        "events",
        "rule/{name}",
        "Name",
        {"Targets": "events:PutTargets"},
    ),
    "AWS::IAM::ManagedPolicy": Needed(
        ("iam:CreatePolicy",),
        ("iam:CreatePolicyVersion",),
        ("iam:DeletePolicy",),
        "iam",
        "policy/{name}",
        "ManagedPolicyName",
    ),
    "AWS::IAM::Role": Needed(
        ("iam:CreateRole",),
        ("iam:UpdateRole",),
        ("iam:DeleteRole",),
        "iam",
        "role/{name}",
        "RoleName",
        {"ManagedPolicyArns": "iam:AttachRolePolicy", "Policies": "iam:PutRolePolicy"},
    ),
    "AWS::KMS::Key": Needed(
        ("kms:CreateKey",),
        ("kms:PutKeyPolicy",),
        ("kms:ScheduleKeyDeletion",),
    ),
    "AWS::Lambda::Alias": Needed(
        ("lambda:CreateAlias",), ("lambda:UpdateAlias",), ("lambda:DeleteAlias",)
    ),
    "AWS::Lambda::Function": Needed(
        ("lambda:CreateFunction",),
        ("lambda:UpdateFunctionCode",),
        ("lambda:DeleteFunction",),
        "lambda",
        "function:{name}",
        "FunctionName",
        passed={"Role": "lambda.amazonaws.com"},
    ),
    "AWS::Lambda::Permission": Needed(
        ("lambda:AddPermission",), ("lambda:AddPermission",), ("lambda:RemovePermission",)
    ),
    "AWS::Lambda::Version": Needed(("lambda:PublishVersion",), (), ("lambda:DeleteFunction",)),
    "AWS::Logs::LogGroup": Needed(
        ("logs:CreateLogGroup",),
        (),
        ("logs:DeleteLogGroup",),
        "logs",
        "log-group:{name}",
        "LogGroupName",
        {"RetentionInDays": "logs:PutRetentionPolicy"},
    ),
    "AWS::S3::Bucket": Needed(
        ("s3:CreateBucket",),
        (),
        ("s3:DeleteBucket",),
        "s3",
        "{name}",
        "BucketName",
        {
            "BucketEncryption": "s3:PutEncryptionConfiguration",
            "PublicAccessBlockConfiguration": "s3:PutBucketPublicAccessBlock",
            "VersioningConfiguration": "s3:PutBucketVersioning",
        },
    ),
    "AWS::SNS::Topic": Needed(
        ("sns:CreateTopic",),
        ("sns:SetTopicAttributes",),
        ("sns:DeleteTopic",),
        "sns",
        "{name}",
        "TopicName",
    ),
    "AWS::SQS::Queue": Needed(
        ("sqs:CreateQueue",),
        ("sqs:SetQueueAttributes",),
        ("sqs:DeleteQueue",),
        "sqs",
        "{name}",
        "QueueName",
    ),
    "AWS::SSM::Parameter": Needed(
        ("ssm:PutParameter",),
        ("ssm:PutParameter",),
        ("ssm:DeleteParameter",),
        "ssm",
        "parameter/{name}",
        "Name",
    ),
    "AWS::SecretsManager::Secret": Needed(
        ("secretsmanager:CreateSecret",),
        ("secretsmanager:UpdateSecret",),
        ("secretsmanager:DeleteSecret",),
    ),
    "AWS::StepFunctions::StateMachine": Needed(
        ("states:CreateStateMachine",),
        ("states:UpdateStateMachine",),
        ("states:DeleteStateMachine",),
        "states",
        "stateMachine:{name}",
        "StateMachineName",
        passed={"RoleArn": "states.amazonaws.com"},
    ),
}
