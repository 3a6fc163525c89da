"""Invocations of Lambda functions, which run their deployed code, through boto3."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, error_of, trust

ARN = f"arn:aws:lambda:{REGION}:{MANAGEMENT}:function:f"
SAYS_VERSION = (
    "def handle(event, context):\n    return [event, context.function_version, '{release}']\n"
)


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", text)
    return buffer.getvalue()


def create(aws: Clients, code: str, **settings: Any) -> Any:
    """Create a function of this code, whose role may call what its policy says."""
    role = aws("iam").create_role(
        RoleName="f", AssumeRolePolicyDocument=trust(service="lambda.amazonaws.com")
    )["Role"]["Arn"]
    client = aws("lambda")
    client.create_function(
        FunctionName="f",
        Role=role,
        Code={"ZipFile": zipped(code)},
        **{"Runtime": "python3.13", "Handler": "handler.handle", "Timeout": 20, **settings},
    )
    return client


def allow(aws: Clients, *actions: str, **condition: Any) -> None:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName="f", PolicyName="own", PolicyDocument=document)


def answer(client: Any, **params: Any) -> tuple[Any, str]:
    """Return the payload of an invocation and its error, if any."""
    got = client.invoke(FunctionName="f", **params)
    return json.load(got["Payload"]), got.get("FunctionError", "")


def test_invocation_returns_what_the_handler_does(aws: Clients) -> None:
    client = create(aws, SAYS_VERSION.format(release=1))
    assert answer(client, Payload=b'{"a": 1}') == ([{"a": 1}, "$LATEST", "1"], "")


def test_alias_splits_its_calls_by_weight(aws: Clients) -> None:
    client = create(aws, SAYS_VERSION.format(release=1))
    first = client.publish_version(FunctionName="f")["Version"]
    client.update_function_code(FunctionName="f", ZipFile=zipped(SAYS_VERSION.format(release=2)))
    second = client.publish_version(FunctionName="f")["Version"]
    client.create_alias(FunctionName="f", Name="live", FunctionVersion=first)
    assert answer(client, Qualifier="live")[0] == [{}, first, "1"]
    for weight, version, release in ((0.0, first, "1"), (1.0, second, "2")):
        routing = {"AdditionalVersionWeights": {second: weight}}
        client.update_alias(FunctionName="f", Name="live", RoutingConfig=routing)
        assert answer(client, Qualifier="live")[0] == [{}, version, release]


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("def handle(event, context):\n    raise KeyError('a')\n", "KeyError", "'a'"),
        ("import no_such_module\n", "Runtime.ImportModuleError", "no_such_module"),
        ("def handle(event, context):\n    import os\n    os._exit(3)\n", "Runtime.ExitError", "3"),
        (
            "def handle(event, context):\n    import time\n    time.sleep(60)\n",
            "Sandbox.Timedout",
            "Task timed out after 2.00 seconds",
        ),
    ],
)
def test_failing_handler_is_a_function_error(
    aws: Clients, code: str, kind: str, message: str
) -> None:
    client = create(aws, code, Timeout=2 if "sleep" in code else 20)
    payload, error = answer(client)
    assert (payload["errorType"], error) == (kind, "Unhandled")
    assert message in payload["errorMessage"]


CALLS = """\
import boto3
from botocore.exceptions import ClientError

def handle(event, context):
    try:
        return boto3.client("sts").get_caller_identity()["Arn"], boto3.client(
            "sqs").create_queue(QueueName="made")["QueueUrl"]
    except ClientError as error:
        return "denied", str(error)
"""


def test_code_acts_as_the_role_of_its_function(aws: Clients) -> None:
    client = create(aws, CALLS)
    (said, why), _ = answer(client)
    assert (said, "sqs:createqueue" in why.lower()) == ("denied", True)
    allow(aws, "sqs:CreateQueue", StringEquals={"lambda:SourceFunctionArn": f"{ARN}-other"})
    assert answer(client)[0][0] == "denied"
    allow(aws, "sqs:CreateQueue", StringEquals={"lambda:SourceFunctionArn": ARN})
    (who, queue), _ = answer(client)
    assert who == f"arn:aws:sts::{MANAGEMENT}:assumed-role/f/f"
    assert queue.endswith("/made")


def test_log_is_written_if_the_role_may(aws: Clients) -> None:
    client = create(aws, "def handle(event, context):\n    print('seen')\n")
    client.invoke(FunctionName="f")
    groups = aws("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"]
    assert groups == []
    allow(aws, "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    client.invoke(FunctionName="f")
    events = aws("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert [each["message"] for each in events] == ["seen"]


def test_refused_invocations_have_the_errors_of_lambda(aws: Clients) -> None:
    client = create(aws, SAYS_VERSION, Runtime="nodejs22.x")
    assert error_of(client.invoke, FunctionName="f")[0] == "InvalidRuntimeException"
    assert error_of(client.invoke, FunctionName="g")[0] == "ResourceNotFoundException"
    code, _ = error_of(client.invoke, FunctionName="f", Qualifier="7")
    assert code == "ResourceNotFoundException"
    code, said = error_of(client.update_function_code, FunctionName="f", ZipFile=b"no zip")
    assert (code, "Could not unzip" in said) == ("InvalidParameterValueException", True)
    assert client.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
