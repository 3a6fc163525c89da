"""Refuse a call that AWS would certainly deny."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from landfall.iam import requests
from landfall.iam.documents import PolicyKind
from landfall.iam.evaluation import Decision, Outcome, Prepared, evaluate_prepared
from landfall.iam.services import action_is_under_rcp
from landfall.sandbox.gate.memberships import management_account
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging import record
from landfall.sandbox.judging.asked_keys import KeysOfCall, KeysOfPermission
from landfall.sandbox.judging.caller_policies import CallerPolicies, entity_of, policies_of
from landfall.sandbox.judging.documents import UnreadableError
from landfall.sandbox.judging.organization_policies import RCP, SCP, Levels, levels
from landfall.sandbox.judging.permissions import Permission, permissions_of
from landfall.sandbox.judging.refusals import refusal
from landfall.sandbox.judging.resource_policies import ResourcePolicy, policy_of

_DENIED: Final = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
_UNKNOWN: Final = ResourcePolicy()


def judge(request: Request, protocol: str) -> None:
    """Raise AWS's error if a call is certainly denied.

    Unsigned calls are not judged, nor are operations whose action is not known. A call passes where
    a policy cannot be read, or a decision depends on what the gate does not know.
    """
    if not request.caller.principal:
        return
    needed = list(permissions_of(request))
    if not needed:
        return
    try:
        judged = Call(request)
        for permission in needed:
            decision = judged.decide(permission)
            if decision is not None:
                error = refusal(
                    request.service, protocol, request.caller.principal, permission, decision
                )
                record.denied(request.caller, permission, error.message)
                raise error
    except UnreadableError:
        pass
    record.used(request.caller, needed)


class Call:
    """The policies and condition keys that all permissions of a call share."""

    def __init__(self, request: Request) -> None:
        entity = entity_of(request.caller)
        self._request = request
        self._caller: CallerPolicies = policies_of(request.caller, entity)
        self._management = management_account(request.account)
        self._service_control = self._levels(request.account, SCP)
        self._resource_control: dict[str, Levels] = {}
        self._keys = KeysOfCall(request, entity)
        self._time = datetime.now(UTC)

    def decide(self, permission: Permission) -> Decision | None:
        """Return the decision on one permission if it is certainly denied."""
        request, resource = self._request, permission.resource
        at = _UNKNOWN if resource is None else policy_of(permission.action, resource)
        owner = at.owner if at.owner and at.owner.isdigit() else request.account
        keys = KeysOfPermission(self._keys, permission, owner)
        asked = requests.Request(
            request.caller.principal,
            permission.action,
            resource or "*",
            resource_account=owner,
            complete=False,
            may_have=keys.may_have,
            resource_known=resource is not None,
            time=self._time,
            management_account=self._management or management_account(owner),
            ask=keys.ask,
        )
        decision = evaluate_prepared(asked, self._policies(permission.action, at, owner, resource))
        if decision.outcome not in _DENIED or _may_be_allowed(permission, at, decision):
            return None
        return decision

    def _policies(
        self, action: str, at: ResourcePolicy, owner: str, resource: str | None
    ) -> Prepared:
        # Which account a resource that is not known belongs to is not known either.
        under_rcp = resource is not None and action_is_under_rcp(action.lower())
        return Prepared(
            identity=self._caller.identity,
            boundaries=self._caller.boundaries,
            session=self._caller.session,
            service_control=self._service_control,
            resource_control=self._resource_levels(owner) if under_rcp else (),
            endpoint=(),
            resource=(at.document,) if at.document else (),
        )

    def _resource_levels(self, owner: str) -> Levels:
        found = self._resource_control.get(owner)
        if found is None:
            found = self._resource_control[owner] = self._levels(owner, RCP)
        return found

    def _levels(self, account: str, kind: str) -> Levels:
        # Neither kind applies to the management account.
        return () if account == self._management else levels(account, kind)


def _may_be_allowed(permission: Permission, at: ResourcePolicy, decision: Decision) -> bool:
    """Return whether a policy that is not known may allow what none of the known ones does."""
    if decision.outcome is Outcome.EXPLICIT_DENY:
        return False
    if decision.lacking is PolicyKind.RESOURCE and permission.action == "sts:AssumeRole":
        # STS itself compares trust policies, and words the refusal.
        return True
    of_resource = (PolicyKind.IDENTITY, PolicyKind.RESOURCE)
    return not at.is_certain and decision.lacking in of_resource
