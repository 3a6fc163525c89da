"""The region that a command works in: what it is told, else what the AWS configuration says."""

from __future__ import annotations

import os

from landfall import access_hint
from landfall.problems import refuse
from landfall.settings.naming import partition
from landfall.settings.regions import PARTITIONS
from landfall.settings.suggestions import nearest


def choose(asked: str | None, configured: str | None, otherwise: str | None = None) -> str:
    """Return the region: `asked` for, that of the environment or profile, or `otherwise`.

    Raises `ProblemsError` where there is none (status 2), or AWS has no such region (status 1).
    """
    # boto3 alone of AWS's clients does not read AWS_REGION.
    region = asked or os.environ.get("AWS_REGION") or configured or otherwise
    if region is None:
        fix = f"give it with --region, as in eu-west-1; without credentials, {access_hint.hint()}"
        raise refuse("no region is known", fix)
    if region not in PARTITIONS:
        near = nearest(region, PARTITIONS)
        fix = f"did you mean '{near}'?" if near else "write one of AWS's regions, as in eu-west-1"
        raise refuse(f"there is no region '{region}'", fix, exit_status=1)
    return region


def require_partition(region: str, of_credentials: str) -> None:
    """Raise a `ProblemsError` where a region is not in the partition of the credentials."""
    if partition(region) != of_credentials:
        what = f"{region} is in partition {partition(region)}, the credentials in {of_credentials}"
        raise refuse(what, "use credentials of that partition, or another --region")
