"""The policies of a caller: identity policies, permissions boundary, session policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User, iam_backends

from landfall.iam.matching import PreparedDocument
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.judging.documents import UnreadableError, prepared

_IDENTITY = "an identity-based policy"
_BOUNDARY = "a permissions boundary"
_SESSION = "a session policy"


@dataclass(frozen=True, slots=True)
class CallerPolicies:
    """A caller's policies, prepared."""

    identity: tuple[PreparedDocument, ...]
    boundaries: tuple[PreparedDocument, ...]
    session: tuple[PreparedDocument, ...]


def policies_of(caller: Caller, owner: Role | User | None) -> CallerPolicies:
    """Return the policies of a caller, whose role or user is `owner`. Raises `UnreadableError`.

    A role or user that was deleted has none.
    """
    iam = _backend(caller)
    identity: list[PreparedDocument] = []
    boundaries: tuple[PreparedDocument, ...] = ()
    if isinstance(owner, Role):
        identity.extend(_attached(owner))
        if arn := owner.permissions_boundary_arn:
            boundaries = (_managed(iam, arn, _BOUNDARY),)
    elif isinstance(owner, User):
        identity.extend(_attached(owner))
        for group in iam.get_groups_for_user(owner.name):
            identity.extend(_attached(group))
    session = [prepared(text, _SESSION) for text in caller.session_policies]
    session.extend(_managed(iam, arn, _SESSION) for arn in caller.session_policy_arns)
    return CallerPolicies(tuple(identity), boundaries, tuple(session))


def entity_of(caller: Caller) -> Role | User | None:
    """Return the emulator's role or user of a caller."""
    iam = _backend(caller)
    arn = caller.principal_arn
    name = arn.rpartition("/")[2]
    if caller.role is not None:
        for role in list(iam.roles.values()):
            if role.name == name:
                return role
        return None
    return iam.users.get(name)


def tags_of(caller: Caller, entity: Role | User | None) -> Mapping[str, str]:
    """Return the caller's tags, as `aws:PrincipalTag` has them: a session's win over its role's."""
    kept = (entity.tags or ()) if entity is not None else ()
    return {**{tag["Key"]: tag["Value"] for tag in kept}, **dict(caller.session_tags)}


def _backend(caller: Caller) -> IAMBackend:
    backend: IAMBackend = iam_backends[caller.account][caller.principal.split(":")[1]]
    return backend


def _attached(owner: Role | User | Group) -> Iterator[PreparedDocument]:
    for text in list(owner.policies.values()):
        yield prepared(text, _IDENTITY)
    for policy in list(owner.managed_policies.values()):
        yield _default_version(policy, _IDENTITY)


def _managed(iam: IAMBackend, arn: str, kind: str) -> PreparedDocument:
    policy = iam.managed_policies.get(arn)
    if policy is None:
        raise UnreadableError(arn)
    return _default_version(policy, kind)


def _default_version(policy: ManagedPolicy, kind: str) -> PreparedDocument:
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            text: str = version.document
            return prepared(text, f"{kind}: {policy.arn}")
    raise UnreadableError(policy.arn)
