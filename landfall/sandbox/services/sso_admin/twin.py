"""Identity Center of a snapshot: its ids, permission sets and assignments."""

from __future__ import annotations

from moto.ssoadmin.models import (
    AccountAssignment,
    CustomerManagedPolicy,
    ManagedPolicy,
    PermissionSet,
    ssoadmin_backends,
)

from landfall.sandbox.across_services import identity_center_ids
from landfall.sandbox.services.sso_admin.additions import boundaries
from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("Identity Center instance")
def instance(place: Place, found: Found) -> None:
    """Give the organization's instance its ids."""
    id = found["InstanceArn"].rpartition("/")[2]
    if why_not := identity_center_ids.give(id, found["IdentityStoreId"]):
        raise ValueError(why_not)


@loads("permission set")
def permission_set(place: Place, found: Found) -> None:
    """Make a permission set with its policies, and assign it."""
    backend = ssoadmin_backends[place.account][place.region]
    (of_organization,) = backend.instances
    arn = of_organization.instance_arn
    made = PermissionSet(
        found["name"],
        found["description"],
        arn,
        found["session"],
        found["relay"],
        [{"Key": key, "Value": value} for key, value in found["tags"].items()],
    )
    made.permission_set_arn = found["arn"]
    made.inline_policy = found["inline"]
    made.managed_policies = [
        ManagedPolicy(policy, policy.rpartition("/")[2]) for policy in found["managed"]
    ]
    made.customer_managed_policies = [
        CustomerManagedPolicy(each["name"], each["path"]) for each in found["customerManaged"]
    ]
    made.total_managed_policies_attached = len(found["managed"]) + len(found["customerManaged"])
    if found["boundary"]:
        boundaries.at(place.account, place.region)[found["arn"]] = dict(found["boundary"])
    backend.permission_sets.append(made)
    backend.account_assignments += [
        AccountAssignment(
            arn, each["account"], "AWS_ACCOUNT", found["arn"], each["type"], each["principal"]
        )
        for each in found["assignments"]
    ]
