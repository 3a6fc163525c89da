"""The identity store of IAM Identity Center: that of the instance, and no other."""

from __future__ import annotations

from moto.ssoadmin.models import ssoadmin_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit, load
from landfall.sandbox.gate.request import Request


class ResourceNotFoundError(AWSError):
    """No such store: Identity Store API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"


@limit("identitystore", "*")
def stores(request: Request) -> None:
    """Identity Store API Reference, IdentityStoreId."""
    load("sso-admin")
    wanted = request.params.get("IdentityStoreId")
    instances = ssoadmin_backends[request.account][request.region].instances
    if wanted not in {instance.identity_store_id for instance in instances}:
        raise ResourceNotFoundError(f"IdentityStore with id {wanted} was not found.")
