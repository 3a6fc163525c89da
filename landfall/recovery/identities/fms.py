"""Firewall Manager: its default administrator."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, OccupiedError, finds


@finds("aws:fms/adminAccount:AdminAccount")
def _firewall_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    held = str(client("fms").get_admin_account()["AdminAccount"])
    if held != inputs["accountId"]:
        # One for an organization. https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_AssociateAdminAccount.html
        raise OccupiedError(
            f"Firewall Manager's default administrator is account {held}, "
            f"not {inputs['accountId']}",
            f"give account {held} purpose: audit, or end it there: "
            "aws fms disassociate-admin-account --region us-east-1",
        )
    return held
