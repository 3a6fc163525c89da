"""Parse a WSGI environment into a service, an operation and its parameters.

The parsers and routers are the emulator's, driven by botocore's models, so that they also support
services that the emulator lacks. Streaming bodies (S3 objects) are never parsed here.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request as WireRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.utilities.constants import APPLICATION_AMZ_JSON_1_0, APPLICATION_AMZ_JSON_1_1
from werkzeug.exceptions import HTTPException

from landfall.sandbox.gate.bodies import Environ, read_body
from landfall.sandbox.gate.signing import services_signing_as

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_UNSIGNED_ACTION = re.compile(rb"(?:^|&)Action=(AssumeRoleWith\w+)")
_ACCOUNT_LABEL = re.compile(r"(\d{12})\.")
_FORM = "application/x-www-form-urlencoded"
_AMZ_JSON = (APPLICATION_AMZ_JSON_1_1, APPLICATION_AMZ_JSON_1_0)


@dataclass(frozen=True, slots=True)
class Scope:
    """The signature's access key, region and signing name of the service."""

    access_key: str
    region: str
    name: str
    token: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request matched to an operation of a service model, with unparsed parameters."""

    scope: Scope
    model: ServiceModel
    operation: OperationModel
    protocol: str
    wire: WireRequest
    labels: dict[str, Any]
    body: bytes

    def parse(self) -> dict[str, Any]:
        """Return the operation's input members that were sent; raises `RequestParserError`.

        Invalid JSON or XML raises the parser's own error (a ValueError).
        """
        if self.protocol == "json" and self.body:
            json.loads(self.body)  # The parser reads invalid JSON as empty, so validate first.
        parser = PROTOCOL_PARSERS[self.protocol](self.operation)
        rpc = self.protocol in ("query", "ec2")
        found = parser.parse(
            {
                "method": self.wire.method,
                "values": self.wire.values if rpc else self.wire.args,
                "headers": self.wire.headers,
                "body": self.body,
                "url_path": self.wire.path,
                "url_params": self.labels,
            }
        )
        return {key: value for key, value in found.items() if value is not None}


def scope_of(environ: Environ) -> Scope:
    """Return the signature's scope, from the header or a presigned URL; empty if unsigned."""
    token = "HTTP_X_AMZ_SECURITY_TOKEN" in environ
    header = environ.get("HTTP_AUTHORIZATION", "")
    if found := _SCOPE.search(header):
        return Scope(found[1], found[2], found[3], token=token)
    query = environ.get("QUERY_STRING", "")
    if "X-Amz-Credential=" in query:
        sent = parse_qs(query)
        parts = sent["X-Amz-Credential"][0].split("/")
        if len(parts) == 5:
            return Scope(parts[0], parts[2], parts[3], token="X-Amz-Security-Token" in sent)
    if "AWSAccessKeyId=" in query:
        return Scope(parse_qs(query)["AWSAccessKeyId"][0], "us-east-1", "s3", token=token)
    return Scope("", "us-east-1", "", token=False)


def match(environ: Environ) -> Incoming | None:
    """Match a received request to an operation; None if it is not a known AWS operation."""
    scope = scope_of(environ)
    if scope.name:
        candidates = _candidates(scope.name, environ)
    elif _is_form(environ) and _UNSIGNED_ACTION.search(read_body(environ)):
        candidates, scope = ("sts",), Scope("", "us-east-1", "sts", token=False)
    elif environ.get("HTTP_X_AMZ_TARGET") or environ["PATH_INFO"].startswith(("/moto-api", "/lat")):
        return None
    else:
        candidates, scope = ("s3",), Scope("", "us-east-1", "s3", token=False)
    for model in _models(candidates):
        if (incoming := _match_service(environ, scope, model)) is not None:
            return incoming
    return None


def models_signing_as(name: str) -> Iterator[ServiceModel]:
    """Yield the models of services with a signing name, the one of the same name first."""
    return _models(services_signing_as(name))


