"""Choose a command's region: its option, or the AWS configuration."""

from __future__ import annotations

import os

from landfall import access_hint
from landfall.problems import refuse
from landfall.settings.naming import partition
from landfall.settings.regions import PARTITIONS
from landfall.settings.suggestions import nearest


def choose(asked: str | None, configured: str | None, otherwise: str | None = None) -> str:
    """Return the first of: `asked`, the region of the environment or profile, `otherwise`.

    Raises `ProblemsError` if none is set (status 2) or AWS has no such region (status 1).
    """
    # Unlike AWS's other clients, boto3 does not read AWS_REGION.
    region = asked or os.environ.get("AWS_REGION") or configured or otherwise
    if region is None:
        fix = f"add --region, as in eu-west-1; without credentials, {access_hint.hint()}"
        raise refuse("no region is set", fix)
    if region not in PARTITIONS:
        near = nearest(region, PARTITIONS)
        fix = f"did you mean '{near}'?" if near else "write an AWS region, as in eu-west-1"
        raise refuse(f"there is no region '{region}'", fix, exit_status=1)
    return region


def require_partition(region: str, of_credentials: str) -> None:
    """Raise a `ProblemsError` if a region is not in the partition of the credentials."""
    if partition(region) != of_credentials:
        what = f"{region} is in partition {partition(region)}, the credentials in {of_credentials}"
        raise refuse(what, "use credentials of that partition, or another --region")
