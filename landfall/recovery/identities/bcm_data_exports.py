"""AWS Data Exports: exports."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:bcmdata/export:Export")
def _export(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Names are unique in an account.
    found = pages(client("bcm-data-exports"), "list_exports", "Exports")
    wanted = inputs["export"]["name"]
    return next((str(each["ExportArn"]) for each in found if each["ExportName"] == wanted), None)
