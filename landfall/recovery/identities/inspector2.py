"""Inspector: the delegated administrator and its members; enabling scans is repeatable."""

from __future__ import annotations

from landfall.recovery.identities.registry import (
    Client,
    Inputs,
    OccupiedError,
    finds,
    nothing_if,
    pages,
)


@finds("aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount")
def _inspector_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("inspector2"), "list_delegated_admin_accounts", "delegatedAdminAccounts")
    held = [str(each["accountId"]) for each in listed]
    wanted: str = inputs["accountId"]
    if held and wanted not in held:
        # One for an organization. https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html
        raise OccupiedError(
            f"Inspector's delegated administrator is account {held[0]}, not {wanted}",
            f"give account {held[0]} purpose: audit, or end its delegation in each region: "
            "aws inspector2 disable-delegated-admin-account "
            f"--delegated-admin-account-id {held[0]}",
        )
    return wanted if held else None


@finds("aws:inspector2/memberAssociation:MemberAssociation")
def _inspector_member(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Only the delegated administrator may ask, which an interrupted run has not made yet.
    # https://docs.aws.amazon.com/inspector/v2/APIReference/API_GetMember.html
    with nothing_if("AccessDeniedException"):
        member = client("inspector2").get_member(accountId=inputs["accountId"])["member"]
        return str(member["accountId"]) if member["relationshipStatus"] == "ENABLED" else None
    return None
