"""CodeStar Connections: connections by their earlier API."""

from __future__ import annotations

from landfall.recovery.identities.codeconnections import connection_arn
from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:codestarconnections/connection:Connection")
def _star_connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return connection_arn(client("codestar-connections"), inputs["name"])
