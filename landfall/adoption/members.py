"""Clients in the accounts of an organization, through the first role that can be assumed there."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from landfall.adoption.calls import CONFIG, is_denied
from landfall.aws.arns import iam_arn

# AWS Organizations and Control Tower create these in the accounts that they create or enroll.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
# https://docs.aws.amazon.com/controltower/latest/userguide/awscontroltowerexecution.html
KNOWN_ROLES: Final = ("OrganizationAccountAccessRole", "AWSControlTowerExecution")
_SESSION: Final = "landfall-adopt"


class Members:
    """Creates clients, and assumes a role once in each account. Thread-safe.

    `roles` are tried in order, then the known ones. `assumed` are the roles by account; `closed`
    are the accounts in which no role could be assumed, with AWS's last message.
    """

    def __init__(self, session: boto3.Session, partition: str, roles: Sequence[str]) -> None:
        # Any, because the stubs type a client only by the literal name of its service.
        self._session: Any = session
        self._partition = partition
        self._roles = tuple(dict.fromkeys((*roles, *KNOWN_ROLES)))
        self._sts: Any = session.client("sts", config=CONFIG)
        self._given: dict[str, Mapping[str, str] | None] = {}
        self._lock = threading.Lock()
        self.assumed: dict[str, str] = {}
        self.closed: dict[str, str] = {}

    def has(self, service: str, region: str) -> bool:
        """Return whether a region has a service, as far as boto3 knows."""
        with self._lock:
            return region in self._session.get_available_regions(service, self._partition)

    def client(self, account: str, service: str, region: str | None = None) -> Any:
        """Return a client in an account; None if no role can be assumed there."""
        if account not in self._given:
            self._given[account] = self._assume(account)
        given = self._given[account]
        if given is None:
            return None
        return self._client(service, region, given)

    def own(self, service: str, region: str | None = None) -> Any:
        """Return a client in the account of the credentials."""
        return self._client(service, region, {})

    def _client(self, service: str, region: str | None, given: Mapping[str, str]) -> Any:
        keys = {name: given.get(name) for name in _KEYS}
        # Share one session to load each service's model once; sessions are not thread-safe.
        with self._lock:
            return self._session.client(service, region_name=region, config=CONFIG, **keys)

    def _assume(self, account: str) -> Mapping[str, str] | None:
        said = ""
        for role in self._roles:
            try:
                given = self._sts.assume_role(
                    RoleArn=iam_arn(self._partition, account, f"role/{role}"),
                    RoleSessionName=_SESSION,
                    DurationSeconds=3600,
                )["Credentials"]
            except ClientError as error:
                if not is_denied(error):
                    raise
                said = said or error.response["Error"].get("Message", "")
                continue
            self.assumed[account] = role
            return {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        self.closed[account] = said
        return None


_KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
