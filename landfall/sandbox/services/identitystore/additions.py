"""The identity store of IAM Identity Center: changes of groups."""

from __future__ import annotations

from moto.identitystore.models import IdentityStoreData, identitystore_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request

# Identity Store API Reference, Group: what an update may name.
_ATTRIBUTES = {"displayName": "DisplayName", "description": "Description"}


class ResourceNotFoundError(AWSError):
    """No such group: Identity Store API Reference, UpdateGroup."""

    code = "ResourceNotFoundException"


class ConflictError(AWSError):
    """Another group has the name: Identity Store API Reference, UpdateGroup."""

    code = "ConflictException"


class ValidationError(AWSError):
    """The attribute cannot be changed: Identity Store API Reference, UpdateGroup."""

    code = "ValidationException"


@addition("identitystore", "UpdateGroup")
def update_group(request: Request) -> None:
    """Identity Store API Reference, UpdateGroup and AttributeOperation."""
    stores = identitystore_backends[request.account][request.region].identity_stores
    store = stores.get(request.params["IdentityStoreId"]) or IdentityStoreData()
    group = store.groups.get(request.params["GroupId"])
    if group is None:
        raise ResourceNotFoundError("GROUP not found.")
    for operation in request.params["Operations"]:
        name = _ATTRIBUTES.get(operation["AttributePath"])
        if name is None:
            raise ValidationError(f"{operation['AttributePath']} is not an attribute of a group.")
        group = group._replace(**{name: operation.get("AttributeValue")})
    others = (each for each in store.groups.values() if each.GroupId != group.GroupId)
    if any(each.DisplayName == group.DisplayName for each in others):
        raise ConflictError("Duplicate GroupDisplayName")
    store.groups[group.GroupId] = group
