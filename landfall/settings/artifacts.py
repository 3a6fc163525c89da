"""The artifact stores of pipelines."""

from __future__ import annotations

from pydantic import Field

from landfall.settings.base import Count, Distinct, Settings


class Artifacts(Settings):
    """Artifact stores: one key and one bucket per region."""

    account: str | None = None
    """The account of the artifact stores. Default: the delivery account."""
    regions: Distinct = ()
    """Regions in addition to those of pipelines and deployments."""
    expire_days: Count = Field(default=90, ge=1, le=3650)
    """Days after which caches, raw reports and access logs are deleted. Artifacts are kept: a
    rollback or a new instance can need them."""
    noncurrent_days: Count = Field(default=30, ge=1, le=3650)
    """Days after which a replaced version is deleted."""
    force_destroy: bool = False
    """Delete artifacts and access logs with their buckets when the stack is destroyed."""
