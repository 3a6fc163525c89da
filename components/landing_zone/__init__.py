"""The landing zone of a stack: creates components from settings.

The only place that uses both. Each component takes plain values and works without these
settings.
"""

from typing import Any

import pulumi

from components.artifacts import ArtifactStore
from components.delivery.pipeline import Pipeline
from components.landing_zone import renames, takeover
from components.landing_zone.aliases import name_accounts
from components.landing_zone.backups import back_up
from components.landing_zone.baseline import Baselines
from components.landing_zone.cross_account_roles import Access
from components.landing_zone.delivery import Delivery
from components.landing_zone.foundation import Foundation
from components.landing_zone.full_access import register_full_access
from components.landing_zone.provisioning import has_pipelines, provision
from components.landing_zone.register import register_accounts, register_names
from components.landing_zone.security import Security
from landfall.settings import Stack, prerequisites
from landfall.settings.readiness import notes

__all__ = ["LandingZone"]


class LandingZone:
    """Creates the components of one stack, and collects the program's outputs."""

    def __init__(self, stack: Stack) -> None:
        renames.follow(stack)
        takeover.follow(stack)
        foundation = Foundation(stack)
        self.organization = foundation.organization
        self.accounts = foundation.accounts
        register_accounts(stack, foundation)
        register_names(stack)
        register_full_access(stack, foundation)
        name_accounts(stack, foundation)
        Baselines(stack, foundation)
        back_up(stack, foundation)
        access = Access(stack, foundation)
        self.roles = access.roles
        self.stores: dict[str, ArtifactStore] = {}
        self.pipelines: dict[str, Pipeline] = {}
        delivery: Delivery | None = None
        if stack.delivery.applications or has_pipelines(stack):
            delivery = Delivery(stack, foundation, access)
            self.stores, self.pipelines = delivery.stores, delivery.pipelines
        self.provisioning = provision(stack, foundation, delivery)
        for note in (*notes(stack), *prerequisites.notes(stack)):
            pulumi.log.warn(f"{note.what}: {note.fix}")

        self.security = self._security(stack, foundation)

    def _security(self, stack: Stack, foundation: Foundation) -> Security | None:
        audit = stack.account_with_purpose("audit")
        archive = stack.account_with_purpose("log-archive")
        if stack.security is None or audit is None or archive is None:
            return None
        return Security(stack, stack.security, foundation, audit, archive)

    def exports(self) -> dict[str, Any]:
        """Return the program's outputs: ids, ARNs and names."""
        return {
            "organizationId": self.organization.organization_id,
            "managementAccountId": self.organization.management_account_id,
            "units": self.organization.unit_ids,
            "accounts": {name: account.account_id for name, account in self.accounts.items()},
            "roles": {name: role.role_arn for name, role in self.roles.items()},
            "artifactStores": {
                region: {"bucket": store.bucket_name, "keyArn": store.key_arn}
                for region, store in self.stores.items()
            },
            "provisioning": self.provisioning,
            "pipelines": {name: p.pipeline_arn for name, p in self.pipelines.items()},
            "security": self._security_exports(),
        }

    def _security_exports(self) -> dict[str, Any]:
        """Return the log bucket and the findings topic, if they exist."""
        found: dict[str, Any] = {}
        if self.security is not None and self.security.archive is not None:
            found["logBucket"] = self.security.archive.bucket_name
        if self.security is not None and self.security.topic_arn is not None:
            found["findingsTopic"] = self.security.topic_arn
        return found
