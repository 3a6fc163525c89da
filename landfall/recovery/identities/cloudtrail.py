"""CloudTrail: trails and their delegated administrator."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:cloudtrail/trail:Trail")
def _trail(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Skip shadow trails: multi-region and organization trails have them in other places.
    trails = client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    named = (str(trail["TrailARN"]) for trail in trails if trail["Name"] == inputs["name"])
    return next(named, None)


@finds("aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount")
def _trail_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CloudTrail has no operation that lists delegated administrators.
    administrators = pages(
        client("organizations"),
        "list_delegated_administrators",
        "DelegatedAdministrators",
        ServicePrincipal="cloudtrail.amazonaws.com",
    )
    wanted: str = inputs["accountId"]
    return wanted if any(each["Id"] == wanted for each in administrators) else None
