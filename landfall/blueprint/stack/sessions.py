"""Session Manager in the accounts of a stack, from its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from landfall.blueprint import symbols
from landfall.blueprint.log_archives import LogArchive
from landfall.blueprint.places import Place
from landfall.blueprint.sessions import (
    ENDPOINTS,
    PREFERENCES,
    Logs,
    SessionManager,
    session_key,
    session_policy,
    session_role,
)
from landfall.blueprint.stack.placed import Named, PlacedKey, PlacedPolicy, PlacedRole
from landfall.settings import keys, naming
from landfall.settings.sessions import Sessions
from landfall.settings.source import Path
from landfall.settings.stack import Stack

_SETTING: Final[Path] = (keys.BASELINE, "sessions")


def of_accounts(stack: Stack) -> Mapping[str, Sessions]:
    """Return the settings of each member account with Session Manager."""
    return stack.once(_of_accounts)


def _of_accounts(stack: Stack) -> dict[str, Sessions]:
    found = {}
    for account in stack.accounts:
        baseline = stack.baseline_of(account)
        enabled = baseline.enabled and baseline.sessions.enabled
        if enabled and not stack.is_suspended(account):
            found[account] = baseline.sessions
    return found


def regions(stack: Stack, settings: Sessions) -> list[str]:
    """Return the regions with preferences, in the stack's order."""
    return [each for each in stack.regions if each in (settings.regions or stack.regions)]


def is_logged(stack: Stack) -> bool:
    """Return whether an account logs its sessions to the log archive."""
    return any(settings.logs for settings in of_accounts(stack).values())


def described(
    stack: Stack, account: str, region: str, archive: LogArchive | None
) -> SessionManager:
    """Return Session Manager in a region of an account."""
    settings = of_accounts(stack)[account]
    logs = archive.of_sessions if archive is not None and settings.logs else None
    return SessionManager(
        Place(stack.partition, region, symbols.account(account)),
        None if logs is None else Logs(logs.bucket, symbols.LOG_KEY),
        settings.encrypt,
        settings.run_as,
        settings.idle_minutes,
        settings.max_minutes,
    )


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the role of instances in each account."""
    for account in of_accounts(stack):
        role = session_role(Place(stack.partition, stack.region, symbols.account(account)))
        yield PlacedRole(account, stack.region, _SETTING, role)


def policies(stack: Stack, archive: LogArchive | None) -> Iterator[PlacedPolicy]:
    """Yield the policy of instances in each account."""
    for account in of_accounts(stack):
        here = described(stack, account, stack.region, archive)
        yield PlacedPolicy(account, _SETTING, session_policy(here))


def placed_keys(stack: Stack) -> Iterator[PlacedKey]:
    """Yield the keys of sessions."""
    for account, settings in of_accounts(stack).items():
        for region in regions(stack, settings) if settings.encrypt else ():
            key = session_key(Place(stack.partition, region, symbols.account(account)))
            yield PlacedKey(account, region, _SETTING, key)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the preferences, the instance profiles and the endpoints."""
    for account, settings in of_accounts(stack).items():
        name = naming.SESSIONS
        yield Named("instance-profile", account, stack.global_region, name, _SETTING)
        for region in regions(stack, settings):
            yield Named("session-preferences", account, region, PREFERENCES, _SETTING)
        for endpoints in settings.endpoints:
            for _ in ENDPOINTS:
                region = endpoints.region or stack.region
                yield Named("vpc-endpoint", account, region, "*", _SETTING)
