"""What a blueprint consists of: roles, policies and named resources, each in its account."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from landfall.blueprint.roles import Policy, Role
from landfall.settings.source import Path

Kind = Literal["pipeline", "project", "log-group", "rule", "topic"]


@dataclass(frozen=True, slots=True)
class PlacedRole:
    """A role of an account.

    `region` is where it works. `setting` is the path in the stack file that it comes from.
    """

    account: str
    region: str
    setting: Path
    role: Role


@dataclass(frozen=True, slots=True)
class PlacedPolicy:
    """A customer managed policy of an account."""

    account: str
    setting: Path
    policy: Policy


@dataclass(frozen=True, slots=True)
class Named:
    """A regional resource that a role uses, or that a guardrail may name."""

    kind: Kind
    account: str
    region: str
    name: str
    setting: Path


@dataclass(frozen=True)
class Blueprint:
    """Everything of a stack that has permissions, and the names beside it.

    `account` is an account's key in the stack file; `naming.MANAGEMENT` is the management account.
    """

    roles: tuple[PlacedRole, ...]
    policies: tuple[PlacedPolicy, ...]
    resources: tuple[Named, ...]

    @cached_property
    def by_name(self) -> dict[tuple[str, str], PlacedRole]:
        """The roles by their account and name."""
        return {(each.account, each.role.name): each for each in self.roles}
