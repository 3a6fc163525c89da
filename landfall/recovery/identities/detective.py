"""Detective: graphs, the delegated administrator and its members."""

from __future__ import annotations

from landfall.recovery.identities.registry import (
    Client,
    Inputs,
    OccupiedError,
    finds,
    pages_by_token,
)


@finds("aws:detective/graph:Graph")
def _graph(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CreateGraph: one for each account and region.
    listed = pages_by_token(client("detective").list_graphs, "GraphList", "NextToken")
    return next((str(each["Arn"]) for each in listed), None)


@finds("aws:detective/organizationAdminAccount:OrganizationAdminAccount")
def _detective_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    operation = client("detective").list_organization_admin_accounts
    listed = pages_by_token(operation, "Administrators", "NextToken")
    held = [str(each["AccountId"]) for each in listed]
    wanted: str = inputs["accountId"]
    if held and wanted not in held:
        # One for an organization. https://docs.aws.amazon.com/detective/latest/userguide/accounts-designate-admin.html
        raise OccupiedError(
            f"Detective's delegated administrator is account {held[0]}, not {wanted}",
            f"give account {held[0]} purpose: audit, or end its delegation in each region, which "
            "deletes its graph: aws detective disable-organization-admin-account",
        )
    return wanted if held else None


@finds("aws:detective/member:Member")
def _detective_member(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    graph, account = inputs["graphArn"], inputs["accountId"]
    found = client("detective").get_members(GraphArn=graph, AccountIds=[account])["MemberDetails"]
    return f"{graph}/{account}" if found else None
