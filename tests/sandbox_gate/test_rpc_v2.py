"""Smithy's RPC v2 with CBOR on the wire, as AWS's SDK for Go sends it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from botocore.parsers import RpcV2CBORParser

from tests.sandbox_gate.conftest import Sandbox
from tests.sandbox_gate.wire import Answer, send

_SERVICE = "/service/GraniteServiceVersion20100801/operation/"
_SENT = {  # What aws-sdk-go-v2/service/cloudwatch v1.57.2 sends.
    "User-Agent": "aws-sdk-go-v2/1.41.9 ua/2.1 os/linux lang/go#1.26.8 api/cloudwatch#1.57.2 m/M,e",
    "Accept": "application/cbor",
    "Amz-Sdk-Request": "attempt=1; max=3",
    "Content-Type": "application/cbor",
    "Smithy-Protocol": "rpc-v2-cbor",
    "X-Amz-Date": "20261128T172938Z",
    "X-Amzn-Query-Mode": "true",
    "Accept-Encoding": "gzip",
}
_ALARM = (
    b"\xaanActionsEnabled\xf4jMetricNameamiNamespaceaniStatisticcSumfPeriod\x18<"
    b"qEvaluationPeriods\x01dTags\x81\xa2cKeyaaeValueabiAlarmNamebgoiThreshold"
    b"\xfb?\xf8\x00\x00\x00\x00\x00\x00rComparisonOperatortGreaterThanThreshold"
)


def call(sandbox: Sandbox, operation: str, body: bytes = b"", **headers: str) -> Answer:
    sent = {**_SENT, **{name.replace("_", "-"): value for name, value in headers.items()}}
    path = operation if operation.startswith("/") else _SERVICE + operation
    return send(sandbox, "POST", path, body, service="monitoring", headers=sent)


def decoded(answer: Answer) -> Any:
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert answer.headers["content-type"] == "application/cbor"
    parser = RpcV2CBORParser()
    return parser.parse_data_item(parser.get_peekable_stream_from_bytes(answer.body))


def test_go_alarm_is_created_and_described(sandbox: Sandbox) -> None:
    created = call(sandbox, "PutMetricAlarm", _ALARM)
    assert (created.status, created.body) == (200, b"")
    assert created.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert "content-type" not in created.headers
    described = call(sandbox, "DescribeAlarms", b"\xa1jAlarmNames\x81bgo")
    (alarm,) = decoded(described)["MetricAlarms"]
    assert (alarm["Period"], alarm["Threshold"], alarm["ActionsEnabled"]) == (60, 1.5, False)
    assert b"iThreshold\xfb?\xf8\x00\x00\x00\x00\x00\x00" in described.body, "a double"
    assert b"\x78\x22AlarmConfigurationUpdatedTimestamp\xc1" in described.body, "tagged as a time"
    assert "AlarmDescription" not in alarm, "absent members are omitted"


def test_go_error_has_type_message_and_query_code(sandbox: Sandbox) -> None:
    answer = call(sandbox, "GetDashboard", b"\xa1mDashboardNamednone")
    error = decoded(answer)
    assert answer.status == 404
    assert error["__type"] == "GraniteServiceVersion20100801#DashboardNotFoundError"
    assert error["message"] == "Dashboard does not exist"
    assert answer.headers["x-amzn-query-error"] == "ResourceNotFound;Sender"


def test_compressed_metric_data_is_accepted(sandbox: Sandbox) -> None:
    datum = b"\xa2jMetricNameamcValue\xfb@\x04\x00\x00\x00\x00\x00\x00"
    body = b"\xa2iNamespaceanjMetricData\x81" + datum.replace(b"cValue", b"eValue")
    answer = call(sandbox, "PutMetricData", gzip.compress(body), Content_Encoding="gzip")
    assert answer.status == 200
    metrics = decoded(call(sandbox, "ListMetrics", b"\xa0"))["Metrics"]
    assert [(metric["Namespace"], metric["MetricName"]) for metric in metrics] == [("n", "m")]


def test_indefinite_lengths_and_prefixed_paths_are_read(sandbox: Sandbox) -> None:
    assert call(sandbox, "DescribeAlarms", b"\xbfjAlarmNames\x9f\x7faa\xff\xff\xff").status == 200
    assert call(sandbox, f"/v1{_SERVICE}DescribeAlarms", b"\xa0").status == 200
    qualified = _SERVICE.replace("Granite", "com.amazonaws.cloudwatch.Granite")
    assert call(sandbox, f"{qualified}DescribeAlarms").status == 200


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\xff", "the body is not CBOR"),
        (b"\x81" * 5000, "the body is not CBOR"),
        (b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", "the body is not CBOR"),
        (b"\xa1\xa0\x01", "the body is not CBOR"),
        (b"\xc1\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00", "the body is not CBOR"),
        (b"\xa1jMaxRec", "the body is not CBOR"),
        (b"\xa0\xa0", "bytes follow the CBOR item"),
        (b"\x80", "the body is not a CBOR map"),
        (b"\xa1jMaxRecordsax", "MaxRecords is not of type integer"),
        (b"\xa1jMaxRecords\xf5", "MaxRecords is not of type integer"),
        (b"\xa1jAlarmNamesax", "AlarmNames is not of type list"),
        (b"\xa1jAlarmNames\x81Aa", "AlarmName is not of type string"),
    ],
)
def test_malformed_body_is_refused_in_a_sentence(sandbox: Sandbox, body: bytes, why: str) -> None:
    answer = call(sandbox, "DescribeAlarms", body)
    error = decoded(answer)
    assert (answer.status, error["__type"]) == (400, "SerializationException")
    assert error["message"] == f"The request's body could not be read: {why}."


@pytest.mark.parametrize(
    ("path", "headers", "why"),
    [
        ("Nonsense", {}, "GraniteServiceVersion20100801 has no operation Nonsense."),
        ("/service/Nonsense/operation/X", {}, "has no Nonsense that speaks rpc-v2-cbor."),
        ("/nonsense", {}, "requests are POST /service/NAME/operation/NAME, not POST /nonsense."),
        ("DescribeAlarms", {"Smithy_Protocol": "rpc-v2-json"},
         "The protocol 'rpc-v2-json' is not supported; use 'rpc-v2-cbor'."),
    ],
)  # fmt: skip
def test_unknown_protocol_service_or_operation_is_refused(
    sandbox: Sandbox, path: str, headers: dict[str, str], why: str
) -> None:
    answer = call(sandbox, path, b"\xa0", **headers)
    error = decoded(answer)
    assert (answer.status, error["__type"]) == (404, "UnknownOperationException")
    assert error["message"].endswith(why)


def test_service_whose_model_does_not_list_cbor_is_refused(sandbox: Sandbox) -> None:
    answer = send(
        sandbox, "POST", "/service/AWSOrganizationsV20161128/operation/ListAccounts", b"\xa0",
        service="organizations", headers=_SENT,
    )  # fmt: skip
    assert answer.status == 404
    assert decoded(answer)["__type"] == "UnknownOperationException"


def test_unknown_session_is_refused_in_cbor(sandbox: Sandbox) -> None:
    headers = {**_SENT, "X-Amz-Security-Token": "unknown"}
    answer = send(
        sandbox, "POST", f"{_SERVICE}DescribeAlarms", b"\xa0", service="monitoring",
        headers={**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=ASIAUNKNOWN/20261128/"
                 "eu-west-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"},
    )  # fmt: skip
    assert decoded(answer)["__type"].endswith("UnrecognizedClientException")
