"""CloudWatch Observability Access Manager: sinks, their policies, and links to them.

OAM API Reference. A link is created only where the sink's policy allows it; no data is shared.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from landfall.sandbox.across_services import documents
from landfall.sandbox.across_services.trust import applicant_of, decide
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags


class ConflictError(AWSError):
    """It cannot be done in this state: OAM API Reference, 'ConflictException'."""

    code = "ConflictException"


class NotFoundError(AWSError):
    """It is not there: OAM API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"
    message = "The request references a resource that does not exist."


class InvalidParameterError(AWSError):
    """A value is wrong: OAM API Reference, 'InvalidParameterException'."""

    code = "InvalidParameterException"


class QuotaError(AWSError):
    """A quota is reached: OAM API Reference, 'ServiceQuotaExceededException'."""

    code = "ServiceQuotaExceededException"


class DeniedError(AWSError):
    """The sink's policy does not allow it: IAM User Guide, 'Access denied error messages'."""

    code = "AccessDeniedException"
    status = 403


# CloudWatch User Guide, 'CloudWatch cross-account observability': one sink, five monitoring
# accounts.
_MOST_LINKS = 5

sinks: Store[dict[str, Any]] = Store()
links: Store[dict[str, Any]] = Store()
tags = Tags(pairs=None)


