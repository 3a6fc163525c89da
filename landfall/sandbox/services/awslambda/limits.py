"""Lambda: code must be a zip file."""

from __future__ import annotations

import io
import zipfile

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


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
