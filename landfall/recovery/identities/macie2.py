"""Macie: sessions, the delegated administrator and its members."""

from __future__ import annotations

from landfall.recovery.identities.registry import (
    Client,
    Inputs,
    OccupiedError,
    finds,
    nothing_if,
    pages,
)


@finds("aws:macie2/account:Account")
def _session(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # One for each account and region; the provider's id is the account's.
    with nothing_if("AccessDeniedException"):  # "Macie is not enabled"
        return str(client("macie2").get_macie_session()["serviceRole"].split(":")[4])
    return None


@finds("aws:macie2/organizationAdminAccount:OrganizationAdminAccount")
def _macie_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("macie2"), "list_organization_admin_accounts", "adminAccounts")
    held = [str(each["accountId"]) for each in listed]
    wanted: str = inputs["adminAccountId"]
    if held and wanted not in held:
        # One for an organization. https://docs.aws.amazon.com/macie/latest/APIReference/admin.html
        raise OccupiedError(
            f"Macie's delegated administrator is account {held[0]}, not {wanted}",
            f"give account {held[0]} purpose: audit, or end its delegation in each region: "
            f"aws macie2 disable-organization-admin-account --admin-account-id {held[0]}",
        )
    return wanted if held else None


@finds("aws:macie2/member:Member")
def _macie_member(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    with nothing_if("AccessDeniedException"):
        member = client("macie2").get_member(id=inputs["accountId"])
        # A removed member is created again.
        associated = member["relationshipStatus"] in ("Enabled", "Paused")
        return str(member["accountId"]) if associated else None
    return None
