"""Permission sets of IAM Identity Center: what people may do in the accounts given to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.blueprint.roles import Role
from landfall.blueprint.statements import Statement


@dataclass(frozen=True, slots=True)
class Assigned:
    """An account, by its key, in which a group has a permission set; or a user, without a group."""

    group: str | None
    account: str
    user: str | None = None


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """One permission set, and who has it where.

    `managed` are policies of AWS by ARN. `customer_managed` and `boundary` are policies that each
    account has, by name with the path in front; `boundary` may be a policy of AWS by ARN instead.
    """

    name: str
    description: str | None = None
    statements: Sequence[Statement] = ()
    managed: tuple[str, ...] = ()
    customer_managed: tuple[str, ...] = ()
    boundary: str | None = None
    session_hours: int = 1
    relay_state: str | None = None
    assigned: tuple[Assigned, ...] = ()

    @property
    def accounts(self) -> list[str]:
        """The accounts in which somebody has it, each once."""
        return list(dict.fromkeys(each.account for each in self.assigned))

    def role(self, region: str) -> Role:
        """Return the role that AWS makes for it in each account, from Identity Center's region.

        AWS chooses the end of the name, for which `*` stands here.
        https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
        """
        place = "" if region == "us-east-1" else f"{region}/"
        return Role(
            f"AWSReservedSSO_{self.name}_*",
            (),
            {self.name: self.statements} if self.statements else {},
            description=self.description,
            managed=self.managed,
            session_hours=self.session_hours,
            path=f"/aws-reserved/sso.amazonaws.com/{place}",
        )
