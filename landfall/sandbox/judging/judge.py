"""Refuse a call that AWS would certainly deny."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from landfall.iam import requests
from landfall.iam.documents import PolicyKind
from landfall.iam.evaluation import Decision, Outcome, Prepared, evaluate_prepared
from landfall.sandbox.gate.memberships import management_account
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging import context, record
from landfall.sandbox.judging.caller_policies import CallerPolicies, policies_of
from landfall.sandbox.judging.documents import UnreadableError
from landfall.sandbox.judging.organization_policies import RCP, SCP, levels
from landfall.sandbox.judging.permissions import Permission, permissions_of
from landfall.sandbox.judging.refusals import refusal
from landfall.sandbox.judging.resource_policies import ResourcePolicy, policy_of
from landfall.sandbox.judging.resource_tags import tags_of
from landfall.sandbox.judging.service_keys import keys_of
from landfall.sandbox.judging.unknown_keys import may_have

_DENIED: Final = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
_NOTHING: Final = ("\0",)
_OF_REQUEST: Final = ("aws:requesttag/", "aws:tagkeys")
_OF_RESOURCE: Final = ("aws:resourcetag/",)


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
        self._request = request
        self._caller: CallerPolicies = policies_of(request.caller)
        self._service_control = levels(request.account, SCP)
        self._keys: dict[str, requests.ContextValue] = {
            **_listed(context.of_caller(request.caller)),
            **_listed(context.of_connection(request)),
        }
        self._tags = context.of_tags(request.params)

    def decide(self, permission: Permission) -> Decision | None:
        """Return the decision on one permission if it is certainly denied."""
        request, resource = self._request, permission.resource
        at = ResourcePolicy() if resource is None else policy_of(permission.action, resource)
        owner = at.owner if at.owner and at.owner.isdigit() else request.account
        keys, absent = self._tags_of(permission)
        asked = requests.Request(
            request.caller.principal,
            permission.action,
            resource or "*",
            resource_account=owner,
            context={
                **self._keys,
                **keys,
                **_listed(context.of_resource(owner)),
                **keys_of(request, permission),
                **_listed(permission.keys),
            },
            complete=False,
            may_have=lambda key: not key.startswith(absent) and may_have(key, permission.action),
            resource_known=resource is not None,
            time=datetime.now(UTC),
            management_account=management_account(request.account) or management_account(owner),
        )
        decision = evaluate_prepared(asked, self._policies(at, owner, resource))
        if decision.outcome not in _DENIED or _may_be_allowed(permission, at, decision):
            return None
        return decision

    def _tags_of(
        self, permission: Permission
    ) -> tuple[dict[str, requests.ContextValue], tuple[str, ...]]:
        """Return the keys of the request's and the resource's tags, and prefixes of absent keys."""
        keys: dict[str, requests.ContextValue] = {}
        absent: tuple[str, ...] = _NOTHING
        if permission.is_other:
            absent = _OF_REQUEST
        elif self._tags is not None:
            keys, absent = {**_listed(self._tags)}, _OF_REQUEST
        if permission.resource is not None:
            tags = tags_of(permission.action, permission.resource)
            if tags is not None:
                keys |= {f"aws:resourcetag/{key}".lower(): value for key, value in tags.items()}
                absent += _OF_RESOURCE
        return keys, absent

    def _policies(self, at: ResourcePolicy, owner: str, resource: str | None) -> Prepared:
        # Which account a resource that is not known belongs to is not known either.
        return Prepared(
            identity=self._caller.identity,
            boundaries=self._caller.boundaries,
            session=self._caller.session,
            service_control=self._service_control,
            resource_control=levels(owner, RCP) if resource is not None else (),
            endpoint=(),
            resource=(at.document,) if at.document else (),
        )


def _may_be_allowed(permission: Permission, at: ResourcePolicy, decision: Decision) -> bool:
    """Return whether a policy that is not known may allow what none of the known ones does."""
    if decision.outcome is Outcome.EXPLICIT_DENY:
        return False
    if decision.lacking is PolicyKind.RESOURCE and permission.action == "sts:AssumeRole":
        # STS itself compares trust policies, and words the refusal.
        return True
    of_resource = (PolicyKind.IDENTITY, PolicyKind.RESOURCE)
    return not at.is_certain and decision.lacking in of_resource


def _listed(keys: context.Keys) -> dict[str, Sequence[str]]:
    return {key: list(values) for key, values in keys.items()}
