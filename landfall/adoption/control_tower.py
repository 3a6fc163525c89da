"""Recognise what AWS Control Tower manages, so that adoption leaves it unchanged.

If others change its policies, units or accounts, Control Tower repairs them or reports drift. It
attaches its preventive controls to each unit that it governs; they apply to everything below.
https://docs.aws.amazon.com/controltower/latest/userguide/drift.html
https://docs.aws.amazon.com/controltower/latest/userguide/organizations.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from landfall.snapshots.found import Organization, Policy

SERVICE = "controltower.amazonaws.com"

_RESOURCE_NAMES = ("aws-controltower", "awscontroltower")
_POLICY_NAMES = ("aws-guardrails-", *_RESOURCE_NAMES)
# The Sids of its statements are the names of the controls: GRCLOUDTRAILENABLED, CTS3PV4.
# https://docs.aws.amazon.com/controltower/latest/controlreference/preventive-controls.html
_SID = re.compile(r"GR[A-Z0-9_]{8,}|CT[A-Z0-9]+PV[0-9]+")


def is_its_policy(policy: Policy) -> bool:
    """Return whether Control Tower created a policy, judged by its name or by all its Sids."""
    if policy.aws_managed:
        return False
    if policy.name.lower().startswith(_POLICY_NAMES):
        return True
    statements = _statements(policy.content)
    return bool(statements) and all(_SID.fullmatch(sid) for sid in statements)


def _statements(content: str) -> list[str]:
    document = json.loads(content)
    found = document.get("Statement", []) if isinstance(document, dict) else []
    listed = found if isinstance(found, list) else [found]
    return [str(each.get("Sid", "")) for each in listed if isinstance(each, dict)]


def is_its_resource(name: str) -> bool:
    """Return whether Control Tower created a resource in an account, judged by its name.

    https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html
    """
    return name.lower().startswith(_RESOURCE_NAMES)


def governs(organization: Organization) -> bool:
    """Return whether Control Tower governs the organization."""
    return SERVICE in organization.services or any(map(is_its_policy, organization.policies))


def governed(organization: Organization) -> frozenset[str]:
    """Return the ids of the units and member accounts that Control Tower manages."""
    marked = {
        target
        for policy in organization.policies
        if is_its_policy(policy)
        for target in policy.targets
    }
    above: Mapping[str, str] = {
        **{unit.id: unit.parent for unit in organization.units},
        **{account.id: account.parent for account in organization.accounts},
    }

    def is_below(child: str) -> bool:
        at: str | None = child
        while at is not None:
            if at in marked:
                return True
            at = above.get(at)
        return False

    return frozenset(child for child in above if is_below(child))
