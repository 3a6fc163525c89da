"""Rules of wildcards: all actions of a service, NotAction, NotResource."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns
from landfall.iam.policy_checks.administrator import administrating, is_every_action
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.rules import Severity

WHOLE_SERVICE: Final = rule(
    "whole-service",
    "wildcards",
    Severity.MEDIUM,
    "all actions of a service are allowed on every resource",
    "Name the actions that are needed, or the resources they are needed on.",
)
NOT_ACTION: Final = rule(
    "allow-not-action",
    "wildcards",
    Severity.MEDIUM,
    "all but a few actions are allowed",
    "List the actions that are needed. NotAction in an Allow denies nothing: another statement can "
    "allow what it excludes, and actions that AWS adds later are allowed too.",
)
NOT_RESOURCE: Final = rule(
    "allow-not-resource",
    "wildcards",
    Severity.MEDIUM,
    "all but a few resources are allowed",
    "List the resources that are needed; to exclude some, deny them.",
)


def check(examined: Examined) -> Iterator[Finding]:
    """Yield statements of the identity that allow by wildcard or by exception."""
    above = {id(one.statement) for one in administrating(examined)}
    for placed in examined.allows:
        statement = placed.statement
        if id(statement) in above or not placed.is_unconditional:
            continue
        if statement.not_actions and _everywhere(placed):
            excepted = listed(statement.not_actions)
            message = f"allows every action of AWS but {excepted}"
            yield NOT_ACTION.at(placed.policy, statement, message, element="NotAction")
        if statement.not_resources:
            message = f"allows every resource but {listed(statement.not_resources)}"
            yield NOT_RESOURCE.at(placed.policy, statement, message, element="NotResource")
        if _everywhere(placed):
            whole = [one for one in statement.actions if is_whole_service(one)]
            if whole and _is_held(examined, whole):
                message = f"allows {listed(whole)} on every resource"
                yield WHOLE_SERVICE.at(placed.policy, statement, message, element="Action")


def _everywhere(placed: Placed) -> bool:
    return "*" in placed.statement.resources or bool(placed.statement.not_resources)


def _is_held(examined: Examined, whole: list[str]) -> bool:
    """Return whether anything of a service is allowed after denies, boundary and SCPs."""
    if not examined.around and not any(not one.allows for one in examined.own):
        return True
    return any(
        examined.holds(name)
        for one in whole[:20]
        for name in _samples(one.partition(":")[0].lower())
    )


@lru_cache(maxsize=1024)
def _samples(service: str) -> tuple[str, ...]:
    """Return an action of each access level, so that a deny of some does not hide the rest."""
    found: dict[str, str] = {}
    for each in actions.matching(f"{service}:*"):
        found.setdefault(each.access_level, each.name)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def is_whole_service(action: str) -> bool:
    """Return whether a pattern matches all of a service that allows narrower statements.

    Some services, such as AWS Support, have no resources; `*` is correct there.
    """
    service, _, name = action.partition(":")
    if patterns.has_wildcard(service) or "*" not in name or name.strip("*?"):
        return is_every_action(action)
    known = actions.matching(f"{service}:*")
    return not known or any(each.has_resource_level for each in known)
