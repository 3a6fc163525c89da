"""CodeConnections: connections and hosts."""

from __future__ import annotations

from typing import Any

from landfall.recovery.identities.registry import Client, Inputs, finds, pages_by_token


@finds("aws:codeconnections/connection:Connection")
def _connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return connection_arn(client("codeconnections"), inputs["name"])


def connection_arn(connections: Any, name: str) -> str | None:
    """Return the ARN of the connection of this name, through either API."""
    listed = pages_by_token(connections.list_connections, "Connections", "NextToken")
    named = (str(each["ConnectionArn"]) for each in listed if each["ConnectionName"] == name)
    return next(named, None)


@finds("aws:codeconnections/host:Host")
def _host(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages_by_token(client("codeconnections").list_hosts, "Hosts", "NextToken")
    return next((str(each["HostArn"]) for each in listed if each["Name"] == inputs["name"]), None)
