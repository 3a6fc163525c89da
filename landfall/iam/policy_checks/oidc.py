"""Subjects of OIDC tokens: which workflows the conditions on a token allow.

`landfall.aws.token_issuers` says what the parts of a subject name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from landfall.aws import token_issuers
from landfall.aws.token_issuers import ORDER, Width
from landfall.iam.documents import Condition

# Claims besides `sub` that name the token's owner (AWS: 'Available keys for AWS OIDC federation').
_NAMING: Final = frozenset(
    {
        "app_id",
        "enterprise_id",
        "google/organization_number",
        "job_workflow_ref",
        "oaud",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "sub",
        "user_id",
    }
)
_OF_OWNERS: Final = frozenset({"enterprise_id", "repository_owner", "repository_owner_id"})
_COMPARES: Final = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
)


@dataclass(frozen=True, slots=True)
class Demand:
    """The narrowest condition on the token's owner; `value` is the widest of its values."""

    width: Width
    value: str
    condition: Condition | None


def demanded(conditions: Iterable[Condition], claim: str) -> bool:
    """Return whether conditions require one of some values of a claim."""
    return any(
        _claim(one) == claim and all(value.strip("*?") for value in one.values)
        for one in conditions
        if compares(one)
    )


def subject(conditions: Iterable[Condition]) -> Demand:
    """Return whom the conditions on a token allow."""
    best = Demand(Width.ANYBODY, "", None)
    for condition in conditions:
        if not compares(condition) or _claim(condition) not in _NAMING or not condition.values:
            continue
        host = condition.key.rsplit(":", 1)[0]
        width, value = max(
            ((width_of(_claim(condition), one, host), one) for one in condition.values),
            key=lambda pair: ORDER.index(pair[0]),
        )
        if best.condition is None or ORDER.index(width) < ORDER.index(best.width):
            best = Demand(width, value, condition)
    return best


def compares(condition: Condition) -> bool:
    """Return whether a condition is true only if its key is present and has one of its values."""
    return (
        condition.operator in _COMPARES
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"
    )


def width_of(claim: str, value: str, host: str) -> Width:
    """Return whom a value of a claim allows; `host` is the issuer's URL without scheme."""
    if claim == "sub":
        return token_issuers.width(token_issuers.of_host(host), value)
    literal = value.split("*")[0].split("?")[0]
    if claim in _OF_OWNERS and literal == value:
        return Width.OWNER
    if literal == value:
        return Width.NAMED
    if claim in ("repository", "job_workflow_ref") and "/" in literal:
        return Width.OWNER
    return Width.ANYBODY


def _claim(condition: Condition) -> str:
    key = condition.key.lower()
    return key.rsplit(":", 1)[-1] if ":" in key else ""
