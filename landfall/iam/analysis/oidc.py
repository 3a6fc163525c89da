"""Subjects of OIDC tokens: whose workflows a condition on `sub` lets in.

GitHub Docs: 'OpenID Connect reference'; GitLab Docs: 'OpenID Connect in AWS'. Other providers'
subjects are compared as texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from landfall.iam.documents import Condition, Statement

GITHUB: Final = "token.actions.githubusercontent.com"
# Providers that issue tokens to whoever has an account there: without a subject everybody gets in.
SHARED: Final = frozenset(
    {
        GITHUB,
        "accounts.google.com",
        "agent.buildkite.com",
        "app.terraform.io",
        "cognito-identity.amazonaws.com",
        "gitlab.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
# Claims beside `sub` that name whose token it is (AWS: 'Available keys for AWS OIDC federation').
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


class Width(Enum):
    """Whom a subject lets in, the narrowest first."""

    NAMED = "a named repository, environment or user"
    REPOSITORY = "every branch, tag and pull request of a repository"
    OWNER = "every repository of an owner"
    ANYBODY = "anybody of the provider"


_ORDER: Final = list(Width)


@dataclass(frozen=True, slots=True)
class Demand:
    """The narrowest condition on whose token it is; `value` is the widest of its values."""

    width: Width
    value: str
    condition: Condition | None


def demanded(statement: Statement, claim: str) -> bool:
    """Tell whether a statement demands one of some values of a claim."""
    return any(
        _claim(one) == claim and "*" not in one.values
        for one in statement.conditions
        if compares(one)
    )


def subject(statement: Statement) -> Demand:
    """Return whom a statement's conditions on the token let in."""
    best = Demand(Width.ANYBODY, "", None)
    for condition in statement.conditions:
        if not compares(condition) or _claim(condition) not in _NAMING or not condition.values:
            continue
        width, value = max(
            ((width_of(_claim(condition), one), one) for one in condition.values),
            key=lambda pair: _ORDER.index(pair[0]),
        )
        if best.condition is None or _ORDER.index(width) < _ORDER.index(best.width):
            best = Demand(width, value, condition)
    return best


def compares(condition: Condition) -> bool:
    """Tell whether a condition holds only where its key is there and has one of the values."""
    return (
        condition.operator in _COMPARES
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"
    )


def width_of(claim: str, value: str) -> Width:
    """Return whom one value of a claim lets in."""
    literal = value.split("*")[0].split("?")[0]
    if claim in _OF_OWNERS and literal == value:
        return Width.OWNER
    if claim not in ("sub", "repository", "job_workflow_ref"):
        return Width.NAMED if literal == value else Width.ANYBODY
    if claim == "sub":
        return _of_subject(value, literal)
    if literal == value:
        return Width.NAMED
    return Width.OWNER if "/" in literal else Width.ANYBODY


def _of_subject(value: str, literal: str) -> Width:
    """Judge `repo:OWNER/NAME:...` and `project_path:GROUP/NAME:...`: the second part says whose.

    A wildcard may stand there only behind the slash.
    """
    parts = [part for part in value.split(":") if part]
    if not parts or not literal:
        return Width.ANYBODY
    place = min(1, len(parts) - 1)
    owner = parts[place]
    kept = owner.split("*")[0].split("?")[0]
    if any("*" in part or "?" in part for part in parts[:place]):
        return Width.ANYBODY
    if kept != owner:
        return Width.OWNER if "/" in kept else Width.ANYBODY
    wild = any(part.strip("*") == "" for part in parts[place + 1 :])
    return Width.REPOSITORY if wild and len(parts) == place + 2 else Width.NAMED


def _claim(condition: Condition) -> str:
    key = condition.key.lower()
    return key.rsplit(":", 1)[-1] if ":" in key else ""
