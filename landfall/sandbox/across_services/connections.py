"""Connections to Git hosts: one API under two names, CodeConnections and CodeStar Connections.

AWS renamed the service in 2024; the ARN carries the name of the API that created the resource, and
either API finds it (Developer Tools User Guide, 'Connections rename'). A new connection is PENDING
until its handshake is completed in the console, which no API does.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

SERVICES = ("codeconnections", "codestar-connections")

_connections: Store[dict[str, Any]] = Store()
_hosts: Store[dict[str, Any]] = Store()
_tags = Tags()


class ResourceNotFoundError(AWSError):
    """No such connection or host: CodeConnections API Reference, GetConnection."""

    code = "ResourceNotFoundException"


class ResourceUnavailableError(AWSError):
    """A host that connections still use: CodeConnections API Reference, DeleteHost."""

    code = "ResourceUnavailableException"


def _find(store: Store[dict[str, Any]], request: Request, arn: str) -> dict[str, Any]:
    kept = store.of(request).get(arn)
    if kept is None:
        raise ResourceNotFoundError(f"Resource not found: {arn}")
    return kept


def is_pending(arn: str) -> bool:
    """Return whether a connection of any account is known and not completed."""
    _, _, _, region, account, *_ = arn.split(":")
    found = _connections.at(account, region).get(arn)
    return found is not None and found["ConnectionStatus"] == "PENDING"


def _any(request: Request, arn: str) -> object:
    kind = _hosts if ":host/" in arn else _connections
    return _find(kind, request, arn)


def _create_connection(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, CreateConnection."""
    params = request.params
    provider = params.get("ProviderType")
    if "HostArn" in params:
        provider = _find(_hosts, request, params["HostArn"])["ProviderType"]
    arn = request.arn(request.service, f"connection/{uuid.uuid4()}")
    connection = {
        "ConnectionName": params["ConnectionName"],
        "ConnectionArn": arn,
        "ProviderType": provider,
        "OwnerAccountId": request.account,
        "ConnectionStatus": "PENDING",
    }
    if "HostArn" in params:
        connection["HostArn"] = params["HostArn"]
    _connections.of(request)[arn] = connection
    _tags.add(request, arn, params.get("Tags"))
    return {"ConnectionArn": arn, "Tags": _tags.of(request, arn)}


def _get_connection(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, GetConnection."""
    return {"Connection": _find(_connections, request, request.params["ConnectionArn"])}


def _list_connections(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, ListConnections."""
    params = request.params
    found = [
        connection
        for connection in _connections.of(request).values()
        if params.get("ProviderTypeFilter") in (None, connection["ProviderType"])
        and params.get("HostArnFilter") in (None, connection.get("HostArn"))
    ]
    return paged("Connections", found, params, size="MaxResults")


def _delete_connection(request: Request) -> None:
    """CodeConnections API Reference, DeleteConnection."""
    arn = request.params["ConnectionArn"]
    _find(_connections, request, arn)
    del _connections.of(request)[arn]
    _tags.forget(request, arn)


def _create_host(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, CreateHost."""
    params = request.params
    arn = request.arn(request.service, f"host/{params['Name']}-{uuid.uuid4().hex[:8]}")
    host = {
        "Name": params["Name"],
        "HostArn": arn,
        "ProviderType": params["ProviderType"],
        "ProviderEndpoint": params["ProviderEndpoint"],
        "Status": "PENDING",
    }
    if "VpcConfiguration" in params:
        host["VpcConfiguration"] = params["VpcConfiguration"]
    _hosts.of(request)[arn] = host
    _tags.add(request, arn, params.get("Tags"))
    return {"HostArn": arn, "Tags": _tags.of(request, arn)}


def _get_host(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, GetHost."""
    host = dict(_find(_hosts, request, request.params["HostArn"]))
    host.pop("HostArn")
    return host


def _list_hosts(request: Request) -> Mapping[str, Any]:
    """CodeConnections API Reference, ListHosts."""
    return paged("Hosts", list(_hosts.of(request).values()), request.params, size="MaxResults")


def _delete_host(request: Request) -> None:
    """Refuse while connections use the host: CodeConnections API Reference, DeleteHost."""
    arn = request.params["HostArn"]
    _find(_hosts, request, arn)
    if any(each.get("HostArn") == arn for each in _connections.of(request).values()):
        raise ResourceUnavailableError("The host still has connections.")
    del _hosts.of(request)[arn]


def serve(service: str) -> None:
    """Register the whole API under one of its two names."""
    addition(service, "CreateConnection")(_create_connection)
    addition(service, "GetConnection")(_get_connection)
    addition(service, "ListConnections")(_list_connections)
    addition(service, "DeleteConnection")(_delete_connection)
    addition(service, "CreateHost")(_create_host)
    addition(service, "GetHost")(_get_host)
    addition(service, "ListHosts")(_list_hosts)
    addition(service, "DeleteHost")(_delete_host)
    _tags.serve(service, _any)
