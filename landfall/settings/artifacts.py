"""Where pipelines keep their artifacts."""

from __future__ import annotations

from pydantic import Field

from landfall.settings.base import Count, Distinct, Settings


class Artifacts(Settings):
    """Artifact stores: one key and one bucket per region."""

    account: str | None = None
    """The account they stand in; the delivery account where left out."""
    regions: Distinct = ()
    """Regions beside those that pipelines stand in or deploy to."""
    expire_days: Count = Field(default=90, ge=1, le=3650)
    """Days after which an artifact is deleted."""
    noncurrent_days: Count = Field(default=30, ge=1, le=3650)
    """Days after which a replaced version is deleted."""
    force_destroy: bool = False
    """Delete artifacts and access logs with their buckets when the stack is destroyed."""
