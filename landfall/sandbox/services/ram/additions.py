"""AWS RAM: sharing with the organization, resource shares and their associations.

RAM API Reference. The resources themselves are not looked up, and nothing is usable through a
share.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.organizations.models import OrganizationsBackend

from landfall.sandbox.across_services import linked_roles
from landfall.sandbox.across_services.delegation import trust, trusted
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

SERVICE: Final = "ram.amazonaws.com"
ROLE: Final = "AWSServiceRoleForResourceAccessManager"
_PRINCIPAL = re.compile(
    r"^(?P<account>\d{12})$"
    r"|^arn:[^:]+:organizations::\d{12}:(?P<kind>organization|ou)/(?P<rest>.+)$"
)
_ARN = re.compile(r"^arn:[^:]+:[^:]+:(?P<region>[^:]*):(?P<account>\d{12}):.+$")


class NotPermittedError(AWSError):
    """It is not allowed here: RAM API Reference, 'OperationNotPermittedException'."""

    code = "OperationNotPermittedException"


class UnknownResourceError(AWSError):
    """It is not there: RAM API Reference, 'UnknownResourceException'."""

    code = "UnknownResourceException"


class InvalidParameterError(AWSError):
    """A value is wrong: RAM API Reference, 'InvalidParameterException'."""

    code = "InvalidParameterException"


class MalformedArnError(AWSError):
    """An ARN is wrong: RAM API Reference, 'MalformedArnException'."""

    code = "MalformedArnException"


shares: Store[dict[str, Any]] = Store()
associations: Store[dict[str, Any]] = Store()
permissions: Store[list[str]] = Store()


@addition("ram", "EnableSharingWithAwsOrganization")
def enable_sharing(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, EnableSharingWithAwsOrganization: by the management account; repeatable.

    It enables trusted access and creates the service-linked role.
    """
    backend = memberships.organization_of(request.account)
    if backend is None or backend.account_id != request.account:
        raise NotPermittedError(
            "Unable to enable sharing with AWS Organizations. Received AccessDeniedException from "
            "AWSOrganizations with the following error message: You don't have permissions to "
            "access this resource."
        )
    linked_roles.create_once(request.account, request.partition, SERVICE, ROLE)
    if not trusted(backend, SERVICE):
        trust(backend, SERVICE)
    return {"returnValue": True}


def _share(request: Request, arn: str | None = None) -> dict[str, Any]:
    found = shares.of(request).get(arn or request.params["resourceShareArn"])
    if found is None or found["status"] == "DELETED":
        raise UnknownResourceError("ResourceShare could not be found.")
    return found


