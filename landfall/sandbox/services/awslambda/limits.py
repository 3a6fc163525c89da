"""Lambda: code must be a zip file, and a function's role must read its event sources."""

from __future__ import annotations

import io
import zipfile

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.awslambda.event_sources import lacking


class InvalidParameterValueError(AWSError):
    """A parameter that Lambda refuses: Lambda API Reference, UpdateFunctionCode."""

    code = "InvalidParameterValueException"


@limit("lambda", "CreateFunction", "UpdateFunctionCode")
def code_is_a_zip_file(request: Request) -> None:
    """Lambda Developer Guide, 'Deploying Lambda functions as .zip file archives'."""
    body = request.params.get("ZipFile") or request.params.get("Code", {}).get("ZipFile")
    if isinstance(body, bytes) and not zipfile.is_zipfile(io.BytesIO(body)):
        raise InvalidParameterValueError(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        )


@limit("lambda", "CreateEventSourceMapping")
def role_reads_the_source(request: Request) -> None:
    """Lambda checks the role's permissions: Developer Guide, 'Using Lambda with Amazon SQS'."""
    source, name = request.params.get("EventSourceArn"), request.params["FunctionName"]
    try:
        function = lambda_backends[request.account][request.region].get_function(name)
    except UnknownFunctionException:
        return
    reason = lacking(function.role, request.region, source) if source else ""
    if reason:
        raise InvalidParameterValueError(reason)
