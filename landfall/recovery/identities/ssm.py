"""Systems Manager: documents."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, nothing_if


@finds("aws:ssm/document:Document")
def _document(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A name is unique in an account and region.
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html
    with nothing_if("InvalidDocument"):
        return str(client("ssm").describe_document(Name=inputs["name"])["Document"]["Name"])
    return None
