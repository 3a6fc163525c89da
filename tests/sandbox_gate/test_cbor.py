"""CBOR bodies of every kind of shape, against botocore's own side of the protocol."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import RequestParserError

from landfall.sandbox.gate import cbor

_KINDS = ("string", "integer", "long", "float", "double", "boolean", "timestamp", "blob")
_MEMBERS: dict[str, Any] = {kind.title(): {"shape": kind.title()} for kind in _KINDS}
_MODEL = {
    "metadata": {
        "apiVersion": "2026-01-01", "endpointPrefix": "kinds", "protocol": "smithy-rpc-v2-cbor",
        "protocols": ["smithy-rpc-v2-cbor", "json"], "serviceId": "Kinds",
        "targetPrefix": "KindsService", "jsonVersion": "1.0", "signatureVersion": "v4",
    },
    "operations": {
        "Keep": {
            "name": "Keep", "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "Everything"}, "output": {"shape": "Everything"},
        }
    },
    "shapes": {
        "Everything": {"type": "structure", "members": {
            **_MEMBERS, "List": {"shape": "List"}, "Map": {"shape": "Map"},
            "Inner": {"shape": "Everything"}}},
        "List": {"type": "list", "member": {"shape": "Everything"}},
        "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Timestamp"}},
        "Failure": {"type": "structure", "exception": True, "members": {
            "Message": {"shape": "String"}, "Count": {"shape": "Integer"}}},
        **{kind.title(): {"type": kind} for kind in _KINDS},
    },
}  # fmt: skip
_AT = datetime(2026, 11, 28, 17, 0, 1, 500000, tzinfo=UTC)
_VALUES = {
    "String": "é😀" * 300,
    "Integer": -70000,
    "Long": 2**40,
    "Float": 0.5,
    "Double": -1e300,
    "Boolean": False,
    "Timestamp": _AT,
    "Blob": b"\x00\xff",
}
_EVERYTHING = {
    **_VALUES,
    "List": [{"String": ""}, {}],
    "Map": {"at": _AT.replace(microsecond=0)},
    "Inner": {"Inner": _VALUES},
}


@pytest.fixture(scope="module")
def operation() -> OperationModel:
    return ServiceModel(_MODEL, "kinds").operation_model("Keep")


def sent(operation: OperationModel, params: dict[str, Any]) -> bytes:
    serializer = create_serializer("smithy-rpc-v2-cbor", include_validation=False)
    body: bytes = serializer.serialize_to_request(params, operation)["body"]
    return body


def received(operation: OperationModel, body: bytes) -> Any:
    response = {"status_code": 200, "headers": {}, "body": body}
    found = create_parser("smithy-rpc-v2-cbor").parse(response, operation.output_shape)
    found.pop("ResponseMetadata", None)
    return found


def test_every_kind_that_botocore_sends_is_read(operation: OperationModel) -> None:
    assert cbor.read(sent(operation, _EVERYTHING), operation) == _EVERYTHING


def test_every_kind_that_is_written_is_received(operation: OperationModel) -> None:
    body = cbor.write({**_EVERYTHING, "Unknown": 1}, operation.output_shape)
    assert received(operation, body) == _EVERYTHING


def test_special_floats_survive(operation: OperationModel) -> None:
    body = cbor.write({"Double": math.inf, "Float": math.nan}, operation.output_shape)
    found = received(operation, body)
    assert found["Double"] == math.inf
    assert math.isnan(found["Float"])


def test_numbers_are_written_as_their_shapes(operation: OperationModel) -> None:
    body = cbor.write(
        {"Integer": "7", "Double": 7, "String": 7, "Boolean": "true"}, operation.output_shape
    )
    assert received(operation, body) == {
        "Integer": 7, "Double": 7.0, "String": "7", "Boolean": True,
    }  # fmt: skip
    assert b"fDouble\xfb" in body


def test_null_members_are_absent(operation: OperationModel) -> None:
    assert cbor.read(b"\xa1fString\xf6", operation) == {}
    assert cbor.write({"String": None}, operation.output_shape) == b"\xa0"


@pytest.mark.parametrize("member", list(_MEMBERS))
def test_value_of_another_type_is_refused(operation: OperationModel, member: str) -> None:
    wrong = b"\x80" if member != "List" else b"\xa0"
    body = b"\xa1" + bytes([0x60 + len(member)]) + member.encode() + wrong
    with pytest.raises(RequestParserError, match=f"{member} is not of type"):
        cbor.read(body, operation)


def test_error_holds_type_message_and_members(operation: OperationModel) -> None:
    shape = operation.service_model.shape_for("Failure")
    body = cbor.write_error("ns#Failure", "It failed.", {"Count": 3, "Other": 1}, shape)
    document = create_parser("smithy-rpc-v2-cbor")._initial_body_parse(body)
    assert document == {
        "__type": "ns#Failure", "message": "It failed.", "Message": "It failed.", "Count": 3,
    }  # fmt: skip
