"""IAM Identity Center: one instance, names that are taken, and assignments to what exists."""

from __future__ import annotations

import json

from moto.identitystore.models import identitystore_backends
from moto.ssoadmin.models import ssoadmin_backends

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class ResourceNotFoundError(AWSError):
    """No such thing: Identity Center API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"


class ConflictError(AWSError):
    """The name is taken: Identity Center API Reference, CreatePermissionSet."""

    code = "ConflictException"


class ServiceQuotaExceededError(AWSError):
    """Too many: Identity Center User Guide, 'IAM Identity Center quotas'."""

    code = "ServiceQuotaExceededException"


class ValidationError(AWSError):
    """A value that is none: Identity Center API Reference, 'ValidationException'."""

    code = "ValidationException"


@limit("sso-admin", "*")
def instances(request: Request) -> None:
    """Identity Center API Reference: every operation names an instance of the caller's."""
    arn = request.params.get("InstanceArn")
    backend = ssoadmin_backends[request.account][request.region]
    if arn and arn not in {instance.instance_arn for instance in backend.instances}:
        raise ResourceNotFoundError(f"Instance with ARN {arn} was not found.")


@limit("sso-admin", "CreatePermissionSet")
def permission_sets(request: Request) -> None:
    """Identity Center API Reference, CreatePermissionSet; User Guide, 'Quotas'."""
    name = request.params["Name"]
    sets = ssoadmin_backends[request.account][request.region].permission_sets
    if any(each.name == name for each in sets):
        raise ConflictError(f"PermissionSet with name {name} already exists.")
    if len(sets) >= quota("sso.permission_sets"):
        raise ServiceQuotaExceededError("You have exceeded the number of permission sets.")


@limit("sso-admin", "PutInlinePolicyToPermissionSet")
def inline_policies(request: Request) -> None:
    """Identity Center API Reference, PutInlinePolicyToPermissionSet; User Guide, 'Quotas'."""
    text = request.params["InlinePolicy"]
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "Statement" not in found:
        raise ValidationError("The inline policy is not a valid policy document.")
    if len(text.encode()) > quota("sso.inline_policy_size"):
        raise ServiceQuotaExceededError("The inline policy is too large.")


@limit("sso-admin", "CreateAccountAssignment")
def assignments(request: Request) -> None:
    """Identity Center API Reference, CreateAccountAssignment: account, set and principal exist."""
    params = request.params
    backend = memberships.organization_of(request.account)
    known = {each.id for each in backend.accounts} if backend is not None else set()
    if params["TargetId"] not in known:
        raise ResourceNotFoundError(f"Account {params['TargetId']} is not in the organization.")
    admin = ssoadmin_backends[request.account][request.region]
    if params["PermissionSetArn"] not in {
        each.permission_set_arn for each in admin.permission_sets
    }:
        raise ResourceNotFoundError("The permission set was not found.")
    store = identitystore_backends[request.account][request.region].identity_stores.get(
        admin.instances[0].identity_store_id
    )
    principals = {} if store is None else {"GROUP": store.groups, "USER": store.users}
    if params["PrincipalId"] not in principals.get(params["PrincipalType"], {}):
        raise ResourceNotFoundError(f"{params['PrincipalType']} was not found in the store.")
