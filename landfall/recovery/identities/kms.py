"""KMS: keys and aliases."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:kms/key:Key")
def _key(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Keys have no name: take the newest key outside the state with this description and tags.
    kms = client("kms")
    wanted = inputs.get("tagsAll") or inputs.get("tags") or {}
    found = []
    for each in pages(kms, "list_keys", "Keys"):
        if each["KeyId"] in taken:
            continue
        key = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
        if key["KeyState"] != "Enabled" or key["Description"] != inputs.get("description", ""):
            continue
        tags = kms.list_resource_tags(KeyId=each["KeyId"]).get("Tags", [])
        held = {tag["TagKey"]: tag["TagValue"] for tag in tags}
        if wanted.items() <= held.items():
            found.append((key["CreationDate"], str(each["KeyId"])))
    return max(found)[1] if found else None


@finds("aws:kms/alias:Alias")
def _alias(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    aliases = pages(client("kms"), "list_aliases", "Aliases")
    names = (each["AliasName"] for each in aliases)
    return next((name for name in names if name == inputs["name"]), None)
