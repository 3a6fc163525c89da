"""Calls that services make: S3 to destinations, logs to a key, CodePipeline as its roles."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from landfall.sandbox import access
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.judging.test_record import server_of

REGION = "eu-west-1"
BUCKET = "orders-uploads"
ARN = f"arn:aws:s3:::{BUCKET}"
SOURCE = {"ArnEquals": {"aws:SourceArn": ARN}, "StringEquals": {"aws:SourceAccount": MANAGEMENT}}
S3 = {"Service": "s3.amazonaws.com"}


def _policy(action: str, resource: str, condition: dict[str, Any] | None = None) -> str:
    statement = {"Effect": "Allow", "Principal": S3, "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def buckets(aws: Clients) -> Any:
    client = aws("s3")
    where = {"LocationConstraint": REGION}
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return client


def _notify(kind: str, member: str, arn: str) -> dict[str, Any]:
    entry = {member: arn, "Events": ["s3:ObjectCreated:*"]}
    return {"Bucket": BUCKET, "NotificationConfiguration": {f"{kind}Configurations": [entry]}}


def _refused(buckets: Any, notify: dict[str, Any]) -> bool:
    code, message = error_of(buckets.put_bucket_notification_configuration, **notify)
    assert "Unable to validate the following destination" in message
    return code == "InvalidArgument"


def test_topic_of_notifications_must_admit_s3_and_so_must_its_key(
    buckets: Any, aws: Clients
) -> None:
    topics = aws("sns")
    topic = topics.create_topic(Name="orders")["TopicArn"]
    notify = _notify("Topic", "TopicArn", topic)
    assert _refused(buckets, notify)
    assert _refused(buckets, _notify("Topic", "TopicArn", topic + "-missing"))

    def admit(condition: dict[str, Any]) -> None:
        policy = _policy("sns:Publish", topic, condition)
        topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    admit({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::other"}})
    assert _refused(buckets, notify)
    admit(SOURCE)
    assert buckets.put_bucket_notification_configuration(**notify)
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    topics.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)
    assert _refused(buckets, notify)
    whole = json.loads(aws("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    using = json.loads(_policy("kms:*", "*"))["Statement"][0]
    using["Action"] = ["kms:Decrypt", "kms:GenerateDataKey"]
    whole["Statement"].append(using)
    aws("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(whole))
    assert buckets.put_bucket_notification_configuration(**notify)


def test_queue_of_notifications_must_admit_s3_unless_it_is_not_tried(
    buckets: Any, aws: Clients
) -> None:
    queues = aws("sqs")
    url = queues.create_queue(QueueName="orders")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:orders"
    notify = _notify("Queue", "QueueArn", arn)
    assert _refused(buckets, notify)
    assert buckets.put_bucket_notification_configuration(**notify, SkipDestinationValidation=True)
    policy = _policy("sqs:SendMessage", arn, SOURCE)
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert buckets.put_bucket_notification_configuration(**notify)


def test_function_of_notifications_must_admit_s3(buckets: Any, aws: Clients) -> None:
    role = aws("iam").create_role(
        RoleName="runs", AssumeRolePolicyDocument=trust(service="lambda.amazonaws.com")
    )["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): pass")
    functions = aws("lambda")
    arn = functions.create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
    )["FunctionArn"]
    notify = _notify("LambdaFunction", "LambdaFunctionArn", arn)
    assert _refused(buckets, notify)
    functions.add_permission(
        FunctionName="orders",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=ARN,
        SourceAccount=MANAGEMENT,
    )
    assert buckets.put_bucket_notification_configuration(**notify)


def test_key_of_a_log_group_must_admit_the_service(aws: Clients, sandbox: Sandbox) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    asked = {"logGroupName": "/orders", "kmsKeyId": key}
    code, message = error_of(aws("logs").create_log_group, **asked)
    group = f"arn:aws:logs:{REGION}:{MANAGEMENT}:log-group:/orders"
    assert code == "AccessDeniedException"
    assert f"is not allowed to be used with Arn '{group}'" in message
    (denial,) = access.services_of(access.read(server_of(sandbox)))
    assert denial.source == group
    assert denial.message == (
        f"User: logs.{REGION}.amazonaws.com is not authorized to perform: kms:Decrypt on resource: "
        f"{key} because no resource-based policy allows the kms:Decrypt action"
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
    }
    whole = json.loads(aws("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    whole["Statement"].append(statement)
    aws("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(whole))
    assert aws("logs").create_log_group(**asked)


def _pipeline(aws: Clients, **action: Any) -> dict[str, Any]:
    """Return a pipeline with a source in a bucket and one build, and its role."""
    iam = aws("iam")
    role = iam.create_role(
        RoleName="pipeline",
        AssumeRolePolicyDocument=trust(service="codepipeline.amazonaws.com"),
    )["Role"]["Arn"]
    types = {"owner": "AWS", "version": "1"}
    source = {
        "name": "source",
        "actionTypeId": {"category": "Source", "provider": "S3", **types},
        "configuration": {"S3Bucket": BUCKET, "S3ObjectKey": "source.zip"},
        "outputArtifacts": [{"name": "source"}],
    }
    build = {
        "name": "build",
        "actionTypeId": {"category": "Build", "provider": "CodeBuild", **types},
        "configuration": {"ProjectName": "orders"},
        "inputArtifacts": [{"name": "source"}],
        **action,
    }
    return {
        "name": "orders",
        "roleArn": role,
        "pipelineType": "V2",
        "artifactStore": {"type": "S3", "location": BUCKET},
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Build", "actions": [build]},
        ],
    }


def _allow(aws: Clients, role: str, *actions: str) -> None:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)


def _run(aws: Clients) -> dict[str, str]:
    """Start an execution, and return the error of each action that failed for a permission."""
    client = aws("codepipeline")
    client.start_pipeline_execution(name="orders")
    return {
        action["actionName"]: action["latestExecution"]["errorDetails"]["message"]
        for stage in client.get_pipeline_state(name="orders")["stageStates"]
        for action in stage["actionStates"]
        if "errorDetails" in action.get("latestExecution", {})
    }


def test_action_fails_if_the_pipelines_role_lacks_its_permission(
    buckets: Any, aws: Clients
) -> None:
    aws("codepipeline").create_pipeline(pipeline=_pipeline(aws))
    assert "perform: s3:" in _run(aws)["source"]
    _allow(aws, "pipeline", "s3:*")
    message = _run(aws)["build"]
    assert "assumed-role/pipeline/" in message
    project = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:project/orders"
    assert f"on resource: {project} because no identity-based policy allows" in message
    _allow(aws, "pipeline", "s3:*", "codebuild:*")
    assert _run(aws) == {}


def test_action_with_a_role_needs_its_trust_and_that_roles_permissions(
    buckets: Any, aws: Clients
) -> None:
    created = aws("iam").create_role(
        RoleName="build", AssumeRolePolicyDocument=trust(service="codebuild.amazonaws.com")
    )
    arn = created["Role"]["Arn"]
    aws("codepipeline").create_pipeline(pipeline=_pipeline(aws, roleArn=arn))
    _allow(aws, "pipeline", "s3:*")
    assert _run(aws)["build"].endswith(f"perform: sts:AssumeRole on resource: {arn}")
    trusting = trust(f"arn:aws:iam::{MANAGEMENT}:root")
    aws("iam").update_assume_role_policy(RoleName="build", PolicyDocument=trusting)
    assert f"sts:AssumeRole on resource: {arn} because no identity" in _run(aws)["build"]
    _allow(aws, "pipeline", "s3:*", "sts:AssumeRole")
    assert "assumed-role/build/" in _run(aws)["build"]
    _allow(aws, "build", "codebuild:*")
    assert _run(aws) == {}
