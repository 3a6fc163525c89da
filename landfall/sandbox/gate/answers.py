"""Answers in the protocol of a service: a result or an error, as its model serialises it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.errors import ErrorLookupFactory
from moto.core.serialize import JSONSerializer, SerializationContext, get_serializer_class

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.incoming import Incoming


def _json_type(serializer: JSONSerializer) -> str:
    version = serializer.service_model.metadata.get("jsonVersion", "1.0")
    return f"application/x-amz-json-{version}"


# The emulator answers `text` for services whose models list another protocol before AWS JSON.
JSONSerializer._get_protocol_specific_content_type = _json_type


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `error` is AWS's error code, empty for a success."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    error: str = ""


def serialise(incoming: Incoming, result: Mapping[str, Any] | AWSError) -> Answer:
    """Serialise a result or an error according to the operation's model."""
    request_id = str(uuid.uuid4())
    serializer = get_serializer_class(incoming.model.service_name, incoming.protocol)(
        operation_model=incoming.operation, context=SerializationContext(request_id=request_id)
    )
    sent = serializer.serialize(result)
    status, code = int(sent["status_code"]), ""
    if isinstance(result, AWSError):
        code = result.code
        status = _status(incoming, result, status)
    else:
        status = _of_result(incoming, result) or status
    body = sent["body"] or b""
    raw = body.encode() if isinstance(body, str) else body
    headers = {str(key): str(value) for key, value in sent["headers"].items()}
    headers["Content-Length"] = str(len(raw))
    headers["x-amzn-RequestId"] = request_id
    if incoming.model.service_name == "s3":
        headers["x-amz-request-id"] = request_id
    return Answer(status, tuple(headers.items()), raw, code)


def _of_result(incoming: Incoming, result: Mapping[str, Any]) -> int | None:
    """Return the HTTP status that a result has as a member, as Lambda's Invoke has."""
    shape = incoming.operation.output_shape
    members = shape.members if shape is not None else {}
    for name, member in members.items():
        if member.serialization.get("location") == "statusCode" and name in result:
            return int(result[name])
    return None


def _status(incoming: Incoming, error: AWSError, serialised: int) -> int:
    """Prefer the status of the error's shape, then the error's own; EC2 and S3 have no shapes."""
    shape = ErrorLookupFactory().for_service(incoming.model).from_code(error.code)
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    return int(modelled or error.status or serialised)
