"""Condition keys of single services: Service Authorization Reference, as of November 2026."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from moto.iam.models import iam_backends

from landfall.iam import actions
from landfall.iam.requests import ContextValue
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging.permissions import Permission

Values = dict[str, ContextValue]

_SET_BOUNDARY: Final = frozenset(
    {
        "CreateRole",
        "CreateUser",
        "PutRolePermissionsBoundary",
        "PutUserPermissionsBoundary",
    }
)


def keys_of(request: Request, permission: Permission) -> Values:
    """Return the keys of a permission's service that the request decides.

    A service sends a key only with the actions for which AWS documents it.
    """
    found = _BY_SERVICE.get(permission.action.partition(":")[0])
    described = actions.find(permission.action)
    if found is None or described is None or permission.action == "iam:PassRole":
        return {}
    sent = {key.lower() for key in described.condition_keys}
    return {key: value for key, value in found(request).items() if key in sent}


def _iam(request: Request) -> Values:
    params = request.params
    keys: Values = {}
    if "PolicyArn" in params:
        keys["iam:policyarn"] = params["PolicyArn"]
    if "AWSServiceName" in params:
        keys["iam:awsservicename"] = params["AWSServiceName"]
    if request.operation in _SET_BOUNDARY:
        keys["iam:permissionsboundary"] = params.get("PermissionsBoundary")
    elif "RoleName" in params:
        roles = list(iam_backends[request.account][request.partition].roles.values())
        role = next((each for each in roles if each.name == params["RoleName"]), None)
        keys["iam:permissionsboundary"] = role.permissions_boundary_arn or None if role else None
    return keys


def _kms(request: Request) -> Values:
    return {"kms:calleraccount": request.account}


def _organizations(request: Request) -> Values:
    service = request.params.get("ServicePrincipal")
    return {"organizations:serviceprincipal": service} if service else {}


def _sts(request: Request) -> Values:
    params = request.params
    return {
        "sts:rolesessionname": params.get("RoleSessionName"),
        "sts:externalid": params.get("ExternalId"),
    }


_BY_SERVICE: Final[Mapping[str, Callable[[Request], Values]]] = {
    "iam": _iam,
    "kms": _kms,
    "organizations": _organizations,
    "sts": _sts,
}
