"""Error codes and messages of services for violations of their models."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.incoming import Incoming
from landfall.sandbox.model.breaches import Breach

_CODES = {
    "codebuild": "InvalidInputException",
    "codecommit": "InvalidRequestException",
    "config": "ValidationException",
    "ec2": "InvalidParameterValue",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "organizations": "InvalidInputException",
    "s3": "InvalidArgument",
    "s3control": "InvalidRequest",
    "secretsmanager": "ValidationException",
    "sns": "InvalidParameter",
    "sts": "ValidationError",
    "xray": "InvalidRequestException",
}
"""The error codes of services that differ from their protocol's usual one."""

_USUAL = {"query": "ValidationError", "ec2": "InvalidParameterValue"}

_ORGANIZATIONS_REASONS = {
    "required": "INPUT_REQUIRED",
    "enum": "INVALID_ENUM",
    "pattern": "INVALID_PATTERN",
    "min-length": "MIN_LENGTH_EXCEEDED",
    "max-length": "MAX_LENGTH_EXCEEDED",
    "min": "MIN_VALUE_EXCEEDED",
    "max": "MAX_VALUE_EXCEEDED",
}
"""Organizations API Reference, 'InvalidInputException', Reason."""

_RULES = {
    "enum": "Member must satisfy enum value set: {wanted}",
    "pattern": "Member must satisfy regular expression pattern: {wanted}",
    "min-length": "Member must have length greater than or equal to {wanted}",
    "max-length": "Member must have length less than or equal to {wanted}",
    "min": "Member must have value greater than or equal to {wanted}",
    "max": "Member must have value less than or equal to {wanted}",
    "required": "Member must not be null",
}

_SHOWN = 100


def code_of(service: str, protocol: str) -> str:
    """Return a service's error code for an invalid parameter."""
    return _CODES.get(service) or _USUAL.get(protocol, "ValidationException")


def refusal(incoming: Incoming, breaches: Sequence[Breach]) -> AWSError:
    """Return one service error for all violations, in AWS's wording."""
    service = incoming.model.service_name
    texts = [_worded(breach) for breach in breaches]
    noun = "error" if len(texts) == 1 else "errors"
    message = f"{len(texts)} validation {noun} detected: {'; '.join(texts)}"
    members = {}
    if service == "organizations":
        members["Reason"] = _ORGANIZATIONS_REASONS[breaches[0].rule]
    return AWSError(message, code=code_of(service, incoming.protocol), status=400, **members)


def unreadable(incoming: Incoming) -> AWSError:
    """Return the error for a body that does not match the protocol."""
    code = {
        "json": "SerializationException",
        "rest-json": "SerializationException",
        "rest-xml": "MalformedXML",
        "query": "MalformedInput",
        "ec2": "InvalidParameterValue",
    }[incoming.protocol]
    return AWSError("The request's body could not be read.", code=code, status=400)


def _worded(breach: Breach) -> str:
    name = breach.path[:1].lower() + breach.path[1:]
    if breach.rule == "required":
        start = f"Value at '{name}'"
    else:
        shown = str(breach.value)
        start = f"Value '{shown[:_SHOWN]}{'...' if len(shown) > _SHOWN else ''}' at '{name}'"
    return (
        f"{start} failed to satisfy constraint: {_RULES[breach.rule].format(wanted=breach.wanted)}"
    )
