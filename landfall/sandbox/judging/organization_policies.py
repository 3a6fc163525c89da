"""The service and resource control policies of an account, level by level.

Organizations User Guide, 'SCP evaluation', 'RCP evaluation': from the root to the account.
"""

from __future__ import annotations

from typing import Final

from moto.organizations.models import FakePolicy, FakeRoot, OrganizationsBackend

from landfall.iam.matching import PreparedDocument
from landfall.sandbox.gate import memberships
from landfall.sandbox.judging.documents import prepared

SCP: Final = "SERVICE_CONTROL_POLICY"
RCP: Final = "RESOURCE_CONTROL_POLICY"

_KEPT: Final = "landfall_prepared"
_LABELS: Final = {SCP: "a service control policy", RCP: "a resource control policy"}

Levels = tuple[tuple[PreparedDocument, ...], ...]


def levels(account: str, kind: str) -> Levels:
    """Return an account's policies of a kind, the root's first. Raises `UnreadableError`.

    There are none outside an organization, and where the kind is not enabled.
    """
    backend = memberships.organization_of(account)
    if backend is None or not _is_enabled(backend, kind):
        return ()
    at = next((each for each in backend.accounts if each.id == account), None)
    if at is None:
        return ()
    above = [*memberships.parents(backend, account)]
    label = _LABELS[kind]
    return tuple(
        tuple(
            [
                _prepared(policy, label)
                for policy in list(target.attached_policies)
                if policy.type == kind
            ]
        )
        for target in (*reversed(above), at)
    )


def _prepared(policy: FakePolicy, label: str) -> PreparedDocument:
    """Return a policy's document, kept with the text from which it was read."""
    kept: tuple[str, PreparedDocument] | None = vars(policy).get(_KEPT)
    if kept is None or kept[0] is not policy.content:
        kept = (policy.content, prepared(policy.content, f"{label}: {policy.arn}"))
        vars(policy)[_KEPT] = kept
    return kept[1]


def _is_enabled(backend: OrganizationsBackend, kind: str) -> bool:
    return any(
        each["Type"] == kind
        for unit in backend.ou
        if isinstance(unit, FakeRoot)
        for each in unit.policy_types
    )
