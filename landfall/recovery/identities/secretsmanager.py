"""Secrets Manager: secrets."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:secretsmanager/secret:Secret")
def _secret(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("secretsmanager").describe_secret(SecretId=inputs["name"])["ARN"]
    return found