@addition("oam", "CreateSink")
def create_sink(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, CreateSink: an account has one in each region."""
    if sinks.of(request):
        raise ConflictError("A sink already exists in this account and Region.")
    identity = str(uuid.uuid4())
    arn = request.arn("oam", f"sink/{identity}")
    sinks.of(request)[arn] = {"Arn": arn, "Id": identity, "Name": request.params["Name"]}
    tags.add(request, arn, request.params.get("Tags"))
    return _shown(request, sinks.of(request)[arn])


def _shown(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in kept.items() if name != "Policy"}
    return {**own, "Tags": tags.of(request, kept["Arn"])}


def _sink(request: Request, member: str = "Identifier") -> dict[str, Any]:
    found = sinks.of(request).get(request.params[member])
    if found is None:
        raise NotFoundError
    return found


@addition("oam", "GetSink")
def get_sink(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, GetSink."""
    return _shown(request, _sink(request))


@addition("oam", "ListSinks")
def list_sinks(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, ListSinks: without their policies and tags."""
    found = [{name: each[name] for name in ("Arn", "Id", "Name")} for each in _sinks(request)]
    return paged("Items", found, request.params, size="MaxResults")


def _sinks(request: Request) -> list[dict[str, Any]]:
    return list(sinks.of(request).values())


@addition("oam", "DeleteSink")
def delete_sink(request: Request) -> None:
    """OAM API Reference, DeleteSink: not while links are attached."""
    arn = _sink(request)["Arn"]
    if any(_attached(request, arn)):
        raise ConflictError("The sink has links. Delete the links first.")
    del sinks.of(request)[arn]
    tags.forget(request, arn)


@addition("oam", "PutSinkPolicy")
def put_sink_policy(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, PutSinkPolicy: it allows oam:CreateLink and oam:UpdateLink alone."""
    kept, text = _sink(request, "SinkIdentifier"), request.params["Policy"]
    parsed = documents.parse(text)
    if parsed is None:
        raise InvalidParameterError("The policy is not valid JSON.")
    for each in documents.statements(parsed):
        actions = documents.listed(each.get("Action"))
        if not {*actions} <= {"oam:CreateLink", "oam:UpdateLink", "oam:*"}:
            raise InvalidParameterError("The policy has an action that a sink does not support.")
    kept["Policy"] = text
    return _policy(kept)


@addition("oam", "GetSinkPolicy")
def get_sink_policy(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, GetSinkPolicy."""
    kept = _sink(request, "SinkIdentifier")
    if "Policy" not in kept:
        raise NotFoundError
    return _policy(kept)


def _policy(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {"SinkArn": kept["Arn"], "SinkId": kept["Id"], "Policy": kept["Policy"]}


def _attached(request: Request, arn: str) -> Iterator[dict[str, Any]]:
    """Yield the links to a sink, from any account of the organization, in its region."""
    backend = memberships.organization_of(request.account)
    for account in [] if backend is None else [each.id for each in backend.accounts]:
        yield from (
            each for each in links.at(account, request.region).values() if each["SinkArn"] == arn
        )


@addition("oam", "ListAttachedLinks")
def list_attached_links(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, ListAttachedLinks."""
    arn = _sink(request, "SinkIdentifier")["Arn"]
    found = [
        {"Label": each["Label"], "LinkArn": each["Arn"], "ResourceTypes": each["ResourceTypes"]}
        for each in _attached(request, arn)
    ]
    return paged("Items", found, request.params, size="MaxResults")


def _admit(request: Request, sink_arn: str, types: list[str]) -> None:
    """Raise unless a sink exists in the region and its policy admits the caller's link."""
    _, _, _, region, owner, _ = sink_arn.split(":", 5)
    kept = sinks.at(owner, region).get(sink_arn)
    if kept is None or region != request.region:
        raise NotFoundError
    if owner == request.account:
        raise InvalidParameterError("A monitoring account cannot link to its own sink.")
    asking = applicant_of(request, {"oam:resourcetypes": types})
    policy = json.loads(kept.get("Policy", "{}"))
    action = f"oam:{request.operation}"
    if decide(policy, asking, action, sink_arn) != "Allow":
        raise DeniedError(
            f"User: {request.caller.principal} is not authorized to perform: {action} on "
            f"resource: {sink_arn} because no resource-based policy allows the {action} action"
        )


@addition("oam", "CreateLink")
def create_link(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, CreateLink."""
    params, own = request.params, links.of(request)
    sink, types = params["SinkIdentifier"], list(params["ResourceTypes"])
    if any(each["SinkArn"] == sink for each in own.values()):
        raise ConflictError("A link to this sink already exists in this account and Region.")
    if len(own) >= _MOST_LINKS:
        raise QuotaError("The account is linked to five monitoring accounts already.")
    _admit(request, sink, types)
    identity = str(uuid.uuid4())
    arn = request.arn("oam", f"link/{identity}")
    own[arn] = {
        "Arn": arn,
        "Id": identity,
        "Label": _label(request, params["LabelTemplate"]),
        "LabelTemplate": params["LabelTemplate"],
        "ResourceTypes": types,
        "SinkArn": sink,
        **({"LinkConfiguration": c} if (c := params.get("LinkConfiguration")) else {}),
    }
    tags.add(request, arn, params.get("Tags"))
    return _shown(request, own[arn])


def _label(request: Request, template: str) -> str:
    member = memberships.member(request.account)
    values = {
        "$AccountName": member.name if member else request.account,
        "$AccountEmailNoDomain": (member.email if member else "").partition("@")[0],
        "$AccountEmail": member.email if member else "",
    }
    for name, value in values.items():
        template = template.replace(name, value)
    return template


def _link(request: Request) -> dict[str, Any]:
    found = links.of(request).get(request.params["Identifier"])
    if found is None:
        raise NotFoundError
    return found


@addition("oam", "GetLink")
def get_link(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, GetLink."""
    return _shown(request, _link(request))


@addition("oam", "ListLinks")
def list_links(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, ListLinks."""
    names = ("Arn", "Id", "Label", "ResourceTypes", "SinkArn")
    found = [{name: each[name] for name in names} for each in links.of(request).values()]
    return paged("Items", found, request.params, size="MaxResults")


@addition("oam", "UpdateLink")
def update_link(request: Request) -> Mapping[str, Any]:
    """OAM API Reference, UpdateLink: the sink's policy must allow the new types, too."""
    kept, types = _link(request), list(request.params["ResourceTypes"])
    _admit(request, kept["SinkArn"], types)
    kept["ResourceTypes"] = types
    if (configuration := request.params.get("LinkConfiguration")) is not None:
        kept["LinkConfiguration"] = configuration
    return _shown(request, kept)


@addition("oam", "DeleteLink")
def delete_link(request: Request) -> None:
    """OAM API Reference, DeleteLink."""
    arn = _link(request)["Arn"]
    del links.of(request)[arn]
    tags.forget(request, arn)


def _require(request: Request, arn: str) -> None:
    if arn not in sinks.of(request) and arn not in links.of(request):
        raise NotFoundError


tags.serve("oam", _require)
