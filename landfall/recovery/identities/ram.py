"""AWS RAM: resource shares."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:ram/resourceShare:ResourceShare")
def _share(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Names need not be unique, and a deleted share stays visible for a while.
    # https://docs.aws.amazon.com/ram/latest/APIReference/API_DeleteResourceShare.html
    found = pages(
        client("ram"),
        "get_resource_shares",
        "resourceShares",
        resourceOwner="SELF",
        resourceShareStatus="ACTIVE",
        name=inputs["name"],
    )
    arns = [str(each["resourceShareArn"]) for each in found]
    return next((arn for arn in arns if arn not in taken), None)
