"""Systems Manager: documents of Session Manager are checked.

https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_TYPES: Final = ("InteractiveCommands", "NonInteractiveCommands", "Port", "Standard_Stream")
_FLAGS: Final = (
    "s3EncryptionEnabled",
    "cloudWatchEncryptionEnabled",
    "cloudWatchStreamingEnabled",
    "runAsEnabled",
)
_MINUTES: Final = {"idleSessionTimeout": 60, "maxSessionDuration": 1440}


class InvalidDocumentContentError(AWSError):
    """Systems Manager API Reference, CreateDocument."""

    code = "InvalidDocumentContent"
    message = "The content for the document is not valid."


@limit("ssm", "CreateDocument")
def session_document_is_valid(request: Request) -> None:
    """Systems Manager API Reference, CreateDocument; Session document schema."""
    if request.params.get("DocumentType") == "Session":
        _check(request.params)


@limit("ssm", "UpdateDocument")
def updated_session_document_is_valid(request: Request) -> None:
    """Systems Manager API Reference, UpdateDocument; Session document schema."""
    from moto.ssm.models import ssm_backends

    known = ssm_backends[request.account][request.region]._documents.get(request.params["Name"])
    if known is not None and known.get_default_version().document_type == "Session":
        _check(request.params)


def _check(params: Mapping[str, Any]) -> None:
    read = yaml.safe_load if params.get("DocumentFormat") == "YAML" else json.loads
    try:
        content = read(params["Content"])
    except (ValueError, yaml.YAMLError):
        raise InvalidDocumentContentError from None
    for what in _wrong(content):
        raise InvalidDocumentContentError(what)


def _wrong(content: Any) -> Iterator[str]:
    if not isinstance(content, Mapping):
        yield "The document is not an object."
        return
    if content.get("schemaVersion") != "1.0":
        yield "Session documents only support schema version 1.0."
    if content.get("sessionType") not in _TYPES:
        yield "The session type is not valid."
    elif content["sessionType"] == "Standard_Stream" and "inputs" not in content:
        yield "Inputs are required for session type Standard_Stream."
    inputs = content.get("inputs") or {}
    for name in _FLAGS:
        if not isinstance(inputs.get(name, False), bool):
            yield f"The input {name} is not a boolean."
    for name, most in _MINUTES.items():
        value = str(inputs.get(name, ""))
        if value and not (value.isdecimal() and 1 <= int(value) <= most):
            yield f"The input {name} is not a number from 1 to {most}."
    if inputs.get("s3KeyPrefix") and not inputs.get("s3BucketName"):
        yield "The input s3KeyPrefix requires s3BucketName."
