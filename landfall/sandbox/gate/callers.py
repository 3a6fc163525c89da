"""Callers: users by access key, and sessions of assumed roles.

The access key of the sandbox's own user, and any other long-lived key that no account issued,
belongs to the user `sandbox` of the management account, which has AdministratorAccess. Temporary
credentials must have been issued by this process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import IAMBackend, iam_backends

from landfall.sandbox.gate import regions
from landfall.sandbox.gate.errors import (
    AuthFailureError,
    AWSError,
    InvalidAccessKeyIdError,
    InvalidClientTokenIdError,
    UnrecognizedClientError,
)
from landfall.sandbox.gate.incoming import Scope
from landfall.sandbox.gate.request import Caller

SANDBOX_USER = "sandbox"


@dataclass(slots=True)
class Callers:
    """The identities of one sandbox, whose management account is `account`."""

    account: str = DEFAULT_ACCOUNT_ID
    _sessions: dict[str, Caller] = field(default_factory=dict)
    _sandbox: Caller | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, scope: Scope, protocol: str = "json", service: str = "") -> Caller:
        """Return the caller; raises the service's error for credentials unknown in the region."""
        found = self._find(scope, protocol, service)
        if found.principal and not regions.is_usable(found.account, service, scope.region):
            raise _unknown(protocol, service)
        return found

    def _find(self, scope: Scope, protocol: str, service: str) -> Caller:
        if not scope.access_key:
            return Caller(account=self.account, principal="")
        if (session := self._sessions.get(scope.access_key)) is not None:
            return session
        if (user := self._user(scope.access_key)) is not None:
            return user
        if scope.token:
            raise _unknown(protocol, service)
        return self.sandbox_user()

    def issue(self, access_key: str, caller: Caller) -> None:
        """Record temporary credentials issued to a caller."""
        self._sessions[access_key] = caller

    def forget(self) -> None:
        """Forget every session, as after a reset."""
        with self._lock:
            self._sessions.clear()
            self._sandbox = None

    def sandbox_user(self) -> Caller:
        """Return the sandbox's own user; created in the management account on first use."""
        if self._sandbox is not None:
            return self._sandbox
        with self._lock:
            if self._sandbox is None:
                iam: IAMBackend = iam_backends[self.account]["aws"]
                user = iam.users.get(SANDBOX_USER) or iam.create_user("aws", SANDBOX_USER)
                policy = "arn:aws:iam::aws:policy/AdministratorAccess"
                if policy not in user.managed_policies:
                    iam.attach_user_policy(policy, SANDBOX_USER)
                self._sandbox = Caller(self.account, user.arn, user.id)
        return self._sandbox

    def _user(self, access_key: str) -> Caller | None:
        for account, partitions in list(iam_backends.items()):
            for iam in list(partitions.values()):
                key = iam.access_keys.get(access_key)
                if key is not None and key.user_name in iam.users:
                    user = iam.users[key.user_name]
                    return Caller(account, user.arn, user.id)
        return None


def _unknown(protocol: str, service: str) -> AWSError:
    if service == "s3":
        return InvalidAccessKeyIdError()
    if protocol == "ec2":
        return AuthFailureError()
    return InvalidClientTokenIdError() if protocol == "query" else UnrecognizedClientError()


callers = Callers()
