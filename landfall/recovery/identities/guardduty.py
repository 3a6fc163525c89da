"""GuardDuty: detectors and the delegated administrator."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:guardduty/detector:Detector")
def _detector(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CreateDetector: at most one detector for each account and region.
    return next(iter(pages(client("guardduty"), "list_detectors", "DetectorIds")), None)


@finds("aws:guardduty/organizationAdminAccount:OrganizationAdminAccount")
def _guardduty_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("guardduty"), "list_organization_admin_accounts", "AdminAccounts")
    wanted: str = inputs["adminAccountId"]
    return wanted if any(each["AdminAccountId"] == wanted for each in listed) else None
