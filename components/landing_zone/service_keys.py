"""The keys of topics, secrets and traces: one for each account and region that has any."""

import pulumi

from components.delivery.service_key import ServiceKey
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack, naming
from landfall.settings.delivery import Application
from landfall.settings.readiness import own_alarms
from landfall.settings.waves import destinations

Place = tuple[str, str]
"""An account's name and a region."""


class ServiceKeys:
    """Makes the keys that a stack's applications need, and tells their ARNs."""

    def __init__(self, stack: Stack, foundation: Foundation, hub: str) -> None:
        self._stack, self._foundation, self._hub = stack, foundation, hub
        self._topics: dict[Place, list[str]] = {}
        self._alarms: dict[str, None] = {hub: None}
        self._secrets: set[Place] = set()
        places: dict[Place, None] = {}
        for name, application in stack.delivery.applications.items():
            places |= dict.fromkeys(self._uses(name, application))
        if stack.provisioning is not None and stack.provisioning.source is not None:
            home: Place = (hub, stack.region)
            self._topics.setdefault(home, []).append(naming.provisioning_topic(stack.name))
            places[home] = None
        self._keys = {place: self._make(place) for place in places}

    def arn(self, account: str, region: str) -> pulumi.Output[str]:
        """Return the key's ARN; only for places where the settings need one."""
        return self._keys[account, region].key_arn

    @property
    def places(self) -> list[Place]:
        """The places that have a key."""
        return list(self._keys)

    def _uses(self, name: str, application: Application) -> list[Place]:
        home: Place = (self._hub, self._stack.region)
        found: list[Place] = []
        if application.observability.told:
            self._topics.setdefault(home, []).append(naming.topic(name))
            if application.observability.chat is not None:
                self._topics[home].append(naming.chat_topic(name))
            found.append(home)
        if any(secret.variable for secret in application.secrets.values()):
            self._secrets.add(home)
            found.append(home)
        held = any(not secret.variable for secret in application.secrets.values())
        for settings in application.environments.values():
            deploy = settings.deploy or application.deploy
            for wave in destinations(settings, self._stack.region):
                for there in wave:
                    place = (there.account, there.region)
                    if own_alarms("", settings, deploy) and there.region == self._stack.region:
                        self._alarms[there.account] = None
                    if held:
                        self._secrets.add(place)
                    if held or application.observability.tracing:
                        found.append(place)
        return found

    def _make(self, place: Place) -> ServiceKey:
        account, region = place
        accounts = self._foundation.accounts
        return ServiceKey(
            f"{account}-delivery-{region}",
            {
                "account_id": accounts[account].account_id,
                "region": region,
                "partition": self._stack.partition,
                "topics": self._topics.get(place, []),
                "alarm_account_ids": [accounts[name].account_id for name in self._alarms],
                "secrets": place in self._secrets,
                "protected": not self._stack.artifacts.force_destroy,
            },
            opts=self._foundation.in_account(account),
        )
