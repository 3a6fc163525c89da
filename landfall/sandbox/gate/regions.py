"""The opt-in regions that accounts enabled; AWS refuses credentials in the others.

IAM User Guide, 'Manage AWS STS in an AWS Region'; Account Management Reference Guide, 'Enable or
disable AWS Regions in your account': until a region is enabled, IAM has no data there.
"""

from __future__ import annotations

from landfall.sandbox.gate.state import Store
from landfall.settings.regions import ENABLED_BY_DEFAULT, PARTITIONS

_ANY = "*"
# One endpoint for the partition; clients of another endpoint may sign for any region.
_GLOBAL = frozenset(
    {
        "account",
        "bcm-data-exports",
        "budgets",
        "ce",
        "cloudfront",
        "cur",
        "iam",
        "organizations",
        "route53",
    }
)

enabled: Store[str] = Store(everywhere=True)
"""By account: the status of each opt-in region, `ENABLED` or `ENABLING`."""

_home: dict[str, str] = {}


def of_stack(account: str, region: str) -> None:
    """Set the home region of the stack; its user enabled it in the management account."""
    _home.clear()
    _home[account] = region


def of_twin(account: str) -> None:
    """Allow every region in an account of a twin; a snapshot does not tell which are enabled."""
    enabled.at(account)[_ANY] = "ENABLED"


def status(account: str, region: str) -> str:
    """Return the status of an opt-in region: `DISABLED`, `ENABLING` or `ENABLED`."""
    if _home.get(account) == region:
        return "ENABLED"
    found = enabled.at(account)
    return found.get(region) or found.get(_ANY, "DISABLED")


def is_usable(account: str, service: str, region: str) -> bool:
    """Return whether the credentials of an account are valid in a region of a service."""
    if service in _GLOBAL or region in ENABLED_BY_DEFAULT or PARTITIONS.get(region) != "aws":
        return True
    return status(account, region) == "ENABLED"
