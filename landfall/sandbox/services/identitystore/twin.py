"""The identity store of a snapshot: groups. It has no users: they are personal data."""

from __future__ import annotations

from moto.identitystore.models import Group, IdentityStoreData, identitystore_backends

from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("Identity Center group")
def group(place: Place, found: Found) -> None:
    """Make a group."""
    stores = identitystore_backends[place.account][place.region].identity_stores
    store = stores.setdefault(found["store"], IdentityStoreData())
    store.groups[found["id"]] = Group(
        GroupId=found["id"],
        DisplayName=found["name"],
        ExternalIds=[],
        Description=found["description"],
        IdentityStoreId=found["store"],
    )
