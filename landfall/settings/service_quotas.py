"""Service quotas to request.

A request only ever raises a quota. AWS approves it at once, or after days.
https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Distinct, Settings

QuotaCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}/L-[A-F0-9]{8}$")]
"""A service's code and a quota's code."""


class QuotaRequest(Settings):
    """The least value of a quota in some regions."""

    value: Annotated[float, Field(gt=0, le=1e10)]
    """The value to request where the quota is lower."""
    regions: Distinct = ()
    """The regions. Default: the organization's; of a global service, the region of its API."""
