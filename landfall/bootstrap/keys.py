"""The KMS keys: found by alias, or by description and tags after an interrupted run, or created."""

from __future__ import annotations

import json
from typing import Any

from landfall.bootstrap import plan as plans
from landfall.bootstrap.clients import CHANGED, MADE, RIGHT, Client, Report
from landfall.bootstrap.plan import PURPOSE_TAG, Plan
from landfall.policy_text import alike
from landfall.problems import refuse

_ABSENT = "NotFoundException"


def current_users(kms: Client, purpose: str) -> tuple[str, ...]:
    """Return the principals that may use the existing key; empty if there is no such key."""
    key = _behind_alias(kms, purpose)
    return plans.users_of(_policy(kms, key)) if key else ()


def ensure(kms: Client, plan: Plan, purpose: str, report: Report) -> str:
    """Create or correct the key for `purpose`, and return its ARN.

    Raises `ProblemsError` if the key is disabled or pending deletion.
    """
    name = plans.alias(purpose)
    key = _behind_alias(kms, purpose)
    if key is None:
        key = _left(kms, plan, purpose)
        outcome = CHANGED if key else MADE
        key = key or _made(kms, plan, purpose)
        kms.write("create_alias", AliasName=name, TargetKeyId=key)
    else:
        outcome = RIGHT
    metadata = _described(kms, key)
    if metadata["KeyState"] != "Enabled":
        state = metadata["KeyState"]
        fix = f"enable the key or delete the alias {name}, then run the command again"
        raise refuse(f"key {key} of {name} is in state {state}", fix)
    changed = _put_right(kms, plan, purpose, key)
    report(f"key {name}", CHANGED if changed and outcome == RIGHT else outcome)
    return str(metadata["Arn"])


def _behind_alias(kms: Client, purpose: str) -> str | None:
    found = kms.read("describe_key", _ABSENT, KeyId=plans.alias(purpose))
    return str(found["KeyMetadata"]["KeyId"]) if found else None


def _left(kms: Client, plan: Plan, purpose: str) -> str | None:
    """Return the key of a run that was interrupted before it created the alias."""
    aliases = kms.pages("list_aliases", "Aliases")
    named = {each["TargetKeyId"] for each in aliases if "TargetKeyId" in each}
    for each in kms.pages("list_keys", "Keys"):
        key = each["KeyId"]
        if key in named:
            continue
        metadata = _described(kms, key)
        if metadata["KeyState"] != "Enabled" or metadata["KeyManager"] != "CUSTOMER":
            continue
        if metadata.get("Description") != plan.description(purpose):
            continue
        if _tags(kms, key).get(PURPOSE_TAG) == plan.tags_of(purpose)[PURPOSE_TAG]:
            return str(key)
    return None


def _made(kms: Client, plan: Plan, purpose: str) -> str:
    created = kms.write(
        "create_key",
        Description=plan.description(purpose),
        Policy=json.dumps(plan.key_policy(purpose)),
        Tags=plans.as_tags(plan.tags_of(purpose), "TagKey", "TagValue"),
    )
    return str(created["KeyMetadata"]["KeyId"])


def _put_right(kms: Client, plan: Plan, purpose: str, key: str) -> bool:
    changed = False
    if not alike(_policy(kms, key), plan.key_policy(purpose)):
        text = json.dumps(plan.key_policy(purpose))
        kms.write("put_key_policy", KeyId=key, PolicyName="default", Policy=text)
        changed = True
    rotation = kms.read("get_key_rotation_status", KeyId=key) or {}
    if not rotation.get("KeyRotationEnabled"):
        kms.write("enable_key_rotation", KeyId=key)
        changed = True
    if tags := plans.lacking(plan.tags_of(purpose), _tags(kms, key).items()):
        kms.write("tag_resource", KeyId=key, Tags=plans.as_tags(tags, "TagKey", "TagValue"))
        changed = True
    return changed


def _described(kms: Client, key: str) -> dict[str, Any]:
    metadata: dict[str, Any] = (kms.read("describe_key", KeyId=key) or {})["KeyMetadata"]
    return metadata


def _policy(kms: Client, key: str) -> dict[str, Any]:
    found = kms.read("get_key_policy", KeyId=key, PolicyName="default") or {}
    policy: dict[str, Any] = json.loads(found["Policy"])
    return policy


def _tags(kms: Client, key: str) -> dict[str, str]:
    found = kms.read("list_resource_tags", KeyId=key) or {}
    return {tag["TagKey"]: tag["TagValue"] for tag in found.get("Tags", [])}
