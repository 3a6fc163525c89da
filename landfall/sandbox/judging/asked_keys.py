"""The condition keys of a call, each computed when a policy first names it.

Most calls are decided by policies that name few keys or none.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from moto.iam.models import Role, User

from landfall.iam.requests import NOT_GIVEN, ContextValue, NotGiven
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging import context
from landfall.sandbox.judging.permissions import Permission
from landfall.sandbox.judging.resource_tags import tags_of
from landfall.sandbox.judging.service_keys import KeysOfService
from landfall.sandbox.judging.unknown_keys import may_have

_OF_REQUEST: Final = ("aws:requesttag/", "aws:tagkeys")
_OF_RESOURCE: Final = "aws:resourcetag/"
_OF_PRINCIPAL: Final = "aws:principaltag/"
_OF_ORGANIZATION: Final = "aws:principalorg"


class KeysOfCall:
    """The keys that all permissions of a call share."""

    def __init__(self, request: Request, entity: Role | User | None) -> None:
        self.request = request
        self._entity = entity
        self._resources: dict[str, context.Keys] = {}

    def find(self, key: str) -> ContextValue | NotGiven:
        """Return the value of a key of the caller, its organization or its connection."""
        if key.startswith(_OF_ORGANIZATION):
            return self._organization.get(key, NOT_GIVEN)
        if key.startswith(_OF_PRINCIPAL):
            return self._principal_tags.get(key, NOT_GIVEN)
        found = self._credentials.get(key)
        return self._connection.get(key, NOT_GIVEN) if found is None else found

    @cached_property
    def request_tags(self) -> context.Keys | None:
        """The keys of the tags that the request sets; None if they cannot be told."""
        return context.of_tags(self.request.params)

    def of_resource(self, account: str) -> context.Keys:
        """Return the keys of the account that has a resource."""
        found = self._resources.get(account)
        if found is None:
            found = self._resources[account] = context.of_resource(account)
        return found

    @cached_property
    def _credentials(self) -> context.Keys:
        return context.of_credentials(self.request.caller)

    @cached_property
    def _connection(self) -> context.Keys:
        return context.of_connection(self.request)

    @cached_property
    def _organization(self) -> context.Keys:
        return context.of_organization(self.request.caller.account)

    @cached_property
    def _principal_tags(self) -> context.Keys:
        return context.of_principal_tags(self.request.caller, self._entity)


class KeysOfPermission:
    """The keys of one permission, on a resource of the account `owner`."""

    def __init__(self, shared: KeysOfCall, permission: Permission, owner: str) -> None:
        self._shared = shared
        self._permission = permission
        self._owner = owner

    def ask(self, key: str) -> ContextValue | NotGiven:
        """Return the value of a key in lower case."""
        own = self._permission.keys
        if key in own:
            return own[key]
        if not key.startswith("aws:"):
            found = self._of_service.find(key)
            return self._shared.find(key) if isinstance(found, NotGiven) else found
        if key.startswith("aws:resource"):
            return self._of_resource(key)
        if key.startswith(_OF_REQUEST):
            return self._request_tags.get(key, NOT_GIVEN)
        return self._shared.find(key)

    def may_have(self, key: str) -> bool:
        """Return whether the call may have a key, in lower case, that `ask` does not know."""
        if key.startswith(_OF_REQUEST):
            if self._permission.is_other or self._shared.request_tags is not None:
                return False
        elif key.startswith(_OF_RESOURCE) and self._resource_tags is not None:
            return False
        return may_have(key, self._permission.action)

    def _of_resource(self, key: str) -> ContextValue | NotGiven:
        if key.startswith(_OF_RESOURCE):
            return (self._resource_tags or {}).get(key, NOT_GIVEN)
        return self._shared.of_resource(self._owner).get(key, NOT_GIVEN)

    @property
    def _request_tags(self) -> context.Keys:
        # What another service checks does not have the request's tags.
        return {} if self._permission.is_other else self._shared.request_tags or {}

    @cached_property
    def _resource_tags(self) -> dict[str, str] | None:
        resource = self._permission.resource
        tags = None if resource is None else tags_of(self._permission.action, resource)
        if tags is None:
            return None
        return {f"{_OF_RESOURCE}{key}".lower(): value for key, value in tags.items()}

    @cached_property
    def _of_service(self) -> KeysOfService:
        return KeysOfService(self._shared.request, self._permission)
