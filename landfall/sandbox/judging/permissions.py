"""The permissions that a call needs: its own actions, tags, keys, and roles that it passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from landfall.aws.api_actions import TAGGING, VERSIONED
from landfall.aws.passed_roles import members, passed_roles
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging.actions import actions_of
from landfall.sandbox.judging.context import Keys
from landfall.sandbox.judging.encrypted import uses_of
from landfall.sandbox.judging.resources import NONE, resources_of

_SERVICE_LINKED = ":role/aws-service-role/"


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on a resource; the resource is None where it is not known.

    `keys` are condition keys of this permission only. `is_other` says that another service checks
    it, to which the request's own keys do not go.
    """

    action: str
    resource: str | None
    keys: Keys = field(default_factory=dict)
    is_other: bool = False


def permissions_of(request: Request) -> Iterator[Permission]:
    """Yield the permissions that a call needs, those of its own action first."""
    for action in _own_actions(request):
        for resource in resources_of(request, action):
            yield Permission(action, resource)
    tagging = TAGGING.get((request.service, request.operation))
    if tagging and any(request.params.get(name) for name in ("Tags", "tags")):
        for resource in resources_of(request, tagging):
            yield Permission(tagging, None if resource == NONE else resource)
    if request.service == "s3" and request.operation in ("CopyObject", "UploadPartCopy"):
        yield from _source(request)
    for action, key, keys in uses_of(request):
        yield Permission(action, key, keys, is_other=True)
    for role, service in passed_roles(request.service, request.operation, request.params):
        # A role of another account cannot be passed; AWS's own roles are bound to their service.
        if role.split(":")[4:5] == [request.account] and _SERVICE_LINKED not in role:
            yield Permission("iam:PassRole", role, {"iam:passedtoservice": [service]})


def _own_actions(request: Request) -> tuple[str, ...]:
    """Return the actions of an operation; a version of an object in S3 has its own."""
    if request.service == "s3":
        if "VersionId" in request.params and request.operation in VERSIONED:
            return (VERSIONED[request.operation],)
        if any(members(request.params, "Delete.Objects.VersionId")):
            # Some may be versions, some not: which key needs which action is not told apart.
            return ()
    return actions_of(request.service, request.operation)


def _source(request: Request) -> Iterator[Permission]:
    """Yield the permission to read the object that is copied: S3 API Reference, CopyObject."""
    source = request.params.get("CopySource")
    if isinstance(source, str) and "?" not in source and not source.startswith("arn:"):
        yield Permission("s3:GetObject", None)
