"""Sites in S3."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import ListOf, Settings
from landfall.settings.deploy_programs import RUN
from landfall.settings.deployment_kind import DeployKind

_KEY_ID = r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_KEY_OR_ID = r"^(arn:aws[a-z-]*:kms:.+:key/)?" + _KEY_ID + "$"
CacheControl = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[ -~]+$")]


class SiteGroup(Settings):
    """Files of a site with a cache header of their own: a further artifact of the build."""

    artifact: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")
    """The artifact's name in `secondary-artifacts` of the buildspec."""
    cache_control: CacheControl | None = None
    """The `Cache-Control` header of these files."""
    folder: str | None = Field(default=None, pattern=r"^[A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]*$")
    """The folder in the bucket. Default: the bucket's root."""


class S3Deploy(DeployKind):
    """Copies the build's artifact into a bucket of the target account."""

    s3: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """The bucket's name."""
    key: str | None = Field(default=None, pattern=_KEY_OR_ID)
    """The id or the ARN of the customer-managed key that the bucket is encrypted with. An alias is
    not recognized in another account."""
    cache_control: CacheControl | None = None
    """The `Cache-Control` header of the files, as in `max-age=60`."""
    groups: ListOf[SiteGroup] = Field(default=(), max_length=4)
    """Files with another header, copied in this order, before the build's main artifact."""
    distribution: str | None = Field(default=None, pattern=r"^E[A-Z0-9]{7,20}$")
    """The id of the CloudFront distribution in the target account, which is invalidated after the
    copy."""
    paths: ListOf[Annotated[str, StringConstraints(pattern=r"^/[!-~]*$")]] = ("/*",)
    """The paths to invalidate."""

    @property
    def runner(self) -> str | None:
        """The part in the name of the build that invalidates."""
        return RUN if self.distribution else None
