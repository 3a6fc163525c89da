"""Systems Manager: documents."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:ssm/document:Document")
def _document(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A name is unique in an account and region.
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
    found = client("ssm").describe_document(Name=inputs["name"])["Document"]
    return str(found["Name"])
