"""Rule of administrators: every action on every resource, and no Deny of the worst ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam import patterns
from landfall.iam.policy_checks.findings import Finding, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.rules import Severity

ADMINISTRATOR: Final = rule(
    "administrator",
    "administrator",
    Severity.HIGH,
    "every action is allowed on every resource, including IAM",
    "Name the services and actions that are needed; a boundary or SCP that denies IAM limits it.",
)
# An identity with these can grant itself all others (docs/decisions/0005).
_WORST: Final = ("iam:AttachRolePolicy", "iam:CreateUser", "iam:PassRole")


def check(examined: Examined) -> Iterator[Finding]:
    """Yield the statements that effectively make an administrator."""
    for placed in administrating(examined):
        yield ADMINISTRATOR.at(
            placed.policy,
            placed.statement,
            "allows every action on every resource, and nothing denies IAM",
            element="Action",
        )


def administrating(examined: Examined) -> list[Placed]:
    """Return the statements that allow everything, if nothing limits them."""
    wide = [one for one in examined.allows if one.is_unconditional and _is_everything(one)]
    return wide if wide and all(map(examined.holds, _WORST)) else []


def _is_everything(placed: Placed) -> bool:
    statement = placed.statement
    return "*" in statement.resources and any(map(is_every_action, statement.actions))


def is_every_action(pattern: str) -> bool:
    """Return whether an action pattern matches all actions."""
    return not pattern.strip("*:") and patterns.covers(pattern, "*:*", case_sensitive=False)
