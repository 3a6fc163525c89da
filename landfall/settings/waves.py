"""The destinations of an environment: its own account and region first, then its waves."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.settings.delivery import Environment


@dataclass(frozen=True, slots=True)
class Destination:
    """One account and region.

    `name` identifies it in the environment, and is empty for the first destination. `suffix` is
    appended to its role names if another destination in the same account already uses them.
    `awaited`: its service or Auto Scaling groups do not exist yet.
    """

    account: str
    region: str
    name: str
    suffix: str
    listeners: tuple[str, ...] = ()
    awaited: bool = False


def destinations(environment: Environment, home: str) -> tuple[tuple[Destination, ...], ...]:
    """Return the waves of an environment; `home` is the default region."""
    first = Destination(
        environment.account,
        environment.region or home,
        "",
        "",
        environment.listeners,
        environment.awaited,
    )
    waves: list[tuple[Destination, ...]] = [(first,)]
    accounts = {first.account}
    for wave in environment.waves:
        found = []
        for target in wave:
            region = target.region or home
            suffix = f"-{region}" if target.account in accounts else ""
            accounts.add(target.account)
            name = f"{target.account}-{region}"
            there = Destination(
                target.account, region, name, suffix, target.listeners, target.awaited
            )
            found.append(there)
        waves.append(tuple(found))
    return tuple(waves)
