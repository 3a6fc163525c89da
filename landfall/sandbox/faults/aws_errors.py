"""AWS's error for each kind of fault, in the words of the service that answers.

Sources: 'Common errors' of the services' API references; the errors that botocore's models list for
an operation; STS API Reference and S3 User Guide for expired credentials.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from botocore.session import Session

from landfall.sandbox.gate.errors import AWSError

_THROTTLED: Final = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "sqs": ("RequestThrottled", 403),
}
_NOT_FOUND: Final = ("NotFound", "NoSuch", "NotExist", "DoesNotExist", "NonExistent")
_CONCURRENT: Final = ("Concurrent", "OperationAborted", "ConflictException")
_S3_NOT_FOUND: Final = {"GetObject": "NoSuchKey", "HeadObject": "404", "HeadBucket": "404"}
_READS: Final = ("Get", "Head", "List")
_QUERY: Final = ("query", "ec2", "rest-xml")


def throttled(service: str, operation: str, protocol: str) -> AWSError:
    """Return the error of a throttled request."""
    code, status = _THROTTLED.get(service, ("", 0))
    if not code:
        listed = _listed(service, operation, ("TooManyRequests", "Throttl"))
        usual = "Throttling" if protocol in _QUERY else "ThrottlingException"
        code, status = listed or usual, 429 if protocol == "rest-json" else 400
    return AWSError("Rate exceeded", code=code, status=status)


def concurrent(service: str, operation: str) -> AWSError | None:
    """Return the error of a change that conflicts with another; None if AWS has none."""
    code = concurrent_code(service, operation)
    if not code:
        return None
    message = "A conflicting change is in progress. Wait a few minutes and try again."
    return AWSError(message, code=code, status=409)


def concurrent_code(service: str, operation: str) -> str:
    """Return the code of a conflict; empty if the operation has none."""
    if service == "s3":
        return "" if operation.startswith(_READS) else "OperationAborted"
    return _listed(service, operation, _CONCURRENT)


def not_found(service: str, operation: str, named: str) -> AWSError | None:
    """Return the error for a resource that does not exist; None if AWS has none."""
    code = not_found_code(service, operation)
    if not code:
        return None
    if code == "AccessDenied":
        message = f"User is not authorized to perform: {service}:{operation} on resource: {named}"
        return AWSError(message, code=code, status=403)
    return AWSError(f"{named} cannot be found.", code=code, status=404)


def not_found_code(service: str, operation: str) -> str:
    """Return the code for a resource that does not exist; empty if the operation has none."""
    if service == "sts":
        return "AccessDenied" if operation == "AssumeRole" else ""
    if service == "s3":
        return _S3_NOT_FOUND.get(operation, "NoSuchBucket")
    return _listed(service, operation, _NOT_FOUND)


def half_way(protocol: str) -> AWSError:
    """Return the error after which a client does not know what was done."""
    code = "InternalFailure" if protocol in _QUERY else "InternalServerError"
    return AWSError("The request processing has failed.", code=code, status=500)


def unavailable(region: str) -> AWSError:
    """Return the error of a region that is down."""
    message = f"The service is unavailable in {region}. Try again."
    return AWSError(message, code="ServiceUnavailable", status=503)


def expired(service: str, protocol: str) -> AWSError:
    """Return the error of a session that has expired."""
    if service == "s3":
        return AWSError("The provided token has expired.", code="ExpiredToken", status=400)
    if protocol == "ec2":
        return AWSError("Request has expired.", code="RequestExpired", status=400)
    code = "ExpiredToken" if protocol in _QUERY else "ExpiredTokenException"
    message = "The security token included in the request is expired"
    return AWSError(message, code=code, status=403)


@lru_cache(maxsize=1)
def account_reasons() -> tuple[str, ...]:
    """Return AWS's reasons for a failed creation of an account."""
    shape: Any = _model("organizations").shape_for("CreateAccountFailureReason")
    return tuple(shape.enum)


@lru_cache(maxsize=4096)
def _listed(service: str, operation: str, parts: tuple[str, ...]) -> str:
    """Return the first error of an operation whose name has one of some parts; else empty."""
    model = _model(service)
    if operation not in model.operation_names:
        return ""
    for part in parts:
        for shape in model.operation_model(operation).error_shapes:
            if part in shape.name:
                return str(shape.metadata.get("error", {}).get("code", shape.name))
    return ""


@lru_cache(maxsize=64)
def _model(service: str) -> Any:
    return Session().get_service_model(service)
