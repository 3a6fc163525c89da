"""Calls of member accounts that AWS Organizations takes: those that its resource policy delegates.

Organizations User Guide, 'Delegated administrator for AWS Organizations', 'Resource-based policy
examples'.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from moto.organizations.models import OrganizationsBackend

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services.trust import applicant_of, decide
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

resource_policies: Store[dict[str, Any]] = Store(everywhere=True)
"""By management account: the organization's resource policy, under the name `policy`."""

_POLICY_TYPE: Final = "organizations:policytype"
_WRITES: Final = frozenset(
    {
        "AttachPolicy",
        "CreatePolicy",
        "DeletePolicy",
        "DetachPolicy",
        "DisablePolicyType",
        "EnablePolicyType",
        "TagResource",
        "UntagResource",
        "UpdatePolicy",
    }
)


def is_delegated(request: Request, backend: OrganizationsBackend) -> bool:
    """Return whether a member account may make a call of AWS Organizations.

    Delegated administrators of services may read; others only what the resource policy allows.
    """
    reads = request.operation.startswith(("Describe", "List"))
    if not reads and request.operation not in _WRITES:
        return False
    if reads and any(admin.account.id == request.account for admin in backend.admins):
        return True
    kept = resource_policies.at(backend.account_id).get("policy")
    if kept is None:
        return False
    document, kind = json.loads(kept["Content"]), _type(request, backend)
    applicant = applicant_of(request, {_POLICY_TYPE: [kind]} if kind else {})
    action = f"organizations:{request.operation}"
    return all(
        decide(document, applicant, action, arn) == "Allow" for arn in _resources(request, backend)
    )


def _type(request: Request, backend: OrganizationsBackend) -> str:
    params = request.params
    for name in ("Type", "PolicyType", "Filter"):
        if name in params:
            return str(params[name])
    wanted = params.get("PolicyId") or params.get("ResourceId")
    return next((str(each.type) for each in backend.policies if each.id == wanted), "")


def _resources(request: Request, backend: OrganizationsBackend) -> Iterator[str]:
    """Yield the ARNs that a call is about; `*` for a call without."""
    named = [
        request.params[name]
        for name in ("PolicyId", "TargetId", "RootId", "ResourceId")
        if name in request.params
    ]
    if request.operation == "CreatePolicy" and backend.org is not None:
        path = f"policy/{backend.org.id}/{request.params['Type'].lower()}/p-0000000000"
        yield arn_of(backend.partition, "organizations", path, account=backend.account_id)
    elif not named:
        yield "*"
    for found in (*backend.policies, *backend.ou, *backend.accounts):
        if found.id in named:
            yield str(found.arn)
