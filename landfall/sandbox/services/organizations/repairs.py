"""Organizations: policy types and services that AWS has and the emulator refuses; account ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from moto.organizations import models
from moto.organizations.models import OrganizationsBackend, organizations_backends
from moto.organizations.responses import OrganizationsResponse

from landfall.sandbox.gate.memberships import organization_of

_TYPES = (
    "BACKUP_POLICY",
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "GUARDDUTY_POLICY",
    "INSPECTOR_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
)

_TRUSTED = (
    "aws-artifact-account-sync.amazonaws.com",
    "bcm-data-exports.amazonaws.com",
    "cost-optimization-hub.bcm.amazonaws.com",
    "iam.amazonaws.com",
    "malware-protection.guardduty.amazonaws.com",
    "networkmanager.amazonaws.com",
    "notifications.amazonaws.com",
    "observabilityadmin.amazonaws.com",
    "resource-explorer-2.amazonaws.com",
    "security-ir.amazonaws.com",
    "ssm-quicksetup.amazonaws.com",
)
"""User Guide, 'AWS services that you can use with AWS Organizations': missing in the emulator."""

_WITHOUT_DELEGATION = (
    "aws-artifact-account-sync.amazonaws.com",
    "controltower.amazonaws.com",
    "ds.amazonaws.com",
    "license-management.marketplace.amazonaws.com",
    "ram.amazonaws.com",
    "servicequotas.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
    "wellarchitected.amazonaws.com",
)
"""The same table, column 'Supports delegated administrator': the services that say no."""

_make = models.FakePolicy.__init__


def _policy(self: models.FakePolicy, organization: models.FakeOrganization, **kwargs: Any) -> None:
    """Make a policy of any type; the ARN's format is the same for all of them."""
    kind = kwargs.get("Type", "")
    if kind not in _TYPES:
        _make(self, organization, **kwargs)
        return
    _make(self, organization, **{**kwargs, "Type": "TAG_POLICY"})
    self.type = kind
    self._arn_format = "arn:{0}:organizations::{1}:policy/{2}/" + kind.lower() + "/{3}"


_next_account_id: ContextVar[str] = ContextVar("_next_account_id", default="")
_random_account_id = models.utils.make_random_account_id


@contextmanager
def next_account_id(id: str) -> Iterator[None]:
    """Give this id to accounts that are made meanwhile: the emulator's own are random."""
    token = _next_account_id.set(id)
    try:
        yield
    finally:
        _next_account_id.reset(token)


def _account_id() -> str:
    return _next_account_id.get() or _random_account_id()


models.utils.make_random_account_id = _account_id
for _class in (models.FakePolicy, models.FakeRoot):
    _class.SUPPORTED_POLICY_TYPES = sorted({*_class.SUPPORTED_POLICY_TYPES, *_TYPES})
models.FakePolicy.__init__ = _policy
_services = sorted({*models.FakeServiceAccess.TRUSTED_SERVICES, *_TRUSTED})
models.FakeServiceAccess.TRUSTED_SERVICES = _services
models.FakeDelegatedAdministrator.SUPPORTED_SERVICES = [
    service for service in _services if service not in _WITHOUT_DELEGATION
]


def _backend(self: OrganizationsResponse) -> OrganizationsBackend:
    """Return the organization of a member, too: delegated administrators call as members."""
    found = organization_of(self.current_account)
    own: OrganizationsBackend = organizations_backends[self.current_account][self.partition]
    return found or own


OrganizationsResponse.organizations_backend = property(_backend)
