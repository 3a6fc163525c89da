"""A small pipeline of a Lambda function in one account, made with boto3 alone.

Each role has only what AWS's pages of the action types name, so that a permission that is taken
away must fail.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from components.delivery import events
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, trust

PIPELINE, FUNCTION = "greeter-dev", "greeter"
ALL = [PIPELINE, "fleet", "web"]
"""The pipelines whose failures and rollbacks are notified."""
ALARM, SLOW = "greeter-errors", "greeter-slow"
"""The alarm of the canary, and that of the bake."""
BUCKET, SITE = "artifacts-0123", "site-0123"
QUEUE, TOPIC = "notified", f"arn:aws:sns:{REGION}:{MANAGEMENT}:approvals"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{MANAGEMENT}:connection/1234"
_FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{MANAGEMENT}:function:{FUNCTION}"
_LOGS = f"arn:aws:logs:{REGION}:{MANAGEMENT}:log-group"

HANDLER = "def handle(event, context):\n    return {'message': 'first', 'release': 0}\n"


def arn_of_role(name: str) -> str:
    return f"arn:aws:iam::{MANAGEMENT}:role/{name}"


def zipped(**files: str) -> bytes:
    """Return a zip file of texts; `__` in a name stands for its dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def allowed(*actions: str, on: str | list[str] = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


@dataclass
class Small:
    """The pipeline and its roles; `policies` are the statements of each role by its name."""

    aws: Clients
    key: str
    policies: dict[str, list[dict[str, Any]]]

    def grant(self, role: str) -> None:
        """Put a role's statements into its policy."""
        document = {"Version": "2012-10-17", "Statement": self.policies[role]}
        self.aws("iam").put_role_policy(
            RoleName=role, PolicyName="own", PolicyDocument=json.dumps(document)
        )

    def without(self, role: str, action: str) -> None:
        """Take an action away from a role."""
        for statement in self.policies[role]:
            statement["Action"] = [each for each in statement["Action"] if each != action]
        self.policies[role] = [each for each in self.policies[role] if each["Action"]]
        self.grant(role)

    @property
    def structure(self) -> dict[str, Any]:
        found: dict[str, Any] = self.aws("codepipeline").get_pipeline(name=PIPELINE)["pipeline"]
        return found

    def change(self, structure: dict[str, Any]) -> None:
        """Update the pipeline."""
        self.aws("codepipeline").update_pipeline(pipeline=structure)

    def messages(self) -> list[str]:
        """Return what was notified since the last call, of the topic and of the rules."""
        client, found = self.aws("sqs"), []
        url = client.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        while got := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in got:
                found.append(each["Body"])
                client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found

    def invoke(self) -> dict[str, Any]:
        """Return what the alias answers: what is really deployed."""
        answer = self.aws("lambda").invoke(FunctionName=f"{FUNCTION}:live", Payload=b"{}")
        found: dict[str, Any] = json.load(answer["Payload"])
        return found


def make(aws: Clients) -> Small:
    """Create everything of the pipeline; nothing has run."""
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    for bucket in (BUCKET, SITE):
        aws("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    small = Small(aws, key, _policies(key))
    for role, principal in (
        ("pipeline", "codepipeline.amazonaws.com"),
        ("build", "codebuild.amazonaws.com"),
        ("function", "lambda.amazonaws.com"),
    ):
        aws("iam").create_role(RoleName=role, AssumeRolePolicyDocument=trust(service=principal))
    aws("iam").create_role(
        RoleName="deploy", AssumeRolePolicyDocument=trust(arn_of_role("pipeline"))
    )
    for role in small.policies:
        small.grant(role)
    _function(aws)
    _projects(aws, key)
    _notifications(aws)
    aws("codepipeline").create_pipeline(pipeline=structure(key, PIPELINE, _deploy()))
    return small


def _policies(key: str) -> dict[str, list[dict[str, Any]]]:
    objects = f"arn:aws:s3:::{BUCKET}/{PIPELINE}/*"
    site = f"arn:aws:s3:::{SITE}"
    return {
        "pipeline": [
            allowed("codeconnections:UseConnection", on=CONNECTION),
            allowed("s3:PutObject", "s3:GetObject", on=objects),
            allowed("s3:GetBucketLocation", "s3:GetBucketVersioning", on=f"arn:aws:s3:::{BUCKET}"),
            allowed("kms:GenerateDataKey", "kms:Decrypt", on=key),
            allowed("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
            allowed("sts:AssumeRole", on=arn_of_role("deploy")),
            allowed("sns:Publish", on=TOPIC),
        ],
        "build": [
            allowed("s3:GetObject", "s3:PutObject", on=objects),
            allowed("kms:GenerateDataKey", "kms:Decrypt", on=key),
            allowed("logs:CreateLogStream", "logs:PutLogEvents", on=f"{_LOGS}:/builds:*"),
            allowed("ssm:GetParameters"),
            allowed("secretsmanager:GetSecretValue"),
            allowed("lambda:InvokeFunction", on=f"{_FUNCTION_ARN}:live"),
        ],
        "deploy": [
            allowed("s3:GetObject", on=objects),
            allowed("kms:Decrypt", on=key),
            allowed(
                "lambda:GetFunctionConfiguration",
                "lambda:PublishVersion",
                "lambda:UpdateFunctionCode",
                "lambda:GetAlias",
                "lambda:UpdateAlias",
                "lambda:GetProvisionedConcurrencyConfig",
                on=[_FUNCTION_ARN, f"{_FUNCTION_ARN}:*"],
            ),
            allowed("cloudwatch:DescribeAlarms"),
            allowed("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            allowed("s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", on=f"{site}/*"),
            allowed("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", on=site),
        ],
        "function": [allowed("logs:CreateLogStream", "logs:PutLogEvents")],
    }


def _notifications(aws: Clients) -> None:
    """Create a queue for the questions of approvals, failures, rollbacks and failed builds."""
    queue = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:{QUEUE}"
    senders = {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}
    statement = {**allowed("sqs:SendMessage", on=queue), "Principal": senders}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("sqs").create_queue(QueueName=QUEUE, Attributes={"Policy": policy})
    aws("sns").create_topic(Name="approvals")
    aws("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=queue)
    for kind in ("failed", "rollback", "build-failed"):
        names = ALL if kind != "build-failed" else ["greeter-unit"]
        aws("events").put_rule(Name=kind, EventPattern=events.pattern(kind, names))
        written = events.message(kind)
        transformer = {
            "InputPathsMap": written["input_paths"],
            "InputTemplate": written["input_template"],
        }
        target = {"Id": "queue", "Arn": queue, "InputTransformer": transformer}
        aws("events").put_targets(Rule=kind, Targets=[target])


def _function(aws: Clients) -> None:
    client = aws("lambda")
    client.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.12",
        Role=arn_of_role("function"),
        Handler="handler.handle",
        Code={"ZipFile": zipped(handler__py=HANDLER)},
        Timeout=10,
    )
    version = client.publish_version(FunctionName=FUNCTION)["Version"]
    client.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion=version)
    for name, metric in ((ALARM, "Errors"), (SLOW, "Duration")):
        aws("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Lambda",
            MetricName=metric,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            EvaluationPeriods=1,
            Period=60,
            Threshold=1,
            Statistic="Sum",
        )


def spec(*commands: str, **more: Any) -> str:
    """Return an inline buildspec of a test."""
    return json.dumps({"version": "0.2", "phases": {"build": {"commands": list(commands)}}, **more})


SPECS = {
    "greeter-unit": spec("make unit"),
    "greeter-dev": "buildspec.yml",
    "greeter-integration": spec("make integration"),
    "greeter-e2e": spec("make e2e"),
}


def _projects(aws: Clients, key: str) -> None:
    aws("logs").create_log_group(logGroupName="/builds")
    for name, buildspec in SPECS.items():
        aws("codebuild").create_project(
            name=name,
            source={"type": "CODEPIPELINE", "buildspec": buildspec},
            artifacts={"type": "CODEPIPELINE"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            serviceRole=arn_of_role("build"),
            encryptionKey=key,
            logsConfig={
                "cloudWatchLogs": {"status": "ENABLED", "groupName": "/builds", "streamName": name}
            },
        )


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, "configuration": {}, **more}


def _tests(name: str, project: str, order: int = 1) -> dict[str, Any]:
    return action(
        name,
        "Test",
        "CodeBuild",
        configuration={"ProjectName": project},
        inputArtifacts=[{"name": "Source"}],
        runOrder=order,
    )


def structure(key: str, name: str, deploy: dict[str, Any]) -> dict[str, Any]:
    """Return a pipeline with every kind of test around a deploy action of the artifact `Build`."""
    source = action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        namespace="SourceVariables",
        outputArtifacts=[{"name": "Source"}],
        configuration={
            "ConnectionArn": CONNECTION,
            "FullRepositoryId": f"example/{name}",
            "BranchName": "main",
        },
    )
    build = action(
        "Build",
        "Build",
        "CodeBuild",
        namespace="BuildVariables",
        configuration={"ProjectName": "greeter-dev"},
        inputArtifacts=[{"name": "Source"}],
        outputArtifacts=[{"name": "Build"}],
    )
    tests = [
        _tests("Integration", "greeter-integration", 2),
        _tests("EndToEnd", "greeter-e2e", 3),
    ]
    return {
        "name": name,
        "roleArn": arn_of_role("pipeline"),
        "artifactStore": {
            "type": "S3",
            "location": BUCKET,
            "encryptionKey": {"type": "KMS", "id": key},
        },
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Test", "actions": [_tests("Unit", "greeter-unit")]},
            {"name": "Build", "actions": [build]},
            {"name": "Approval", "actions": [_approval()]},
            {
                "name": "Deploy",
                "actions": [deploy, *tests],
                "onFailure": {"result": "ROLLBACK"},
                "onSuccess": {"conditions": [_bake()]},
            },
        ],
    }


def _deploy() -> dict[str, Any]:
    return action(
        "Deploy",
        "Deploy",
        "Lambda",
        roleArn=arn_of_role("deploy"),
        inputArtifacts=[{"name": "Build"}],
        configuration={
            "FunctionName": FUNCTION,
            "FunctionAlias": "live",
            "DeployStrategy": "Canary10Percent5Minutes",
            "Alarms": ALARM,
        },
    )


def _approval() -> dict[str, Any]:
    asked = {"NotificationArn": TOPIC, "CustomData": "Deploy to dev?"}
    return action("Approve", "Approval", "Manual", configuration=asked)


def _bake() -> dict[str, Any]:
    rule = {
        "name": "Bake",
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": "CloudWatchAlarm",
            "version": "1",
        },
        "configuration": {"AlarmName": SLOW, "AlarmStates": "ALARM", "WaitTime": "5"},
        "roleArn": arn_of_role("deploy"),
    }
    return {"result": "ROLLBACK", "rules": [rule]}
