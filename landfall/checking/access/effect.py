"""The access that one identity has and another does not, in few lines, most dangerous first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns
from landfall.iam.documents import Effect
from landfall.iam.effective_access import Grant, Hold, Identity, effective
from landfall.iam.effective_access.sets import AccessSet

# AWS's access levels, and the verb for each in a report.
LEVELS: Final[Mapping[str, str]] = {
    "Permissions management": "changes permissions by",
    "Tagging": "tags",
    "Write": "writes",
    "Read": "reads",
    "List": "lists",
    "": "also",
}
_MOST_ACTIONS: Final = 4
_MOST_SERVICES: Final = 8
_MOST_RESOURCES: Final = 2
_MOST_ASKED: Final = 40
_NEARLY_ALL: Final = 0.8
# Resources, excluded resources, and conditions.
_Where = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_NOBODY: Final = Identity(policies=())


@dataclass(frozen=True, slots=True)
class Access:
    """Access of one level, on the same resources under the same conditions.

    `services` maps each service to its action names, without the service prefix.
    """

    level: str
    services: Mapping[str, frozenset[str]]
    resources: tuple[str, ...]
    outside: tuple[str, ...]
    conditions: tuple[str, ...]

    def __str__(self) -> str:
        places = self.resources
        on = "" if "*" in places else f" on {_some(places, _MOST_RESOURCES, 'resources')}"
        but = f" except {_some(self.outside, _MOST_RESOURCES, 'others')}" if self.outside else ""
        if_ = f", if {' and '.join(self.conditions)}" if self.conditions else ""
        return f"{LEVELS[self.level]} {self._listed()}{on}{but}{if_}"

    def _listed(self) -> str:
        if len(self.services) > _MOST_SERVICES:
            count = sum(map(len, self.services.values()))
            return f"{len(self.services)} services ({count:,} actions)"
        parts = []
        for service, names in sorted(self.services.items()):
            if len(names) > _MOST_ACTIONS:
                parts.append(f"{service} ({len(names)} actions)")
            else:
                parts += [f"{service}:{name}" for name in sorted(names)]
        return ", ".join(parts)


@lru_cache(maxsize=1024)
def gained(after: Identity | None, before: Identity | None) -> tuple[Access, ...]:
    """Return the access that `after` has and `before` lacks; None is a missing identity."""
    if after is None:
        return ()
    left, right = _access(after), _access(before or _NOBODY)
    more = [grant for each in _asked(after) for grant in left.difference(right, action=each)]
    return tuple(_collected(more, left))


def is_administrators(found: Iterable[Access]) -> bool:
    """Return whether access covers nearly all services, on all resources, and IAM permissions."""
    everywhere = [each for each in found if "*" in each.resources and not each.conditions]
    services = {service for each in everywhere for service in each.services}
    iam = any(
        each.level == "Permissions management" and "iam" in each.services for each in everywhere
    )
    return iam and len(services) > _NEARLY_ALL * len(actions.services())


def summary(found: Iterable[Access]) -> str:
    """Return the services of each access level, in one line."""
    services: dict[str, set[str]] = defaultdict(set)
    for each in found:
        services[LEVELS[each.level]].update(each.services)
    parts = []
    for level in (level for level in LEVELS.values() if level in services):
        names = sorted(services[level])
        many = len(names) > _MOST_SERVICES
        parts.append(f"{level} {f'{len(names)} services' if many else ', '.join(names)}")
    return "; ".join(parts) or "no access"


def _asked(identity: Identity) -> tuple[str, ...]:
    """Return the action patterns to check: only the listed services, if they are few.

    Checking every AWS action takes a hundred times as long.
    """
    services: set[str] = set()
    for _, document in identity.policies:
        for statement in document.statements:
            if statement.effect is Effect.ALLOW:
                named = statement.actions or ("*",)
                services.update(action.lower().partition(":")[0] for action in named)
    if len(services) > _MOST_ASKED or any(patterns.has_wildcard(name) for name in services):
        return ("*",)
    return tuple(f"{service}:*" for service in sorted(services))


@lru_cache(maxsize=512)
def _access(identity: Identity) -> AccessSet:
    return effective(identity)


def _collected(grants: Iterable[Grant], access: AccessSet) -> Iterator[Access]:
    found: dict[tuple[str, _Where], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for grant in grants:
        where = (grant.resources, grant.outside, grant.conditions)
        for pattern in grant.actions:
            for name in _meant(pattern, access):
                known = actions.find(name)
                service, _, action = (known.name if known else name).partition(":")
                found[_level(known), where][service].add(action)
    ranks = list(LEVELS)
    for key in sorted(found, key=lambda key: (ranks.index(key[0]), key[1])):
        services = {service: frozenset(names) for service, names in found[key].items()}
        yield Access(key[0], services, *key[1])


def _meant(pattern: str, access: AccessSet) -> Iterator[str]:
    """Yield the actions that a grant's pattern matches and that the identity really has.

    A pattern may match more: actions that a boundary or a deny removes.
    """
    names = sorted(actions.expand(pattern)) or [pattern]
    if len(names) > 1 and _is_limited(access):
        names = [name for name in names if access.can(name) is not Hold.NO]
    yield from names


def _is_limited(access: AccessSet) -> bool:
    return len(access.layers) > 1 or any(
        statement.effect is Effect.DENY
        for _, document in access.identity.policies
        for statement in document.statements
    )


def _level(action: actions.Action | None) -> str:
    """Return the most dangerous level of an action, which may have two: `Tagging, Write`."""
    named = action.access_level if action else ""
    return next((level for level in LEVELS if level and level in named), "")


def _some(texts: tuple[str, ...], most: int, what: str) -> str:
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more {what}"
