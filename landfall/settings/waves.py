"""Where an environment is deployed to: its own account and region first, then wave after wave."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.settings.delivery import Environment


@dataclass(frozen=True, slots=True)
class Destination:
    """One account and region.

    `name` tells it from the environment's other ones, and is empty for the first. `suffix` is
    behind the names of its roles, where another of its destinations in that account has them.
    """

    account: str
    region: str
    name: str
    suffix: str
    listeners: tuple[str, ...] = ()


def destinations(environment: Environment, home: str) -> tuple[tuple[Destination, ...], ...]:
    """Return the waves of an environment; `home` is the region of those that name none."""
    first = Destination(
        environment.account, environment.region or home, "", "", environment.listeners
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
            found.append(Destination(target.account, region, name, suffix, target.listeners))
        waves.append(tuple(found))
    return tuple(waves)
