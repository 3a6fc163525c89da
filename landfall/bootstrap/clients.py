"""AWS clients for bootstrap: each call that AWS refuses becomes one plain error."""

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
"""API to IAM action, where the two have different names."""


class Client:
    """A client of one service that tells what it does.

    `read` answers None where AWS has nothing; `write` is for calls that change something.
    """

    def __init__(self, session: boto3.Session, service: str, region: str) -> None:
        self._service = service
        # Typed loosely: the stubs know a client only by the literal name of its service.
        maker: Any = session
        self._client: Any = maker.client(service, region_name=region, config=_CONFIG)

    def read(self, operation: str, *absent: str, **arguments: Any) -> dict[str, Any] | None:
        """Return the answer; None where AWS answers with one of the codes `absent`."""
        answer = self.attempt(operation, *absent, **arguments)
        return None if isinstance(answer, str) else answer

    def attempt(self, operation: str, *codes: str, **arguments: Any) -> dict[str, Any] | str:
        """Return the answer, or AWS's error code where it is one of `codes`."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in codes:
                return str(error.response["Error"]["Code"])
            raise self._refused(operation, error) from None
        return answer

    def pages(self, operation: str, key: str) -> list[Any]:
        """Return what all pages of a list hold under `key`."""
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
        again = "what was made stays: run it again, and it goes on from here"
        if not isinstance(error, ClientError):
            return refuse(f"{self._service}:{api} could not be called: {error}", again)
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "")
        if code in _DENIED:
            action = f"{self._service}:{ACTIONS.get(api, api)}"
            return refuse(f"AWS denies {action}: {message}", f"allow {action}; {again}")
        return refuse(f"AWS refuses {self._service}:{api} ({code}): {message}", again)


Report = Callable[[str, str], None]
"""Told what was looked at, and what became of it: made, changed, or as it should be."""

MADE, CHANGED, RIGHT = "made", "changed", "as it should be"
