"""Which side must grant a request: the caller's, the resource's, or both.

IAM User Guide: 'Policy evaluation for requests within a single account', 'Cross-account policy
evaluation logic'; AWS KMS Developer Guide: 'Key policies'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from landfall.iam import services
from landfall.iam.documents import PolicyKind
from landfall.iam.layers import Layer, Source
from landfall.iam.principals import CallerKind, Grade
from landfall.iam.requests import Request
from landfall.iam.truth import Truth, any_of
from landfall.printable import shortened


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must be true for a request to be allowed.

    `lacking` is the reason if it is not; `source` is the statement that makes it true, or may;
    `grants` distinguishes what gives access from what only limits it; `kind` is the kind of policy
    that has to allow.
    """

    truth: Truth
    lacking: str
    source: Source | None = None
    grants: bool = False
    kind: PolicyKind | None = None


@dataclass(frozen=True, slots=True)
class _CallerSide:
    """The decisions of the caller's own policies."""

    identity: Requirement
    limits: tuple[Requirement, ...]


def grant(
    request: Request,
    identity: Layer | None,
    boundary: Layer | None,
    session: Layer | None,
    resource: Layer | None,
) -> Iterable[Requirement]:
    """Return the requirements of a grant, all of which must be true.

    A layer is None if there are no such policies.
    """
    if not request.caller.has_identity_policies:
        return (_resource_side(request, resource),)
    side = _caller_side(request, identity, boundary, session)
    if request.caller.account != request.owner:
        return (side.identity, *side.limits, _resource_side(request, resource))
    direct, source = resource.grant(Grade.DIRECT) if resource else (False, None)
    if direct:
        return (Requirement(direct, "", source, grants=True),)
    if services.resource_must_allow(request):
        within = (*_required(request, side, resource), *side.limits)
    else:
        within = (_either(request, side, resource), *side.limits)
    if direct is None:
        return _or_perhaps(Requirement(None, "", source, grants=True), within)
    return within


def _caller_side(
    request: Request, identity: Layer | None, boundary: Layer | None, session: Layer | None
) -> _CallerSide:
    action, caller = request.action, request.caller
    lacking = f"no identity policy allows {action} on {shortened(request.resource, 200)}"
    if caller.kind is CallerKind.ROOT:
        granted = Requirement(True, "", grants=True)
    elif identity is None:
        granted = Requirement(False, lacking, grants=True, kind=PolicyKind.IDENTITY)
    else:
        granted = Requirement(
            identity.allow, lacking, identity.source, grants=True, kind=PolicyKind.IDENTITY
        )
    limits = []
    if boundary:
        lacking = f"the permissions boundary does not allow {action}"
        limits.append(
            Requirement(boundary.allow, lacking, boundary.source, kind=PolicyKind.BOUNDARY)
        )
    if session:
        lacking = f"no session policy allows {action}"
        limits.append(Requirement(session.allow, lacking, session.source, kind=PolicyKind.SESSION))
    elif caller.kind is CallerKind.FEDERATED_USER:
        limits.append(
            Requirement(False, "a federated user without a session policy has no permissions")
        )
    return _CallerSide(granted, tuple(limits))


def _resource_side(request: Request, resource: Layer | None) -> Requirement:
    who = "the caller's account" if request.caller.has_identity_policies else "the caller"
    if resource is None:
        lacking = f"the resource has no policy that allows {who}"
        return Requirement(False, lacking, grants=True, kind=PolicyKind.RESOURCE)
    lacking = f"the resource's policy does not allow {request.action} to {who}"
    return Requirement(
        resource.allow, lacking, resource.source, grants=True, kind=PolicyKind.RESOURCE
    )


def _either(request: Request, side: _CallerSide, resource: Layer | None) -> Requirement:
    """Within an account: an identity policy, or the resource's policy by naming the role."""
    by_role, source = resource.grant(Grade.ROLE) if resource else (False, None)
    truth = any_of((side.identity.truth, by_role))
    if side.identity.truth or not by_role:
        source = side.identity.source or source
    lacking = f"neither an identity policy nor the resource's policy allows {request.action}"
    lacking = lacking if resource else side.identity.lacking
    return Requirement(truth, lacking, source, grants=True, kind=PolicyKind.IDENTITY)


def _required(
    request: Request, side: _CallerSide, resource: Layer | None
) -> tuple[Requirement, ...]:
    """For keys and roles: their policy names the role, or leaves it to the account's policies."""
    policy = "key policy" if request.action_key.startswith("kms:") else "role's trust policy"
    if resource is None:
        return (
            Requirement(
                False,
                f"no {policy} was given, and it must allow the request",
                grants=True,
                kind=PolicyKind.RESOURCE,
            ),
        )
    by_role, source = resource.grant(Grade.ROLE)
    if by_role:
        return (Requirement(True, "", source, grants=True),)
    lacking = f"the {policy} does not allow {request.action} to the caller or its account"
    side_of_resource = Requirement(
        resource.allow, lacking, resource.source, grants=True, kind=PolicyKind.RESOURCE
    )
    if by_role is None:
        whole = (side_of_resource, side.identity)
        return _or_perhaps(Requirement(None, "", source, grants=True), whole)
    return (side_of_resource, side.identity)


def _or_perhaps(
    perhaps: Requirement, otherwise: tuple[Requirement, ...]
) -> tuple[Requirement, ...]:
    """Return the requirements of an alternative whose first part is unknown."""
    if all(one.truth for one in otherwise):
        return otherwise
    return (perhaps,)
