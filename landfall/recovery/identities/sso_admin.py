"""IAM Identity Center: permission sets, their policies, and assignments."""

from __future__ import annotations

from typing import Any

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:ssoadmin/permissionSet:PermissionSet")
def _permission_set(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    center, instance = client("sso-admin"), inputs["instanceArn"]
    listed = pages(center, "list_permission_sets", "PermissionSets", InstanceArn=instance)
    for arn in listed:
        described = center.describe_permission_set(InstanceArn=instance, PermissionSetArn=arn)
        if described["PermissionSet"]["Name"] == inputs["name"]:
            return f"{arn},{instance}"
    return None


def _of(inputs: Inputs) -> dict[str, Any]:
    return {
        "InstanceArn": inputs["instanceArn"],
        "PermissionSetArn": inputs["permissionSetArn"],
    }


@finds("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy")
def _inline_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    center = client("sso-admin")
    found = center.get_inline_policy_for_permission_set(**_of(inputs)).get("InlinePolicy")
    return f"{inputs['permissionSetArn']},{inputs['instanceArn']}" if found else None


@finds("aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment")
def _boundary(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    center = client("sso-admin")
    center.get_permissions_boundary_for_permission_set(**_of(inputs))
    return f"{inputs['permissionSetArn']},{inputs['instanceArn']}"


@finds("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment")
def _managed_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    attached = pages(
        client("sso-admin"),
        "list_managed_policies_in_permission_set",
        "AttachedManagedPolicies",
        **_of(inputs),
    )
    arn = inputs["managedPolicyArn"]
    if all(each["Arn"] != arn for each in attached):
        return None
    return f"{arn},{inputs['permissionSetArn']},{inputs['instanceArn']}"


@finds("aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment")
def _customer_managed_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    attached = pages(
        client("sso-admin"),
        "list_customer_managed_policy_references_in_permission_set",
        "CustomerManagedPolicyReferences",
        **_of(inputs),
    )
    wanted = inputs["customerManagedPolicyReference"]
    name, path = wanted["name"], wanted.get("path", "/")
    if all((each["Name"], each.get("Path", "/")) != (name, path) for each in attached):
        return None
    return f"{name},{path},{inputs['permissionSetArn']},{inputs['instanceArn']}"


@finds("aws:ssoadmin/accountAssignment:AccountAssignment")
def _assignment(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    assigned = pages(
        client("sso-admin"),
        "list_account_assignments",
        "AccountAssignments",
        AccountId=inputs["targetId"],
        **_of(inputs),
    )
    principal = (inputs["principalType"], inputs["principalId"])
    if all((each["PrincipalType"], each["PrincipalId"]) != principal for each in assigned):
        return None
    # CreateAccountAssignment supports no other target type.
    target = (inputs["targetId"], inputs.get("targetType", "AWS_ACCOUNT"))
    places = (inputs["permissionSetArn"], inputs["instanceArn"])
    return ",".join((inputs["principalId"], inputs["principalType"], *target, *places))
