"""The sandbox of a rehearsal: AWS clients of sessions, and the interface beside AWS's."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import OK, HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from landfall.aws.arns import iam_arn
from landfall.rehearsal.results import ActionError
from landfall.sandbox import accounts
from landfall.sandbox.server_process import require_loopback

PATH = "/_landfall/rehearsals"
_CONFIG = Config(
    retries={"max_attempts": 1}, s3={"addressing_style": "path"}, proxies={}, connect_timeout=10
)


_making = threading.Lock()


@lru_cache(maxsize=1)
def _boto3() -> boto3.session.Session:
    """Return the session of all clients, which keeps the models of services that it has read."""
    return boto3.session.Session()


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials of a role, or the sandbox's own."""

    key: str
    secret: str = field(repr=False)
    token: str | None = field(repr=False, default=None)

    @staticmethod
    def of(credentials: Mapping[str, Any]) -> Session:
        """Return the session of an answer of STS."""
        return Session(
            credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
        )


@dataclass(slots=True)
class Sandbox:
    """A running sandbox; `account` is its management account.

    `entry_roles` are the roles that the management account may assume in member accounts.
    """

    url: str
    account: str
    partition: str = "aws"
    entry_roles: tuple[str, ...] = ("OrganizationAccountAccessRole",)
    _own: Session = Session(accounts.ACCESS_KEY, accounts.SECRET_KEY)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _entered: dict[str, Session] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _kept: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        require_loopback(self.url)

    def client(self, service: str, region: str, session: Session | None = None) -> Any:
        """Return an AWS client of a session; of the sandbox's own user without one."""
        session = session or self._own
        key = (service, region, session.key)
        # boto3 loads a service's model when it makes a client, which threads must not do at once.
        with _making:
            if key not in self._clients:
                self._clients[key] = _boto3().client(
                    service,  # type: ignore[call-overload]
                    region_name=region,
                    endpoint_url=self.url,
                    aws_access_key_id=session.key,
                    aws_secret_access_key=session.secret,
                    aws_session_token=session.token,
                    config=_CONFIG,
                )
            return self._clients[key]

    def entered(self, account: str, region: str) -> Session:
        """Return an administrator's session in an account, for what the user would look at."""
        if account == self.account:
            return self._own
        with self._lock:
            if account not in self._entered:
                self._entered[account] = self._enter(account, region)
            return self._entered[account]

    def _enter(self, account: str, region: str) -> Session:
        last: ClientError | None = None
        for role in self.entry_roles:
            arn = iam_arn(self.partition, account, f"role/{role}")
            try:
                return self.assumed(self._own, arn, "rehearsal", region)
            except ClientError as error:
                last = error
        assert last is not None  # noqa: S101 - there is always one role
        raise last

    def assumed(self, session: Session, role: str, name: str, region: str) -> Session:
        """Return the session of a role that another session assumes; raises `ClientError`."""
        answer = self.client("sts", region, session).assume_role(RoleArn=role, RoleSessionName=name)
        return Session.of(answer["Credentials"])

    def of_service(
        self, service: str, source: str, role: str, name: str, account: str, region: str
    ) -> Session:
        """Return the session of a role that a service begins for one resource, `source`.

        Raises:
            ActionError: the role does not trust the service for it.

        """
        return Session.of(
            self.tell(
                "assume",
                service=service,
                source=source,
                role=role,
                session=name,
                account=account,
                region=region,
            )
        )

    def tell(self, do: str, **members: Any) -> Any:
        """Call the interface of `landfall.sandbox.rehearsals`.

        Raises:
            ActionError: AWS would refuse it.

        """
        body = json.dumps({"do": do, **members}).encode()
        try:
            found = self._posted(body)
        except ConnectionError:
            # The server has closed the connection of an earlier call.
            found = self._posted(body)
        if "error" in found:
            raise ActionError(found["error"]["message"], found["error"]["code"])
        return found["answer"]

    def _posted(self, body: bytes) -> dict[str, Any]:
        """Send a request on the thread's connection: a rehearsal sends some twenty a build."""
        connection = getattr(self._kept, "connection", None)
        if connection is None:
            at = urlsplit(self.url)
            connection = HTTPConnection(at.hostname or "", at.port, timeout=60)
            self._kept.connection = connection
        try:
            connection.request("POST", PATH, body)
            answer = connection.getresponse()
            text = answer.read()
        except BaseException:
            # An answer that nobody reads would be that of the next request.
            self._kept.connection = None
            raise
        if answer.status != OK:
            raise OSError(f"The sandbox answered {answer.status}: {text[:200]!r}")
        found: dict[str, Any] = json.loads(text)
        return found
