"""Each protocol that an SDK may choose for a service, and unknown protocols."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox_gate.conftest import Sandbox, error_of
from tests.sandbox_gate.wire import CBOR, client_speaking, send

_ALARM = {
    "AlarmName": "errors",
    "MetricName": "Errors",
    "Namespace": "landfall",
    "Period": 60,
    "EvaluationPeriods": 2,
    "Threshold": 1.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "Statistic": "Sum",
    "ActionsEnabled": False,
}
_JSON = "application/x-amz-json-1.0"
_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("protocol", [CBOR, "json", "query"])
def test_cloudwatch_alarm_in_each_protocol_round_trips(sandbox: Sandbox, protocol: str) -> None:
    client = client_speaking(sandbox, "cloudwatch", protocol)
    before = datetime.now(UTC).replace(microsecond=0)
    client.put_metric_alarm(**_ALARM, Tags=[{"Key": "team", "Value": "a"}])
    (alarm,) = client.describe_alarms(AlarmNames=["errors"])["MetricAlarms"]
    assert {name: alarm[name] for name in _ALARM} == _ALARM
    assert alarm["StateUpdatedTimestamp"] >= before
    client.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "stage", "Value": "b"}])
    tags = client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "a", "stage": "b"}
    client.delete_alarms(AlarmNames=["errors"])
    assert client.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize("protocol", [CBOR, "json", "query"])
@pytest.mark.parametrize(
    ("call", "params", "code", "message"),
    [
        ("get_dashboard", {"DashboardName": "none"}, "ResourceNotFound",
         "Dashboard does not exist"),
        ("put_dashboard", {"DashboardName": "d", "DashboardBody": "no json"},
         "InvalidParameterInput", "Body is invalid JSON"),
        ("describe_alarms", {"MaxRecords": 1000}, "ValidationError",
         "Member must have value less than or equal to 100"),
        ("list_managed_insight_rules", {"ResourceARN": "arn:aws:ec2:eu-west-1:111122223333:x/y"},
         "NotImplemented", "The sandbox does not have cloudwatch:ListManagedInsightRules"),
    ],
)  # fmt: skip
def test_cloudwatch_error_in_each_protocol_has_the_query_code(
    sandbox: Sandbox, protocol: str, call: str, params: dict[str, Any], code: str, message: str
) -> None:
    client = client_speaking(sandbox, "cloudwatch", protocol)
    found, text = error_of(getattr(client, call), **params)
    assert found == code
    assert message in text


@pytest.mark.parametrize("protocol", [CBOR, "json", "query"])
def test_cloudwatch_metric_data_in_each_protocol_keeps_types(
    sandbox: Sandbox, protocol: str
) -> None:
    client = client_speaking(sandbox, "cloudwatch", protocol)
    at = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
    datum = {"MetricName": "m", "Timestamp": at, "Value": 2.5, "StorageResolution": 60}
    client.put_metric_data(Namespace="n", MetricData=[datum])
    query = {
        "Id": "q",
        "ReturnData": True,
        "MetricStat": {
            "Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"
        },
    }  # fmt: skip
    (result,) = client.get_metric_data(
        MetricDataQueries=[query], StartTime=at.replace(minute=0), EndTime=at.replace(hour=13)
    )["MetricDataResults"]
    assert result["Values"] == [2.5]
    assert result["Timestamps"] == [at]


@pytest.mark.parametrize("protocol", [CBOR, "json"])
def test_codepipeline_pipeline_in_each_protocol_round_trips(
    sandbox: Sandbox, protocol: str
) -> None:
    """The structure holds maps, lists of structures, integers and texts."""
    client = client_speaking(sandbox, "codepipeline", protocol)
    source = {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"}
    build = {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}
    pipeline = {
        "name": "each-protocol",
        "roleArn": "arn:aws:iam::111122223333:role/delivery",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "version": 1,
        "stages": [
            {"name": "Source", "actions": [{
                "name": "Source", "actionTypeId": source, "runOrder": 1,
                "configuration": {"RepositoryName": "r", "BranchName": "main"},
                "outputArtifacts": [{"name": "source"}], "inputArtifacts": []}]},
            {"name": "Build", "actions": [{
                "name": "Build", "actionTypeId": build, "runOrder": 1,
                "configuration": {"ProjectName": "p"},
                "outputArtifacts": [], "inputArtifacts": [{"name": "source"}]}]},
        ],
    }  # fmt: skip
    found = _created(sandbox, client, pipeline)
    for stage, wanted in zip(found["pipeline"]["stages"], pipeline["stages"], strict=True):
        assert stage["actions"][0]["configuration"] == wanted["actions"][0]["configuration"]
    assert isinstance(found["metadata"]["created"], datetime)
    assert error_of(client.get_pipeline, name="none")[0] == "PipelineNotFoundException"


def _created(sandbox: Sandbox, client: Any, pipeline: dict[str, Any]) -> Any:
    """Create a pipeline, with the role that it needs, and read it back."""
    service = {"Service": "codepipeline.amazonaws.com"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
    sandbox.client("iam").create_role(
        RoleName="delivery",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    client.create_pipeline(pipeline=pipeline)
    return client.get_pipeline(name=pipeline["name"])


def test_sqs_queue_in_json_and_query_is_the_same(sandbox: Sandbox) -> None:
    client = client_speaking(sandbox, "sqs", "json")
    url = client.create_queue(QueueName="q")["QueueUrl"]
    code = error_of(client.get_queue_url, QueueName="none")[0]
    assert code == "AWS.SimpleQueueService.NonExistentQueue"
    answer = send(
        sandbox, "POST", "/", b"Action=ListQueues&Version=2012-11-05",
        service="sqs", headers={"Content-Type": _FORM},
    )  # fmt: skip
    assert answer.status == 200
    assert f"<QueueUrl>{url}</QueueUrl>" in answer.body.decode()


_LISTS = {
    "codebuild": "list_projects",
    "codeconnections": "list_connections",
    "codedeploy": "list_applications",
    "codepipeline": "list_pipelines",
    "resourcegroupstaggingapi": "get_resources",
}


@pytest.mark.parametrize("service", list(_LISTS))
def test_service_with_several_protocols_answers_the_same(sandbox: Sandbox, service: str) -> None:
    answers = []
    for protocol in (CBOR, "json"):
        client = client_speaking(sandbox, service, protocol)
        answer = getattr(client, _LISTS[service])()
        answer.pop("ResponseMetadata")
        answers.append(answer)
    assert answers[0] == answers[1]


def test_json_of_a_service_that_prefers_cbor_has_its_content_type(sandbox: Sandbox) -> None:
    target = {"X-Amz-Target": "GraniteServiceVersion20100801.DescribeAlarms"}
    for kind in (_JSON, f"{_JSON}; charset=utf-8"):
        answer = send(
            sandbox, "POST", "/", b"{}", service="monitoring",
            headers={"Content-Type": kind, **target},
        )  # fmt: skip
        assert (answer.status, answer.headers["content-type"]) == (200, _JSON)


@pytest.mark.parametrize(
    ("kind", "body", "headers"),
    [
        (_JSON, b'{"AlarmNames": ["x"]}',
         {"X-Amz-Target": "GraniteServiceVersion20100801.DescribeAlarms"}),
        (_FORM, b"Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=x", {}),
    ],
)  # fmt: skip
def test_compressed_body_is_read(
    sandbox: Sandbox, kind: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = send(
        sandbox, "POST", "/", gzip.compress(body), service="monitoring",
        headers={"Content-Type": kind, "Content-Encoding": "gzip", **headers},
    )  # fmt: skip
    assert answer.status == 200
    assert b"MetricAlarms" in answer.body


def test_body_that_is_not_of_its_encoding_is_refused(sandbox: Sandbox) -> None:
    answer = send(
        sandbox, "POST", "/", b"no gzip", service="monitoring",
        headers={
            "Content-Type": _JSON, "Content-Encoding": "gzip",
            "X-Amz-Target": "GraniteServiceVersion20100801.DescribeAlarms",
        },
    )  # fmt: skip
    assert answer.status == 400
    assert b"SerializationException" in answer.body


@pytest.mark.parametrize(
    ("service", "method", "path", "body", "headers", "status", "text"),
    [
        ("codepipeline", "POST", "/", b"{}",
         {"X-Amz-Target": "CodePipeline_20150709.Nonsense", "Content-Type": _JSON}, 404,
         '"UnknownOperationException", "message": "CodePipeline_20150709.Nonsense is not an '
         'operation of codepipeline that the sandbox knows."'),
        ("iam", "POST", "/", b"Action=Nonsense&Version=2010-05-08", {"Content-Type": _FORM}, 400,
         "<Code>InvalidAction</Code><Message>Nonsense is not an operation of iam"),
        ("lambda", "GET", "/nonsense/x", b"", {}, 404,
         '"UnknownOperationException", "message": "GET /nonsense/x is not'),
        ("s3", "GET", "/v20180820/nonsense", b"", {}, 404,
         "<Code>UnknownOperationException</Code>"),
        ("nosuchservice", "POST", "/", b"{}", {"X-Amz-Target": "A.B", "Content-Type": _JSON}, 404,
         "A.B is not an operation of nosuchservice"),
    ],
)  # fmt: skip
def test_unknown_operation_is_refused_in_a_sentence(
    sandbox: Sandbox,
    service: str,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    text: str,
) -> None:
    answer = send(sandbox, method, path, body, service=service, headers=headers)
    assert answer.status == status
    assert text in answer.body.decode()
