"""Registered resources of a program, in the form of the blueprint."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.components.conftest import Registered


def registered_roles(registered: Registered) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the registered roles by account and name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in registered.resources:
        inputs, account = dict(each.inputs), Registered.account_of(each)
        if each.typ == "aws:iam/role:Role":
            seconds = inputs.get("maxSessionDuration")
            found[account, inputs["name"]] = {
                "path": inputs["path"],
                "description": inputs.get("description") or None,
                "trust": json.loads(inputs["assumeRolePolicy"]),
                "hours": seconds and int(seconds) // 3600,
                "boundary": inputs.get("permissionsBoundary"),
                "managed": [],
                "policies": {},
            }
    for each in registered.resources:
        inputs, account = dict(each.inputs), Registered.account_of(each)
        if each.typ == "aws:iam/rolePolicy:RolePolicy":
            policies = found[account, inputs["role"]]["policies"]
            policies[inputs["name"]] = json.loads(inputs["policy"])
        if each.typ == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            managed = found[account, inputs["role"]]["managed"]
            managed.append(inputs["policyArn"])
            managed.sort()
    return found


def of_type(registered: Registered, token: str) -> list[Any]:
    """Return the registered resources of a type."""
    return [each for each in registered.resources if each.typ == token]


def by_text(values: Iterable[Any]) -> list[str]:
    """Return values as sorted texts: each is found as often as it is expected."""
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def registered_buckets(registered: Registered) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what is registered of each bucket, by account and name; its id is its logical name."""
    found: dict[str, dict[str, Any]] = {}
    names = {}
    for each in of_type(registered, "aws:s3/bucket:Bucket"):
        names[f"{each.name}-id"] = (Registered.account_of(each), each.inputs["bucket"])
        found[f"{each.name}-id"] = {
            "region": each.inputs["region"],
            "destroyed": each.inputs["forceDestroy"],
            "locked": None,
            "logs": False,
            "open": True,
        }
    for each in registered.resources:
        module, _, kind = each.typ.rpartition(":")
        if not module.startswith("aws:s3/bucket"):
            continue
        inputs = dict(each.inputs)
        own = found.get(inputs.get("bucket", ""), {})
        if kind == "BucketPolicy":
            own["policy"] = json.loads(inputs["policy"])
        if kind == "BucketServerSideEncryptionConfiguration":
            default = inputs["rules"][0]["applyServerSideEncryptionByDefault"]
            own["key"] = default.get("kmsMasterKeyId")
        if kind == "BucketLifecycleConfiguration":
            rules = inputs["rules"]
            own["expires"] = {
                rule["filter"]["prefix"]: rule["expiration"]["days"]
                for rule in rules
                if "expiration" in rule
            }
            moves = [it["days"] for rule in rules for it in rule.get("transitions", [])]
            own["archived"] = next(iter(moves), None)
        if kind == "BucketObjectLockConfiguration":
            own["locked"] = inputs["rule"]["defaultRetention"]["days"]
        if kind == "BucketLogging":
            own["logs"] = True
        if kind == "BucketPublicAccessBlock":
            own["open"] = not all(
                value for key, value in inputs.items() if key not in ("bucket", "region")
            )
    return {names[id_]: it for id_, it in found.items()}


def registered_sets(registered: Registered) -> dict[str, dict[str, Any]]:
    """Return what is registered of each permission set, by name."""
    found: dict[str, dict[str, Any]] = {}
    for each in of_type(registered, "aws:ssoadmin/permissionSet:PermissionSet"):
        inputs = dict(each.inputs)
        found[inputs["name"]] = {
            "region": inputs["region"],
            "description": inputs.get("description"),
            "hours": inputs["sessionDuration"],
            "managed": [],
            "own": [],
            "policy": None,
            "boundary": None,
            "given": [],
        }
    for each in registered.resources:
        inputs = dict(each.inputs)
        if "permissionSetArn" not in inputs:
            continue
        own, kind = found[inputs["permissionSetArn"].rpartition("/")[2]], each.typ.split(":")[2]
        if kind == "ManagedPolicyAttachment":
            own["managed"] = sorted([*own["managed"], inputs["managedPolicyArn"]])
        if kind == "CustomerManagedPolicyAttachment":
            own["own"].append(referred(inputs["customerManagedPolicyReference"]))
        if kind == "PermissionSetInlinePolicy":
            own["policy"] = json.loads(inputs["inlinePolicy"])
        if kind == "PermissionsBoundaryAttachment":
            bound = inputs["permissionsBoundary"]
            own["boundary"] = referred(bound["customerManagedPolicyReference"])
        if kind == "AccountAssignment":
            own["given"] = sorted([*own["given"], (inputs["principalId"], inputs["targetId"])])
    return found


def referred(reference: dict[str, str]) -> str:
    """Return the name of a policy with the path in front."""
    return f"{reference['path']}{reference['name']}".removeprefix("/")
