"""An AWS error as a value: code, message, status and the members of its shape."""

from __future__ import annotations

from typing import Any


class AWSError(Exception):
    """An AWS error; `code` is AWS's code, `members` are those of the error's shape.

    `status` is the HTTP status; None means the service model's, or 400. Subclasses
    set `code` and `status` and may set `message`, so that each class is one AWS error.
    """

    code = "InternalFailure"
    message = ""
    status: int | None = None

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        **members: Any,
    ) -> None:
        if code is not None:
            self.code = code
        if message is not None:
            self.message = message
        if status is not None:
            self.status = status
        self.members = members
        for name, value in members.items():
            setattr(self, name, value)
        super().__init__(f"{self.code}: {self.message}")


class InvalidClientTokenIdError(AWSError):
    """Unknown credentials: IAM User Guide, 'Common errors'."""

    code = "InvalidClientTokenId"
    message = "The security token included in the request is invalid."
    status = 403


class AuthFailureError(AWSError):
    """EC2's error for unknown credentials: EC2 API Reference, 'Error codes'."""

    code = "AuthFailure"
    message = "AWS was not able to validate the provided access credentials"
    status = 401


class InvalidAccessKeyIdError(AWSError):
    """S3's error for unknown credentials: S3 API Reference, 'Error responses'."""

    code = "InvalidAccessKeyId"
    message = "The AWS Access Key Id you provided does not exist in our records."
    status = 403


class UnrecognizedClientError(AWSError):
    """The JSON services' error for unknown credentials: 'Common Errors'."""

    code = "UnrecognizedClientException"
    message = "The security token included in the request is invalid."
    status = 400


class NotInSandboxError(AWSError):
    """An operation that neither the emulator nor an addition has; not an AWS error.

    The status is 501, which no SDK retries.
    """

    code = "NotImplemented"
    status = 501

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(f"The sandbox does not have {service}:{operation}.")