@addition("ram", "CreateResourceShare")
def create_share(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, CreateResourceShare."""
    params = request.params
    arn, now = request.arn("ram", f"resource-share/{uuid.uuid4()}"), datetime.now(UTC)
    share = {
        "resourceShareArn": arn,
        "name": params["name"],
        "owningAccountId": request.account,
        "allowExternalPrincipals": params.get("allowExternalPrincipals", True),
        "status": "ACTIVE",
        "tags": list(params.get("tags", [])),
        "creationTime": now,
        "lastUpdatedTime": now,
        "featureSet": "STANDARD",
    }
    found = [*_associated(request, share)]
    shares.of(request)[arn] = share
    permissions.of(request)[arn] = list(params.get("permissionArns", []))
    _associate(request, share, found)
    return {"resourceShare": share}


@addition("ram", "UpdateResourceShare")
def update_share(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, UpdateResourceShare."""
    share = _share(request)
    for name in ("name", "allowExternalPrincipals"):
        if name in request.params:
            share[name] = request.params[name]
    share["lastUpdatedTime"] = datetime.now(UTC)
    return {"resourceShare": share}


@addition("ram", "DeleteResourceShare")
def delete_share(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, DeleteResourceShare: it stays visible as deleted."""
    share = _share(request)
    share["status"] = "DELETED"
    for key in [key for key in associations.of(request) if key.startswith(_start(share))]:
        del associations.of(request)[key]
    return {"returnValue": True}


@addition("ram", "GetResourceShares")
def get_shares(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, GetResourceShares: the caller's own, or those of others that reach it."""
    wanted = request.params
    own = wanted["resourceOwner"] == "SELF"
    found = [*shares.of(request).values()] if own else [*_reaching(request)]
    if (arns := wanted.get("resourceShareArns")) is not None:
        known = {each["resourceShareArn"] for each in found}
        for arn in arns:
            if arn not in known:
                raise UnknownResourceError(f"ResourceShare {arn} could not be found.")
        found = [each for each in found if each["resourceShareArn"] in arns]
    if (status := wanted.get("resourceShareStatus")) is not None:
        found = [each for each in found if each["status"] == status]
    if (name := wanted.get("name")) is not None:
        found = [each for each in found if each["name"] == name]
    return paged("resourceShares", found, wanted, next_member="nextToken", size="maxResults")


def _reaching(request: Request) -> Iterator[dict[str, Any]]:
    """Yield the active shares of other accounts of the organization that reach the caller."""
    backend = memberships.organization_of(request.account)
    if backend is None:
        return
    above = {unit.id for unit in memberships.parents(backend, request.account)}
    for account in [each.id for each in backend.accounts if each.id != request.account]:
        for each in associations.at(account, request.region).values():
            entity = str(each["associatedEntity"])
            last = entity.rpartition("/")[2]
            everyone = backend.org is not None and last == backend.org.id
            if entity == request.account or everyone or last in above:
                yield shares.at(account, request.region)[each["resourceShareArn"]]


@addition("ram", "ListResourceSharePermissions")
def list_permissions(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, ListResourceSharePermissions: those that were chosen, or AWS's."""
    share = _share(request)
    arns = permissions.of(request)[share["resourceShareArn"]]
    found = [
        {"arn": arn, "name": arn.rpartition("/")[2], "status": "ASSOCIATED", "version": "1"}
        for arn in arns
    ]
    return paged("permissions", found, request.params, next_member="nextToken", size="maxResults")


def _start(share: Mapping[str, Any]) -> str:
    return f"{share['resourceShareArn']},"


def _associated(request: Request, share: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (type, entity) of the request's principals and resources, if RAM takes all of them."""
    for principal in request.params.get("principals", []):
        _check_principal(request, share, principal)
        yield "PRINCIPAL", principal
    for arn in request.params.get("resourceArns", []):
        parts = _ARN.match(arn)
        if parts is None:
            raise MalformedArnError(f"The specified resource ARN {arn} is not valid.")
        if parts["account"] != request.account:
            raise InvalidParameterError(
                f"You cannot share the resource {arn}: another account owns it."
            )
        if parts["region"] not in ("", request.region):
            raise InvalidParameterError(f"The resource {arn} is not in this Region.")
        yield "RESOURCE", arn


def _check_principal(request: Request, share: Mapping[str, Any], principal: str) -> None:
    """Raise unless the principal may be one of the share.

    RAM User Guide, 'Creating a resource share': an organization and its units need sharing with
    AWS Organizations; other accounts need external principals.
    """
    parts = _PRINCIPAL.match(principal)
    if parts is None:
        raise InvalidParameterError(
            f"Principal ID {principal} is malformed. Verify the ID and try again."
        )
    backend = memberships.organization_of(request.account)
    shared = backend is not None and trusted(backend, SERVICE)
    if parts["kind"] is not None:
        if backend is None or not shared:
            raise NotPermittedError("Sharing with your organization is not enabled.")
        if not _in_organization(backend, parts["kind"], parts["rest"]):
            raise UnknownResourceError(f"{principal} could not be found.")
        return
    member = backend is not None and any(each.id == parts["account"] for each in backend.accounts)
    if not share["allowExternalPrincipals"] and not (member and shared):
        raise NotPermittedError(
            "The resource share you are trying to associate does not allow external principals."
        )


def _in_organization(backend: OrganizationsBackend, kind: str, rest: str) -> bool:
    organization = backend.org.id if backend.org is not None else ""
    if kind == "organization":
        return rest == organization
    of, _, unit = rest.partition("/")
    return of == organization and any(each.id == unit for each in backend.ou)


def _associate(request: Request, share: Mapping[str, Any], found: list[tuple[str, str]]) -> None:
    now = datetime.now(UTC)
    for kind, entity in found:
        associations.of(request)[f"{_start(share)}{entity}"] = {
            "resourceShareArn": share["resourceShareArn"],
            "resourceShareName": share["name"],
            "associatedEntity": entity,
            "associationType": kind,
            "status": "ASSOCIATED",
            "creationTime": now,
            "lastUpdatedTime": now,
            "external": False,
        }


@addition("ram", "AssociateResourceShare")
def associate(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, AssociateResourceShare; repeating it changes nothing."""
    share = _share(request)
    found = [*_associated(request, share)]
    _associate(request, share, found)
    kept = associations.of(request)
    return {"resourceShareAssociations": [kept[f"{_start(share)}{each}"] for _, each in found]}


@addition("ram", "DisassociateResourceShare")
def disassociate(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, DisassociateResourceShare."""
    share, kept = _share(request), associations.of(request)
    gone = []
    named = (*request.params.get("principals", []), *request.params.get("resourceArns", []))
    for entity in named:
        found = kept.pop(f"{_start(share)}{entity}", None)
        if found is None:
            raise UnknownResourceError(f"The association of {entity} could not be found.")
        gone.append({**found, "status": "DISASSOCIATING"})
    return {"resourceShareAssociations": gone}


@addition("ram", "GetResourceShareAssociations")
def get_associations(request: Request) -> Mapping[str, Any]:
    """RAM API Reference, GetResourceShareAssociations: of the caller's own shares."""
    wanted = request.params
    found = [
        each
        for each in associations.of(request).values()
        if each["associationType"] == wanted["associationType"]
        and each["resourceShareArn"] in wanted.get("resourceShareArns", [each["resourceShareArn"]])
        and each["associatedEntity"]
        == (wanted.get("principal") or wanted.get("resourceArn") or each["associatedEntity"])
        and each["status"] == wanted.get("associationStatus", each["status"])
    ]
    return paged(
        "resourceShareAssociations", found, wanted, next_member="nextToken", size="maxResults"
    )


@addition("ram", "TagResource")
def tag(request: Request) -> None:
    """RAM API Reference, TagResource."""
    share = _share(request)
    new = {each["key"]: each["value"] for each in (*share["tags"], *request.params["tags"])}
    share["tags"] = [{"key": key, "value": value} for key, value in new.items()]


@addition("ram", "UntagResource")
def untag(request: Request) -> None:
    """RAM API Reference, UntagResource."""
    share = _share(request)
    share["tags"] = [each for each in share["tags"] if each["key"] not in request.params["tagKeys"]]
