"""The keys for topics, secrets and traces: one for each account and region that needs one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from landfall.blueprint import symbols
from landfall.blueprint.service_keys import ServiceKey, service_key
from landfall.blueprint.stack.placed import PlacedKey
from landfall.blueprint.stack.scope import Scope, application_path
from landfall.settings import keys, naming, repositories
from landfall.settings.delivery import Application
from landfall.settings.readiness import own_alarms
from landfall.settings.source import Path
from landfall.settings.waves import destinations

Where = tuple[str, str]
"""An account's key and a region."""


@dataclass
class _Uses:
    """What is encrypted where; `settings` has the places in their order."""

    topics: dict[Where, list[str]] = field(default_factory=dict)
    alarms: dict[str, None] = field(default_factory=dict)
    secrets: set[Where] = field(default_factory=set)
    traces: set[Where] = field(default_factory=set)
    repositories: set[Where] = field(default_factory=set)
    settings: dict[Where, Path] = field(default_factory=dict)


def described(scope: Scope) -> dict[Where, ServiceKey]:
    """Return what makes the key of each place that has one."""
    uses = _uses(scope)
    alarm_accounts = [symbols.account(account) for account in uses.alarms]
    return {
        where: ServiceKey(
            scope.place(*where),
            uses.topics.get(where, []),
            alarm_accounts,
            where in uses.secrets,
            where in uses.traces,
            where in uses.repositories,
        )
        for where in uses.settings
    }


def is_shared(scope: Scope, account: str, key: ServiceKey) -> bool:
    """Return whether pipelines use a key, and not only what is in its account."""
    return account == scope.hub or key.repositories


def placed_keys(scope: Scope) -> Iterator[PlacedKey]:
    """Yield the keys."""
    settings = _uses(scope).settings
    for where, found in described(scope).items():
        yield PlacedKey(*where, settings[where], service_key(found))


def _uses(scope: Scope) -> _Uses:
    stack, home = scope.stack, (scope.hub, scope.stack.region)
    uses = _Uses(alarms={scope.hub: None})
    for name, application in stack.delivery.applications.items():
        for where in _of_application(scope, name, application, uses):
            uses.settings.setdefault(where, application_path(name))
    if stack.provisioning is not None and stack.provisioning.source is not None:
        uses.topics.setdefault(home, []).append(naming.provisioning_topic(stack.name))
        uses.settings.setdefault(home, (keys.PROVISIONING,))
    return uses


def _of_application(
    scope: Scope, name: str, application: Application, uses: _Uses
) -> Iterator[Where]:
    """Note what an application encrypts, and yield where."""
    home: Where = (scope.hub, scope.stack.region)
    told = application.observability
    if told.told:
        uses.topics.setdefault(home, []).append(naming.topic(name))
        if told.chat is not None:
            uses.topics[home].append(naming.chat_topic(name))
        yield home
    if any(secret.variable for secret in application.secrets.values()):
        uses.secrets.add(home)
        yield home
    elsewhere = repositories.elsewhere(scope.stack, application)
    if elsewhere is not None:
        uses.repositories.add((elsewhere, scope.stack.region))
        yield elsewhere, scope.stack.region
    held = any(not secret.variable for secret in application.secrets.values())
    for environment, settings in application.environments.items():
        alarms = own_alarms(environment, settings, settings.deploy or application.deploy)
        for wave in destinations(settings, scope.stack):
            for there in wave:
                if alarms and there.region == scope.stack.region:
                    uses.alarms[there.account] = None
                if held:
                    uses.secrets.add((there.account, there.region))
                if told.tracing:
                    uses.traces.add((there.account, there.region))
                if held or told.tracing:
                    yield there.account, there.region
