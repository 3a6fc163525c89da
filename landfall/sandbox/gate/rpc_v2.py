"""Smithy's RPC v2 protocol with CBOR, translated for the gate, which uses AWS JSON.

The emulator does not support the protocol. A request is read by the service model and passed on in
AWS JSON, so it is handled like any other; the answer is written in CBOR.
https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html and, for the header
`x-amzn-query-error`, https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto.core.errors import ErrorLookupFactory
from moto.core.model import OperationModel, ServiceModel

from landfall.sandbox.gate import cbor
from landfall.sandbox.gate.bodies import Environ, read_body, receive, replace_body
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.incoming import (
    RequestParserError,
    models_signing_as,
    scope_of,
)

PROTOCOL = "rpc-v2-cbor"
MODELLED = "smithy-rpc-v2-cbor"
"""The protocol's name in the header `smithy-protocol`, and in the lists of service models."""

_PATH = re.compile(r"/service/(?:[^/]*\.)?([^/.]+)/operation/([^/.]+)$")
_OF_JSON = {"content-type", "content-length", "x-amzn-errortype"}

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class UnknownOperationError(AWSError):
    """A protocol, service or operation that does not exist: API references, 'Common Errors'."""

    code = "UnknownOperationException"
    status = 404


class SerializationError(AWSError):
    """A body that is not CBOR of the operation's input."""

    code = "SerializationException"
    status = 400


class RpcV2:
    """A WSGI application that translates RPC v2 requests and answers for another one."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; those without the header `smithy-protocol` pass unchanged."""
        if "HTTP_SMITHY_PROTOCOL" not in environ:
            return self._application(environ, start_response)
        try:
            operation = _operation(environ)
            translated = _as_json(environ, operation)
        except AWSError as error:
            body = cbor.write_error(error.code, error.message, {})
            return _send(start_response, str(error.status), [], body)
        kept: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            kept[:] = [status, headers]

        answer = b"".join(self._application(translated, keep))
        status, headers = kept
        body = _as_cbor(int(status[:3]), answer, operation)
        return _send(start_response, status, headers, body)


def _operation(environ: Environ) -> OperationModel:
    """Return a request's operation; raise `UnknownOperationError` if it does not exist."""
    asked, path = environ["HTTP_SMITHY_PROTOCOL"], environ["PATH_INFO"]
    if asked != PROTOCOL:
        raise UnknownOperationError(f"The protocol {asked!r} is not supported; use {PROTOCOL!r}.")
    found = _PATH.search(path)
    if found is None or environ["REQUEST_METHOD"] != "POST":
        raise UnknownOperationError(
            f"{PROTOCOL} requests are POST /service/NAME/operation/NAME, "
            f"not {environ['REQUEST_METHOD']} {path}."
        )
    service, operation = found.groups()
    for model in models_signing_as(scope_of(environ).name):
        if service == _name_of(model) and MODELLED in model.metadata.get("protocols", ()):
            if operation not in model.operation_names:
                raise UnknownOperationError(f"{service} has no operation {operation}.")
            return model.operation_model(operation)
    raise UnknownOperationError(
        f"The service that the request is signed for has no {service} that speaks {PROTOCOL}."
    )


def _name_of(model: ServiceModel) -> str:
    return str(model.metadata.get("targetPrefix", "")).rpartition(".")[2]


def _as_json(environ: Environ, operation: OperationModel) -> Environ:
    """Return the environment of the same request in AWS JSON; raise `SerializationError`."""
    receive(environ)
    try:
        params = cbor.read(read_body(environ), operation)
    except RequestParserError as error:
        raise SerializationError(f"The request's body could not be read: {error}.") from error
    sent = create_serializer("json", include_validation=False).serialize_to_request(
        params, operation
    )
    translated = environ | {
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "HTTP_X_AMZ_TARGET": sent["headers"]["X-Amz-Target"],
        "CONTENT_TYPE": sent["headers"]["Content-Type"],
    }
    del translated["HTTP_SMITHY_PROTOCOL"]
    replace_body(translated, sent["body"])
    return translated


def _as_cbor(status: int, answer: bytes, operation: OperationModel) -> bytes:
    """Return an AWS JSON answer's body in CBOR; empty if the operation has no output."""
    if status >= 300:
        return _error_as_cbor(answer, operation)
    shape = operation.output_shape
    return cbor.write(_parsed(answer, shape), shape) if shape is not None else b""


def _error_as_cbor(answer: bytes, operation: OperationModel) -> bytes:
    error = json.loads(answer)
    space, _, code = str(error.get("__type", "InternalFailure")).rpartition("#")
    message = str(error.get("message") or error.get("Message") or "")
    shape = _error_shape(code, operation)
    if shape is None:
        return cbor.write_error(code, message, {})
    kind = f"{space}#{shape.name}" if space else shape.name
    return cbor.write_error(kind, message, _parsed(answer, shape), shape)


def _error_shape(code: str, operation: OperationModel) -> Any:
    """Return the shape of an error; its operation's own where shapes of a service share a code."""
    for shape in operation.error_shapes:
        if code in (shape.name, shape.error_code):
            return shape
    return ErrorLookupFactory().for_service(operation.service_model).from_code(code)


def _parsed(answer: bytes, shape: Any) -> dict[str, Any]:
    """Return the members of a shape in an AWS JSON document."""
    response = {"status_code": 200, "headers": {}, "body": answer}
    found: dict[str, Any] = create_parser("json").parse(response, shape)
    return found


def _send(
    start_response: StartResponse, status: str, headers: list[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    sent = [(name, value) for name, value in headers if name.lower() not in _OF_JSON]
    sent += [("smithy-protocol", PROTOCOL), ("Content-Length", str(len(body)))]
    if body:
        sent.append(("Content-Type", "application/cbor"))
    start_response(status if " " in status else f"{status} ", sent)
    return (body,)
