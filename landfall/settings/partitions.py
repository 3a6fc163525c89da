"""Services that a partition lacks, according to the endpoints in boto3 on `READ_ON`.

https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-services.html
"""

from __future__ import annotations

READ_ON = "2026-11-26"

LACKING: dict[str, frozenset[str]] = {
    "aws": frozenset(),
    "aws-cn": frozenset(),
    # Contacts, names and costs of GovCloud accounts belong to their standard accounts.
    "aws-us-gov": frozenset({"account", "budgets"}),
}
