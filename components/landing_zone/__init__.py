"""The landing zone of a stack: creates components from settings.

The only place that uses both. Each component takes plain values and works without these
settings. If a stack is cut, each of its Pulumi stacks creates one part of the landing zone.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.delivery.pipeline import Pipeline
from components.landing_zone import renames, takeover
from components.landing_zone.aliases import name_accounts
from components.landing_zone.backups import back_up
from components.landing_zone.baseline import Baselines
from components.landing_zone.config import configure_organization, record_accounts
from components.landing_zone.costs import account_for, request_quotas
from components.landing_zone.cross_account_roles import Access
from components.landing_zone.delivery import Delivery
from components.landing_zone.foundation import Foundation
from components.landing_zone.full_access import register_full_access
from components.landing_zone.ground import Archive, Ground, StoreOf
from components.landing_zone.members import deliver_to_members
from components.landing_zone.operations import monitor, share
from components.landing_zone.outputs import of_foundation
from components.landing_zone.provisioning import has_pipelines, provision
from components.landing_zone.referenced import Referenced
from components.landing_zone.register import register_accounts, register_names
from components.landing_zone.security import Security
from components.landing_zone.service_keys import make_service_keys
from components.landing_zone.sessions import manage_sessions
from components.landing_zone.stores import make_stores
from landfall.blueprint import foundation_outputs
from landfall.blueprint.parts import Part, whole
from landfall.blueprint.stack import sessions
from landfall.blueprint.stack.scope import Scope
from landfall.settings import Stack, prerequisites
from landfall.settings.readiness import notes

__all__ = ["LandingZone"]


class LandingZone:
    """Creates the components of one part of a stack, and collects the program's outputs."""

    def __init__(self, stack: Stack, part: Part | None = None) -> None:
        """`part` is what to create. Default: everything."""
        self._stack, self._part = stack, part or whole(stack)
        renames.follow(stack)
        takeover.follow(stack)
        ground = self._ground = self._begun()
        if self._part.closing:
            register_names(stack)
        name_accounts(stack, ground)
        Baselines(stack, ground)
        back_up(stack, ground)
        self._sinks = monitor(stack, ground)
        share(stack, ground)
        request_quotas(stack, ground)
        if isinstance(ground, Foundation):
            account_for(stack, ground)
        access = Access(stack, ground)
        self.roles = access.roles
        self.stores: Mapping[str, StoreOf] = {}
        self.pipelines: dict[str, Pipeline] = {}
        self._keys: dict[str, pulumi.Output[str]] = {}
        delivery = self._delivery(access)
        self.provisioning = provision(stack, ground, delivery, self.stores)
        if self._part.closing:
            for note in (*notes(stack), *prerequisites.notes(stack)):
                pulumi.log.warn(f"{note.what}: {note.fix}")
        self.security = self._security()
        manage_sessions(stack, ground, self._archive())

    def _archive(self) -> Archive | None:
        """Return the log archive, if sessions are logged to it."""
        if not sessions.is_logged(self._stack):
            return None
        if isinstance(self._ground, Referenced):
            return self._ground.archive
        return self.security.archive if self.security is not None else None

    def _begun(self) -> Ground:
        """Create the organization and its accounts, or refer to them."""
        stack = self._stack
        if not self._part.foundation:
            return Referenced(stack, self._part)
        foundation = Foundation(stack, self._part)
        self.organization, self.accounts = foundation.organization, foundation.accounts
        register_accounts(stack, foundation)
        register_full_access(stack, foundation)
        return foundation

    def _delivery(self, access: Access) -> Delivery | None:
        """Create the part's stores, keys, targets and pipelines."""
        stack, ground = self._stack, self._ground
        if not (stack.delivery.applications or has_pipelines(stack)):
            return None
        assert stack.delivery_account is not None  # noqa: S101 - settings are checked
        scope = Scope(stack, stack.delivery_account)
        self.stores = make_stores(scope, ground)
        self._keys = make_service_keys(scope, ground)
        if not self._part.closing:
            deliver_to_members(scope, ground)
            return None
        delivery = Delivery(scope, ground, access, self.stores)
        self.pipelines = delivery.pipelines
        return delivery

    def _security(self) -> Security | None:
        stack, ground = self._stack, self._ground
        audit = stack.account_with_purpose("audit")
        archive = stack.account_with_purpose("log-archive")
        if stack.security is None or audit is None or archive is None:
            return None
        if isinstance(ground, Foundation):
            return Security(stack, stack.security, ground, audit, archive)
        if isinstance(ground, Referenced) and stack.security.config.enabled:
            record_accounts(stack, stack.security, ground, ground.archive)
            if self._part.closing:
                options = ground.in_account(audit)
                configure_organization(stack, stack.security, ground, audit, options)
        return None

    def exports(self) -> dict[str, Any]:
        """Return the program's outputs: ids, ARNs and names."""
        found: dict[str, Any] = {
            "roles": {name: role.role_arn for name, role in self.roles.items()},
            "pipelines": {name: p.pipeline_arn for name, p in self.pipelines.items()},
        }
        if not isinstance(self._ground, Foundation):
            return {name: value for name, value in found.items() if value}
        found |= {
            "organizationId": self.organization.organization_id,
            "managementAccountId": self.organization.management_account_id,
            "units": self.organization.unit_ids,
            "accounts": {name: account.account_id for name, account in self.accounts.items()},
            "artifactStores": {
                region: {"bucket": store.bucket_name, "keyArn": store.key_arn}
                for region, store in self.stores.items()
            },
            "provisioning": self.provisioning,
            "security": self._security_exports(),
        }
        if not self._part.is_whole:
            archive = self.security.archive if self.security else None
            found[foundation_outputs.NAME] = of_foundation(
                self._stack, self._ground, self.stores, self._keys, archive, self._sinks
            )
        return found

    def _security_exports(self) -> dict[str, Any]:
        """Return the log bucket and the findings topic, if they exist."""
        found: dict[str, Any] = {}
        if self.security is not None and self.security.archive is not None:
            found["logBucket"] = self.security.archive.bucket_name
        if self.security is not None and self.security.topic_arn is not None:
            found["findingsTopic"] = self.security.topic_arn
        return found