def _models(services: Iterable[str]) -> Iterator[ServiceModel]:
    for service in services:
        try:
            yield get_service_model(service)
        except UnknownServiceError:
            continue


def action_of(environ: Environ) -> str:
    """Return the `Action` of a request in the query protocol, from its form or its URL."""
    body = read_body(environ) if _is_form(environ) else b""
    return str(_wire(environ, body).values.get("Action", ""))


def _candidates(name: str, environ: Environ) -> tuple[str, ...]:
    if name in ("s3", "s3express"):
        control = environ["PATH_INFO"].startswith("/v20180820/") or "s3-control" in environ.get(
            "HTTP_HOST", ""
        )
        if control and (label := _ACCOUNT_LABEL.match(environ.get("HTTP_HOST", ""))):
            # The host contains the account; routes need the header that most SDKs also send.
            environ.setdefault("HTTP_X_AMZ_ACCOUNT_ID", label[1])
        return ("s3control",) if control else ("s3",)
    return services_signing_as(name)


def _match_service(environ: Environ, scope: Scope, model: ServiceModel) -> Incoming | None:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target and model.metadata.get("targetPrefix"):
        return _match_target(environ, scope, model, target)
    decompress = scope.name != "s3"
    body = b"" if model.service_name == "s3" else read_body(environ, decompress=decompress)
    wire = _wire(environ, body)
    form = _is_form(environ) or "Action" in wire.args
    if {"query", "ec2"} & set(model.metadata.get("protocols", [model.protocol])) and form:
        values = wire.values
        operation = values.get("Action", "")
        version = values.get("Version", model.api_version)
        if operation not in model.operation_names or version != model.api_version:
            return None
        return Incoming(scope, model, model.operation_model(operation), _rpc(model), wire, {}, body)
    try:
        matched, labels = get_service_router(model.service_name).match(wire)
        protocol = determine_request_protocol(model, wire.content_type)
    except (HTTPException, NotImplementedError):
        return None
    if model.service_name == "s3" and not _streams(matched):
        body = read_body(environ, decompress=False)
        wire = _wire(environ, body)
    return Incoming(scope, model, matched, protocol, wire, dict(labels), body)


def _match_target(
    environ: Environ, scope: Scope, model: ServiceModel, target: str
) -> Incoming | None:
    """Match `PREFIX.Operation`; the Go SDK sends only the last component of some prefixes."""
    prefix, _, operation = target.rpartition(".")
    known = str(model.metadata["targetPrefix"])
    if prefix not in (known, known.rpartition(".")[2]) or operation not in model.operation_names:
        return None
    body = read_body(environ)
    if environ.get("CONTENT_TYPE") not in _AMZ_JSON:
        # The emulator recognises AWS JSON only by its exact types, without a charset.
        environ["CONTENT_TYPE"] = _AMZ_JSON[0]
    wire = _wire(environ, body)
    return Incoming(scope, model, model.operation_model(operation), "json", wire, {}, body)


def _is_form(environ: Environ) -> bool:
    return (environ.get("CONTENT_TYPE") or "").startswith(_FORM)


def _rpc(model: ServiceModel) -> str:
    protocols = model.metadata.get("protocols", [model.protocol])
    return "ec2" if "ec2" in protocols else "query"


def _streams(operation: OperationModel) -> bool:
    """Return whether the request's body is a blob, not a document."""
    shape = operation.input_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    if not payload or shape is None:
        return False
    return cast(str, shape.members[payload].type_name) in ("blob", "string") and (
        operation.name in ("PutObject", "UploadPart", "WriteGetObjectResponse")
    )


def _wire(environ: Environ, body: bytes) -> WireRequest:
    return WireRequest({**environ, "wsgi.input": io.BytesIO(body)})


__all__ = [
    "Environ",
    "Incoming",
    "RequestParserError",
    "Scope",
    "action_of",
    "match",
    "models_signing_as",
    "scope_of",
]
