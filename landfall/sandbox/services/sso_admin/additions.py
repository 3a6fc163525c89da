"""IAM Identity Center: the tags and the boundary of permission sets, and their provisioning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.ssoadmin.models import PermissionSet, ssoadmin_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

boundaries: Store[dict[str, Any]] = Store()


class ResourceNotFoundError(AWSError):
    """No such permission set or boundary: Identity Center API Reference."""

    code = "ResourceNotFoundException"


def _permission_set(request: Request, arn: str) -> PermissionSet:
    for found in ssoadmin_backends[request.account][request.region].permission_sets:
        if found.permission_set_arn == arn:
            return found
    raise ResourceNotFoundError(f"PermissionSet with ARN {arn} was not found.")


def _kept(request: Request) -> dict[str, str]:
    found = _permission_set(request, request.params["ResourceArn"])
    return {tag["Key"]: tag["Value"] for tag in found.tags or []}


def _keep(request: Request, tags: Mapping[str, str]) -> None:
    found = _permission_set(request, request.params["ResourceArn"])
    found.tags = [{"Key": key, "Value": value} for key, value in tags.items()]


@addition("sso-admin", "ListTagsForResource")
def list_tags_for_resource(request: Request) -> Mapping[str, Any]:
    """Identity Center API Reference, ListTagsForResource."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in _kept(request).items()]}


@addition("sso-admin", "TagResource")
def tag_resource(request: Request) -> None:
    """Identity Center API Reference, TagResource."""
    new = {tag["Key"]: tag["Value"] for tag in request.params["Tags"]}
    _keep(request, _kept(request) | new)


@addition("sso-admin", "UntagResource")
def untag_resource(request: Request) -> None:
    """Identity Center API Reference, UntagResource."""
    gone = request.params["TagKeys"]
    _keep(request, {key: value for key, value in _kept(request).items() if key not in gone})


@addition("sso-admin", "PutPermissionsBoundaryToPermissionSet")
def put_permissions_boundary(request: Request) -> None:
    """Identity Center API Reference, PutPermissionsBoundaryToPermissionSet."""
    arn = request.params["PermissionSetArn"]
    _permission_set(request, arn)
    boundaries.of(request)[arn] = request.params["PermissionsBoundary"]


@addition("sso-admin", "GetPermissionsBoundaryForPermissionSet")
def get_permissions_boundary(request: Request) -> Mapping[str, Any]:
    """Identity Center API Reference, GetPermissionsBoundaryForPermissionSet."""
    arn = request.params["PermissionSetArn"]
    _permission_set(request, arn)
    if arn not in boundaries.of(request):
        raise ResourceNotFoundError("There is no permissions boundary.")
    return {"PermissionsBoundary": boundaries.of(request)[arn]}


@addition("sso-admin", "DeletePermissionsBoundaryFromPermissionSet")
def delete_permissions_boundary(request: Request) -> None:
    """Identity Center API Reference, DeletePermissionsBoundaryFromPermissionSet."""
    arn = request.params["PermissionSetArn"]
    _permission_set(request, arn)
    boundaries.of(request).pop(arn, None)


@addition("sso-admin", "DescribePermissionSetProvisioningStatus")
def describe_provisioning_status(request: Request) -> Mapping[str, Any]:
    """Done at once: Identity Center API Reference, DescribePermissionSetProvisioningStatus."""
    return {
        "PermissionSetProvisioningStatus": {
            "Status": "SUCCEEDED",
            "RequestId": request.params["ProvisionPermissionSetRequestId"],
            "CreatedDate": datetime.now(UTC),
        }
    }


@addition("sso-admin", "ListAccountsForProvisionedPermissionSet")
def accounts_of_permission_set(request: Request) -> Mapping[str, Any]:
    """Identity Center API Reference, ListAccountsForProvisionedPermissionSet.

    An assignment provisions the permission set in its account.
    """
    arn = request.params["PermissionSetArn"]
    _permission_set(request, arn)
    assignments = ssoadmin_backends[request.account][request.region].account_assignments
    accounts = {each.target_id for each in assignments if each.permission_set_arn == arn}
    return paged("AccountIds", sorted(accounts), request.params, size="MaxResults")
