"""Read one resource of IAM Identity Center in full. Users are left out: they are personal data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Open = Callable[[str], Any]
Found = Mapping[str, Any]


def instance(client: Open, found: Found) -> Found:
    """Identity Center API Reference, InstanceMetadata."""
    return {"InstanceArn": found["InstanceArn"], "IdentityStoreId": found["IdentityStoreId"]}


def group(client: Open, found: Found) -> Found:
    """Identity Store API Reference, Group."""
    return {
        "id": found["GroupId"],
        "store": found["store"],
        "name": found["DisplayName"],
        "description": found.get("Description", ""),
    }


def permission_set(client: Open, about: tuple[str, Found]) -> Found:
    """Identity Center API Reference, PermissionSet, with its policies and assignments."""
    center = client("sso-admin")
    instance_arn, found = about
    of_set = {"InstanceArn": instance_arn, "PermissionSetArn": found["PermissionSetArn"]}

    def pages(operation: str, key: str, **more: str) -> list[Any]:
        asked = center.get_paginator(operation).paginate(**of_set, **more)
        return [each for page in asked for each in page.get(key, [])]

    tags = center.get_paginator("list_tags_for_resource").paginate(
        InstanceArn=instance_arn, ResourceArn=found["PermissionSetArn"]
    )
    accounts = pages("list_accounts_for_provisioned_permission_set", "AccountIds")
    assignments = [
        {"account": account, "type": each["PrincipalType"], "principal": each["PrincipalId"]}
        for account in sorted(accounts)
        for each in pages("list_account_assignments", "AccountAssignments", AccountId=account)
    ]
    references = pages(
        "list_customer_managed_policy_references_in_permission_set",
        "CustomerManagedPolicyReferences",
    )
    managed = pages("list_managed_policies_in_permission_set", "AttachedManagedPolicies")
    return {
        "arn": found["PermissionSetArn"],
        "name": found["Name"],
        "description": found.get("Description", ""),
        "session": found.get("SessionDuration", ""),
        "relay": found.get("RelayState", ""),
        "inline": center.get_inline_policy_for_permission_set(**of_set).get("InlinePolicy", ""),
        "managed": sorted(policy["Arn"] for policy in managed),
        "customerManaged": [
            {"name": each["Name"], "path": each.get("Path", "/")} for each in references
        ],
        "boundary": _boundary(center, of_set),
        "tags": {tag["Key"]: tag["Value"] for page in tags for tag in page.get("Tags", [])},
        "assignments": sorted(assignments, key=str),
    }


def _boundary(center: Any, of_set: Mapping[str, str]) -> Found:
    try:
        answer = center.get_permissions_boundary_for_permission_set(**of_set)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return {}
    found: Found = answer["PermissionsBoundary"]
    return found
