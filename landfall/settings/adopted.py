"""What exists already and has no id of its own in the settings: attachments, delegations, roles.

The desired state stands elsewhere; this only says what is imported instead of made. Once it is
imported the whole key may be taken out of the stack file.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Distinct, Settings
from landfall.settings.cross_account_access import RoleName

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html
PolicyId = Annotated[str, StringConstraints(pattern=r"^p-[0-9a-zA-Z_]{8,128}$")]


class Adopted(Settings):
    """What exists already and is imported, beside what the settings name by id."""

    attachments: dict[PolicyId, Distinct] = Field(default_factory=dict)
    """By a policy's id: the ids of the root, units and accounts that it is attached to."""
    delegated_administrators: dict[str, Distinct] = Field(default_factory=dict)
    """By a service's principal: the ids of the accounts that are registered for it."""
    roles: dict[RoleName, Distinct] = Field(default_factory=dict)
    """By a role's name in `landfall:access`: the ids of the accounts that have it."""

    def attachment(self, policy_id: str | None, target_id: str | None) -> str | None:
        """Return the import id of an attachment that exists; None where it is to be made."""
        if policy_id is None or target_id is None:
            return None
        attached = target_id in self.attachments.get(policy_id, ())
        return f"{target_id}:{policy_id}" if attached else None

    def root_id(self) -> str | None:
        """Return the id of the root (`r-…`) where a policy is attached to it."""
        ids = (target for targets in self.attachments.values() for target in targets)
        return next((target for target in ids if target.startswith("r-")), None)

    def delegation(self, service: str, account_id: str | None) -> str | None:
        """Return the import id of a registration that exists; None where it is to be made."""
        registered = account_id in self.delegated_administrators.get(service, ())
        return f"{account_id}/{service}" if registered else None

    def has_role(self, role: str, account_id: str | None) -> bool:
        """Tell whether the account has the role already."""
        return account_id in self.roles.get(role, ())
