"""AWS clients for bootstrap: each failed call becomes one `ProblemsError`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from landfall import access_hint
from landfall.problems import ProblemsError, refuse

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10)
_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "Forbidden"})
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
ACTIONS = {
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
"""API operation to IAM action, if the names differ."""


class Client:
    """A client of one service, with reads and writes apart.

    `read` returns None if the resource is missing; `write` is for calls that change something.
    """

    def __init__(self, session: boto3.Session, service: str, region: str) -> None:
        self._service = service
        # Any, because the stubs type a client only by the literal name of its service.
        maker: Any = session
        self._client: Any = maker.client(service, region_name=region, config=_CONFIG)

    def read(self, operation: str, *absent: str, **arguments: Any) -> dict[str, Any] | None:
        """Return the answer; None if AWS returns one of the error codes `absent`."""
        answer = self.attempt(operation, *absent, **arguments)
        return None if isinstance(answer, str) else answer

    def attempt(self, operation: str, *codes: str, **arguments: Any) -> dict[str, Any] | str:
        """Return the answer, or AWS's error code if it is one of `codes`."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in codes:
                return str(error.response["Error"]["Code"])
            raise self._refused(operation, error) from None
        return answer

    def pages(self, operation: str, key: str) -> list[Any]:
        """Return the items under `key` from all pages."""
        try:
            return [
                i for page in self._client.get_paginator(operation).paginate() for i in page[key]
            ]
        except (BotoCoreError, ClientError) as error:
            raise self._refused(operation, error) from None

    def write(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of a call that changes something."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise self._refused(operation, error) from None
        return answer

    def _refused(self, operation: str, error: BotoCoreError | ClientError) -> ProblemsError:
        if isinstance(error, NoCredentialsError):
            return access_hint.no_credentials()
        api = self._client.meta.method_to_api_mapping[operation]
        again = "run the command again to continue: what it created stays"
        if not isinstance(error, ClientError):
            return refuse(f"cannot call {self._service}:{api}: {error}", again)
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "")
        if code in _DENIED:
            action = f"{self._service}:{ACTIONS.get(api, api)}"
            return refuse(f"AWS denies {action}: {message}", f"allow {action}; {again}")
        return refuse(f"AWS rejects {self._service}:{api} ({code}): {message}", again)


Report = Callable[[str, str], None]
"""Called with a resource and its outcome: created, changed or unchanged."""

MADE, CHANGED, RIGHT = "created", "changed", "unchanged"
