"""Condition keys of single services: Service Authorization Reference, as of November 2026."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from moto.iam.models import iam_backends

from landfall.aws.passed_roles import members
from landfall.aws.request_keys import MEMBERS, Member
from landfall.iam import presence
from landfall.iam.requests import NOT_GIVEN, UNKNOWN, ContextValue, NotGiven
from landfall.sandbox.gate import memberships
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


class KeysOfService:
    """The keys of a permission's service that the request decides.

    A service sends a key only with the actions for which AWS documents it. A permission that a
    service needs for the caller, such as KMS behind S3, has only its own keys.
    """

    def __init__(self, request: Request, permission: Permission) -> None:
        self._request = request
        self._permission = permission
        self._service = permission.action.partition(":")[0]
        self._is_sent = not permission.is_other and permission.action != "iam:PassRole"

    def find(self, key: str) -> ContextValue | NotGiven:
        """Return the value of a key in lower case."""
        if not self._is_sent:
            return NOT_GIVEN
        value = self._computed.get(key, NOT_GIVEN)
        if isinstance(value, NotGiven):
            member = MEMBERS.get(self._service, {}).get(key)
            value = NOT_GIVEN if member is None else _values(self._request, member)
        if isinstance(value, NotGiven) or presence.is_of_action(key, self._permission.action):
            return value
        return NOT_GIVEN

    @cached_property
    def _computed(self) -> Values:
        computed = _BY_SERVICE.get(self._service)
        return {} if computed is None else computed(self._request, self._permission)


def _values(request: Request, member: Member) -> ContextValue:
    if member.operations and request.operation not in member.operations:
        return None
    for path in member.paths:
        found = [_scalar(each) for each in members(request.params, path) if each not in (None, "")]
        if found:
            return found
    return member.default


def _scalar(value: Any) -> str | int | bool:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) else str(value)


def _iam(request: Request, _: Permission) -> Values:
    params = request.params
    keys: Values = {}
    if request.operation in _SET_BOUNDARY:
        keys["iam:permissionsboundary"] = params.get("PermissionsBoundary")
    elif "RoleName" in params:
        roles = list(iam_backends[request.account][request.partition].roles.values())
        role = next((each for each in roles if each.name == params["RoleName"]), None)
        keys["iam:permissionsboundary"] = role.permissions_boundary_arn or None if role else None
    return keys


def _kms(request: Request, permission: Permission) -> Values:
    from moto.kms.models import kms_backends

    keys: Values = {
        "kms:calleraccount": request.account,
        "kms:viaservice": None,
        # The caller asks itself, and no service for it.
        "kms:grantisforawsresource": False,
    }
    context = {
        str(name): str(value)
        for path in (
            "EncryptionContext",
            "SourceEncryptionContext",
            "DestinationEncryptionContext",
            "Constraints.EncryptionContextEquals",
            "Constraints.EncryptionContextSubset",
        )
        for each in members(request.params, path)
        if isinstance(each, Mapping)
        for name, value in each.items()
    }
    keys |= {f"kms:encryptioncontext:{name}".lower(): value for name, value in context.items()}
    keys["kms:encryptioncontextkeys"] = list(context) or None
    constraints = request.params.get("Constraints")
    keys["kms:grantconstrainttype"] = (
        list(constraints) if isinstance(constraints, Mapping) else None
    )
    named = request.params.get("KeyId")
    is_alias = isinstance(named, str) and "alias/" in named
    keys["kms:requestalias"] = "alias/" + str(named).partition("alias/")[2] if is_alias else None
    parts = (permission.resource or "").split(":", 5)
    if len(parts) == 6 and parts[5].startswith("key/") and parts[4] in list(kms_backends):
        key = kms_backends[parts[4]][parts[3]].keys.get(parts[5][4:])
        if key is not None:
            keys |= {
                "kms:keyorigin": key.origin,
                "kms:keyspec": key.key_spec,
                "kms:keyusage": key.key_usage,
                "kms:multiregion": bool(key.multi_region),
                "kms:resourcealiases": sorted(key.aliases) or None,
            }
    return keys


def _organizations(request: Request, _: Permission) -> Values:
    kind = request.params.get(
        "PolicyType", request.params.get("Type", request.params.get("Filter"))
    )
    backend = memberships.organization_of(request.account)
    if kind is None and "PolicyId" in request.params and backend is not None:
        wanted = request.params["PolicyId"]
        kind = next((each.type for each in backend.policies if each.id == wanted), None)
    return {"organizations:policytype": kind}


def _s3(request: Request, _: Permission) -> Values:
    params = request.params
    tags = params.get("Tagging")
    pairs: dict[str, str] = {}
    if isinstance(tags, str):
        pairs = dict(each.partition("=")[::2] for each in tags.split("&") if each)
    elif isinstance(tags, Mapping):
        pairs = {str(one.get("Key")): str(one.get("Value")) for one in tags.get("TagSet", ())}
    return {
        **{f"s3:requestobjecttag/{name}".lower(): value for name, value in pairs.items()},
        "s3:requestobjecttagkeys": list(pairs) or None,
        "s3:authtype": "REST-QUERY-STRING" if request.is_presigned else "REST-HEADER",
        "s3:resourceaccount": None if "Bucket" not in params else _owner(str(params["Bucket"])),
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:x-amz-content-sha256": request.headers.get("x-amz-content-sha256"),
    }


def _owner(bucket: str) -> ContextValue:
    from moto.s3.models import s3_backends

    found = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found is not None else UNKNOWN


def _ec2(request: Request, permission: Permission) -> Values:
    """Return the keys of instances, their metadata options and volumes."""
    from moto.ec2.models import ec2_backends

    params = request.params
    keys: Values = {"ec2:region": request.region}
    if request.operation == "RunInstances" and "LaunchTemplate" not in params:
        tokens = list(members(params, "MetadataOptions.HttpTokens"))
        # An image can require them, too.
        keys["ec2:metadatahttptokens"] = tokens or UNKNOWN
    encrypted = [
        *members(params, "Encrypted"),
        *members(params, "BlockDeviceMappings.Ebs.Encrypted"),
    ]
    backend = ec2_backends[request.account][request.region]
    if getattr(backend, "ebs_encryption_by_default", False):
        keys["ec2:encrypted"] = True
    elif request.operation == "CreateVolume" and "SnapshotId" not in params:
        keys["ec2:encrypted"] = encrypted or False
    elif encrypted:
        keys["ec2:encrypted"] = encrypted
    return keys


def _ecs(request: Request, permission: Permission) -> Values:
    """ECS Developer Guide, 'Grant permission to tag resources on creation'."""
    creates = permission.action == "ecs:TagResource" and request.operation != "TagResource"
    return {"ecs:createaction": request.operation if creates else None}


_BY_SERVICE: Final[Mapping[str, Callable[[Request, Permission], Values]]] = {
    "ec2": _ec2,
    "ecs": _ecs,
    "iam": _iam,
    "kms": _kms,
    "organizations": _organizations,
    "s3": _s3,
}
