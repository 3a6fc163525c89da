"""AWS's list prices in us-east-1, in US dollars, of what a stack pays for without using it.

Prices change and differ by region: they say what is worth a look, not what a bill will be.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Price(NamedTuple):
    """A price of one unit in a month."""

    dollars: float
    unit: str
    read_on: str
    source: str


MONTHLY: Final = {
    "key": Price(1.0, "KMS key", "2026-11-29", "https://aws.amazon.com/kms/pricing/"),
    "secret": Price(0.4, "secret", "2026-11-29", "https://aws.amazon.com/secrets-manager/pricing/"),
    "alarm": Price(0.1, "alarm", "2026-11-29", "https://aws.amazon.com/cloudwatch/pricing/"),
    "dashboard": Price(
        3.0, "dashboard", "2026-11-29", "https://aws.amazon.com/cloudwatch/pricing/"
    ),
}
"""By kind of resource; the first dashboards and alarms of an account are free."""
