"""Services that a partition lacks, as AWS's SDK for Python carried their endpoints on `READ_ON`.

https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-services.html
"""

from __future__ import annotations

READ_ON = "2026-11-26"

LACKING: dict[str, frozenset[str]] = {
    "aws": frozenset(),
    "aws-cn": frozenset(),
    # Contacts, names and costs of GovCloud accounts are those of the standard accounts beside them.
    "aws-us-gov": frozenset({"account", "budgets"}),
}
