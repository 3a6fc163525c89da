"""What holds data, and the keys that encrypt it: S3, ECR, Secrets Manager, KMS."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:s3/bucket:Bucket")
def _bucket(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("s3").head_bucket(Bucket=inputs["bucket"])
    return str(inputs["bucket"])


@finds("aws:kms/key:Key")
def _key(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Keys have no name: the newest with this description and these tags that no state holds.
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


@finds("aws:secretsmanager/secret:Secret")
def _secret(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("secretsmanager").describe_secret(SecretId=inputs["name"])["ARN"]
    return found


@finds("aws:ecr/repository:Repository")
def _image_repository(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["name"]
    client("ecr").describe_repositories(repositoryNames=[name])
    return name
