"""GuardDuty: detectors and the delegated administrator."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, OccupiedError, finds, pages


@finds("aws:guardduty/detector:Detector")
def _detector(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CreateDetector: at most one detector for each account and region.
    return next(iter(pages(client("guardduty"), "list_detectors", "DetectorIds")), None)


@finds("aws:guardduty/organizationAdminAccount:OrganizationAdminAccount")
def _guardduty_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("guardduty"), "list_organization_admin_accounts", "AdminAccounts")
    held = [str(each["AdminAccountId"]) for each in listed]
    wanted: str = inputs["adminAccountId"]
    if held and wanted not in held:
        # One for each region. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_EnableOrganizationAdminAccount.html
        raise OccupiedError(
            f"GuardDuty's delegated administrator is account {held[0]}, not {wanted}",
            f"give account {held[0]} purpose: audit, or end its delegation in each region: "
            f"aws guardduty disable-organization-admin-account --admin-account-id {held[0]}",
        )
    return wanted if held else None
