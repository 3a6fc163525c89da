"""boto3 clients in the account and region of a resource's provider."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import boto3
from botocore.config import Config

from landfall import service_models
from landfall.recovery.creations import Resource, is_unknown
from landfall.recovery.identities import Client

# Organizations throttles; look-ups are few and can wait.
RETRIES: Final = Config(retries={"mode": "standard", "max_attempts": 10})
"""Many look-ups side by side are throttled."""

_CONFIG: Final = RETRIES.merge(Config(connect_timeout=10, read_timeout=60))
_SESSION_NAME: Final = "landfall-recovery"

# Any, because the stubs type a client only by the literal name of its service.
Session = Any
OpenSession = Callable[[str | None, str | None], Session]
"""Returns a session of the caller, for an optional profile and region."""


def of_shell(profile: str | None, region: str | None) -> Session:
    """Return a session with the environment's credentials, which the engine also uses."""
    return boto3.Session(profile_name=profile, region_name=region)


class Clients:
    """Create clients as the AWS providers of a stack do; assume each role once."""

    def __init__(
        self,
        open_session: OpenSession = of_shell,
        endpoint: str | None = None,
        config: Config = _CONFIG,
    ) -> None:
        service_models.share()  # a session for each role would read all models again
        self._open, self._endpoint, self._config = open_session, endpoint, config
        self._sessions: dict[tuple[str, str | None], Session] = {}
        self._lock = threading.Lock()

    def of(self, resource: Resource, providers: Iterable[Resource]) -> Client | None:
        """Return a client factory for the resource's account and region.

        `providers` are the stack's. None if the provider's account is not known yet.
        """
        urn = provider_urn(resource)
        provider = next((each for each in providers if each["urn"] == urn), None)
        inputs = (provider or {}).get("inputs", {})
        if provider is None or any(map(is_unknown, inputs.values())):
            return None
        region = resource.get("inputs", {}).get("region") or inputs.get("region")
        session = self._session(urn, inputs, region)

        def client(service: str) -> Any:
            with self._lock:  # sessions are not safe to share between threads, clients are
                return session.client(service, endpoint_url=self._endpoint, config=self._config)

        return client

    def _session(self, urn: str, inputs: dict[str, Any], region: str | None) -> Session:
        with self._lock:
            if (urn, region) not in self._sessions:
                self._sessions[urn, region] = self._assumed(inputs, region)
            return self._sessions[urn, region]

    def _assumed(self, inputs: dict[str, Any], region: str | None) -> Session:
        session = self._open(inputs.get("profile"), region)
        for role in assumed_roles(inputs):
            sts = session.client("sts", endpoint_url=self._endpoint, config=self._config)
            external = {"ExternalId": role["externalId"]} if role.get("externalId") else {}
            got = sts.assume_role(
                RoleArn=role["roleArn"], RoleSessionName=_SESSION_NAME, **external
            )["Credentials"]
            session = boto3.Session(
                got["AccessKeyId"],
                got["SecretAccessKey"],
                got["SessionToken"],
                region_name=region or session.region_name,
            )
        return session


def provider_urn(resource: Resource) -> str:
    """Return the URN of a resource's provider, from its reference `URN::ID`."""
    return str(resource.get("provider", "")).rpartition("::")[0]


def assumed_roles(provider_inputs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the chain of roles that a provider assumes."""
    # The engine stores a provider's structured inputs as JSON text.
    roles = provider_inputs.get("assumeRoles") or []
    if isinstance(roles, str):
        roles = json.loads(roles)
    return [role for role in roles if role.get("roleArn")]
