"""What each role used and was denied, since the sandbox started or was reset.

In memory, like the organization itself: one entry for each role, action and resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from moto.iam.models import Role, iam_backends

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.gate.state import at_reset
from landfall.sandbox.judging.permissions import Permission

MOST: Final = 100_000
"""Entries that are kept; a longer run records no new ones."""

Entry = tuple[str, str, str]
"""The ARN of a role, an action, and a resource's ARN; the resource is empty if it is unknown."""

ServiceEntry = tuple[str, str, str, str]
"""A service principal, the ARN of what it acts for, an action, and a resource's ARN."""

_used: dict[Entry, int] = {}
_denied: dict[Entry, tuple[int, str]] = {}
_services: dict[ServiceEntry, tuple[int, str]] = {}


def used(caller: Caller, permissions: Iterable[Permission]) -> None:
    """Record permissions of a call that was not denied."""
    if caller.role is None:
        return
    for permission in permissions:
        entry = (caller.role, permission.action, permission.resource or "")
        count = _used.get(entry, 0)
        if count or len(_used) < MOST:
            _used[entry] = count + 1


def denied(caller: Caller, permission: Permission, message: str) -> None:
    """Record a permission that a call lacked, with the latest message."""
    if caller.role is None:
        return
    entry = (caller.role, permission.action, permission.resource or "")
    count = _denied.get(entry, (0, ""))[0]
    if count or len(_denied) < MOST:
        _denied[entry] = (count + 1, message)


def service_denied(principal: str, source: str, action: str, resource: str, message: str) -> None:
    """Record what a service was refused that acts for a source, with the latest message."""
    entry = (principal, source, action, resource)
    count = _services.get(entry, (0, ""))[0]
    if count or len(_services) < MOST:
        _services[entry] = (count + 1, message)


@at_reset
def clear() -> None:
    """Forget everything."""
    _used.clear()
    _denied.clear()
    _services.clear()


def shown() -> Mapping[str, object]:
    """Return the record as JSON: accounts by id, roles with policies, what was used and denied.

    `services` is what services were denied that act as no role: principal, source, action,
    resource, how often, message.

    Roles that AWS made (service-linked ones) are left out, unless they were used.
    """
    taken, refused = dict(_used), dict(_denied)
    arns = {arn for arn, _, _ in (*taken, *refused)}
    names = {account: _name(account) for account in list(iam_backends)}
    return {
        "accounts": names,
        "roles": [
            {"arn": role.arn, "policies": list(_policies(role))}
            for role in _roles()
            if "/aws-service-role/" not in role.arn or role.arn in arns
        ],
        "used": [[*entry, count] for entry, count in taken.items()],
        "denied": [[*entry, *counted] for entry, counted in refused.items()],
        "services": [[*entry, *counted] for entry, counted in dict(_services).items()],
        "full": len(taken) >= MOST or len(refused) >= MOST,
    }


def _roles() -> Iterator[Role]:
    for partitions in list(iam_backends.values()):
        for backend in list(partitions.values()):
            yield from list(backend.roles.values())


def _policies(role: Role) -> Iterator[dict[str, Any]]:
    for name, document in list(role.policies.items()):
        yield {"name": name, "document": document}
    for policy in list(role.managed_policies.values()):
        version = next(
            each for each in policy.versions if each.version_id == policy.default_version_id
        )
        yield {"name": policy.arn, "document": version.document}


def _name(account: str) -> str:
    member = memberships.member(account)
    return str(member.name) if member is not None else ""
