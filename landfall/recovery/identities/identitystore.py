"""Identity Store: groups."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:identitystore/group:Group")
def _group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    store, name = inputs["identityStoreId"], inputs["displayName"]
    unique = {"AttributePath": "displayName", "AttributeValue": name}
    found = client("identitystore").get_group_id(
        IdentityStoreId=store, AlternateIdentifier={"UniqueAttribute": unique}
    )
    return f"{store}/{found['GroupId']}"
