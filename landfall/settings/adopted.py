"""Existing resources without an id in other settings, such as attachments, roles and detectors.

Other settings contain the desired state; this only lists what to import instead of create. After
the import, the whole key can be removed from the stack file; delegated administrators, roles and
`existing` resources then lose Pulumi's protection. Quotas stay in `existing` as long as their
setting is below their value in AWS, or their request is open.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Distinct, Settings
from landfall.settings.cross_account_access import RoleName

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html
PolicyId = Annotated[str, StringConstraints(pattern=r"^p-[0-9a-zA-Z_]{8,128}$")]
TypeToken = Annotated[
    str, StringConstraints(pattern=r"^aws:[A-Za-z0-9]+/[A-Za-z0-9]+:[A-Za-z0-9]+$")
]
ImportId = Annotated[str, StringConstraints(pattern=r"^[!-~]+( [!-~]+)*$", max_length=2048)]


class Adopted(Settings):
    """Existing resources to import, in addition to those with an id in other settings."""

    attachments: dict[PolicyId, Distinct] = Field(default_factory=dict)
    """By policy id: the ids of the root, units and accounts that the policy is attached to."""
    delegated_administrators: dict[str, Distinct] = Field(default_factory=dict)
    """By service principal: the ids of its delegated administrator accounts."""
    roles: dict[RoleName, Distinct] = Field(default_factory=dict)
    """By role name in `landfall:access`: the ids of the accounts that have the role."""
    existing: dict[TypeToken, dict[str, ImportId]] = Field(default_factory=dict)
    """By resource type and logical name: the import ids of other resources that exist, such as
    GuardDuty's detectors. `landfall takeover` writes it."""

    def attachment(self, policy_id: str | None, target_id: str | None) -> str | None:
        """Return the import id of an existing attachment; None if it must be created."""
        if policy_id is None or target_id is None:
            return None
        attached = target_id in self.attachments.get(policy_id, ())
        return f"{target_id}:{policy_id}" if attached else None

    def root_id(self) -> str | None:
        """Return the id of the root (`r-…`) if a policy is attached to it."""
        ids = (target for targets in self.attachments.values() for target in targets)
        return next((target for target in ids if target.startswith("r-")), None)

    def delegation(self, service: str, account_id: str | None) -> str | None:
        """Return the import id of an existing registration; None if it must be created."""
        registered = account_id in self.delegated_administrators.get(service, ())
        return f"{account_id}/{service}" if registered else None

    def has_role(self, role: str, account_id: str | None) -> bool:
        """Return whether the account already has the role."""
        return account_id in self.roles.get(role, ())
