"""The condition keys that the gate knows of a call, in lower case.

AWS: 'AWS global condition context keys'. `service_keys` has the keys of services. A key that is
neither here nor there is absent, unless `unknown_keys` lists it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.iam.models import Role, User

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging.caller_policies import entity_of, tags_of

Keys = dict[str, Sequence[str]]
"""Values by key; an empty list is a key that is certainly absent."""

_GLOBAL: Final = frozenset({"account", "budgets", "cloudfront", "iam", "organizations", "route53"})
_GLOBAL_REGION: Final = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""Services that requests reach in one region: 'aws:RequestedRegion'."""

_HEADERS: Final = {"referer": "aws:referer", "user-agent": "aws:useragent"}


def of_caller(caller: Caller) -> Keys:
    """Return the keys that describe a caller of AWS: its ARN, account, organization and tags."""
    keys = {**of_credentials(caller), **of_organization(caller.account)}
    return {**keys, **of_principal_tags(caller, entity_of(caller))} if caller.principal else keys


def of_credentials(caller: Caller) -> Keys:
    """Return the keys that follow from the credentials of a caller."""
    return {
        **_of_session(caller),
        "aws:principalarn": [caller.principal_arn],
        "aws:principalaccount": [caller.account],
        "aws:principaltype": ["AssumedRole" if caller.role else "User"],
        "aws:principalisawsservice": ["false"],
        "aws:viaawsservice": ["false"],
        "aws:userid": [caller.principal_id],
    }


def of_organization(account: str) -> Keys:
    """Return the keys that describe the organization of a caller's account."""
    keys: Keys = {}
    if (organization_id := memberships.organization_id(account)) is not None:
        keys["aws:principalorgid"] = [organization_id]
        if (management := memberships.management_account(account)) is not None:
            keys["aws:principalorgmasteraccountid"] = [management]
    if (path := memberships.organization_path(account)) is not None:
        keys["aws:principalorgpaths"] = [path]
    return keys


def of_principal_tags(caller: Caller, entity: Role | User | None) -> Keys:
    """Return the keys of the tags of a caller, whose role or user is `entity`."""
    tags = tags_of(caller, entity)
    return {f"aws:principaltag/{key}".lower(): [value] for key, value in tags.items()}


def _of_session(caller: Caller) -> Keys:
    """Return the keys of temporary credentials; a user's long-term ones have none of them."""
    if caller.issued is None:
        return {"aws:multifactorauthpresent": []}
    keys: Keys = {"aws:tokenissuetime": [caller.issued.isoformat()]}
    if caller.source_identity:
        keys["aws:sourceidentity"] = [caller.source_identity]
    if caller.provider:
        keys["aws:federatedprovider"] = [caller.provider]
    if caller.function:
        keys["lambda:sourcefunctionarn"] = [caller.function]
    if caller.role:
        # Also if the role was assumed with a code: IAM User Guide, 'Secure API access with MFA'.
        keys["aws:multifactorauthpresent"] = []
    return keys


def of_connection(request: Request) -> Keys:
    """Return the keys that describe how a call reached AWS."""
    region = request.region
    if request.service in _GLOBAL:
        region = _GLOBAL_REGION.get(request.partition, region)
    keys: Keys = {"aws:securetransport": ["true"], "aws:requestedregion": [region]}
    for name, key in _HEADERS.items():
        if name in request.headers:
            keys[key] = [request.headers[name]]
    return keys


def of_resource(account: str) -> Keys:
    """Return the keys that describe the account of a resource."""
    keys: Keys = {"aws:resourceaccount": [account]}
    if (organization_id := memberships.organization_id(account)) is not None:
        keys["aws:resourceorgid"] = [organization_id]
    if (path := memberships.organization_path(account)) is not None:
        keys["aws:resourceorgpaths"] = [path]
    return keys


def of_tags(params: Mapping[str, Any]) -> Keys | None:
    """Return the keys of the tags that a request sets; None if they cannot be told.

    Services write tags in several ways; a member that resembles tags but is none of the two usual
    forms leaves them unknown.
    """
    found: dict[str, str] = {}
    for name, value in params.items():
        if "tag" not in name.lower():
            continue
        tags = _read_tags(value) if name.lower() in ("tags", "taglist") else None
        if tags is None:
            return None
        found.update(tags)
    keys: Keys = {f"aws:requesttag/{key}".lower(): [value] for key, value in found.items()}
    if found:
        keys["aws:tagkeys"] = list(found)
    return keys


def _read_tags(value: Any) -> dict[str, str] | None:
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    found = {}
    for tag in value if isinstance(value, list) else [None]:
        if not isinstance(tag, Mapping):
            return None
        lower = {str(key).lower(): each for key, each in tag.items()}
        key = lower.get("key", lower.get("tagkey"))
        if key is None:
            return None
        found[str(key)] = str(lower.get("value", lower.get("tagvalue", "")))
    return found
