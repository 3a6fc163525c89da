"""The whole landing zone of a stack: settings in, components out.

The one place that knows both. Each component takes plain values, and is of use without these
settings.
"""

from typing import Any

from components.artifacts import ArtifactStore
from components.delivery.pipeline import Pipeline
from components.landing_zone.access import Access
from components.landing_zone.delivery import Delivery
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack


class LandingZone:
    """Makes the components of one stack, and keeps what the program exports."""

    def __init__(self, stack: Stack) -> None:
        foundation = Foundation(stack)
        self.organization = foundation.organization
        self.accounts = foundation.accounts
        self.roles = Access(stack, foundation).roles
        self.stores: dict[str, ArtifactStore] = {}
        self.pipelines: dict[str, Pipeline] = {}
        if stack.delivery.applications:
            delivery = Delivery(stack, foundation)
            self.stores, self.pipelines = delivery.stores, delivery.pipelines

    def exports(self) -> dict[str, Any]:
        """Return what a team needs next: ids, ARNs and names."""
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
            "pipelines": {name: p.pipeline_arn for name, p in self.pipelines.items()},
        }
