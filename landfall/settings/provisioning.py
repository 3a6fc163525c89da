"""Provisioning: how the stack itself is previewed, applied, and checked for drift."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.aws.codebuild.environments import ComputeType
from landfall.settings.base import EMAIL, Count, Distinct, ListOf, Name, Settings, Statement
from landfall.settings.delivery import Approval, ConnectionSource

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
_SCHEDULE = (
    r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)"
    r"|cron\(([0-9A-Z*?/,#-]+ ){5}[0-9A-Z*?/,#-]+\))$"
)
Email = Annotated[str, StringConstraints(pattern=EMAIL)]


class State(Settings):
    """The stack's state backend, created by `landfall bootstrap`."""

    account: str | None = None
    """The key of the backend's account. Default: the management account."""
    region: str | None = None
    """The backend's region. Default: the home region."""
    bucket: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{1,56}[a-z0-9]$")
    """The state bucket. Default: `landfall-state-ACCOUNT-REGION`."""


class Jobs(Settings):
    """Jobs of another CI system that assume the same roles, with tokens of its OIDC provider."""

    provider: Name
    """The OIDC provider's key in `landfall:access.oidcProviders`."""
    read: Distinct = ()
    """Subjects of tokens that may preview the stack and check for drift."""
    apply: Distinct = Field(min_length=1)
    """Subjects of tokens that may apply the stack."""


class Batch(Settings):
    """The batch of builds that applies the slices of a stack that is cut, and its closing stack."""

    builds: Annotated[Count, Field(ge=2, le=100)] = 60
    """The most builds of the batch; if there are more parts, a build applies several."""
    parts: Annotated[Count, Field(ge=1, le=500)] = 1
    """The number of parts that one build applies, at least."""
    compute_type: ComputeType | None = None
    """CodeBuild's compute type. Default: by the accounts of the largest part."""


class Provisioning(Settings):
    """The delivery of the stack itself."""

    source: ConnectionSource | None = None
    """The repository for the pipelines; without it, only the roles for `jobs` are created."""
    branch: str = Field(default="main", pattern=r"^[A-Za-z0-9._/-]{1,200}$")
    """The branch to apply."""
    approval: Approval | None = None
    """Require a manual approval of each plan before it is applied."""
    drift: str = Field(default="rate(1 day)", pattern=_SCHEDULE)
    """When to check for drift: an EventBridge schedule."""
    notify: ListOf[Email] = ()
    """E-mail addresses to notify of drift and failures."""
    state: State = State()
    """The stack's state backend."""
    image: str = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    """CodeBuild's image, with Python 3.11 or newer."""
    compute_type: ComputeType | None = None
    """CodeBuild's compute type. Default: by the number of accounts, one provider process each."""
    permissions: ListOf[Statement] = ()
    """Permissions of the apply role in the management account outside Organizations."""
    batch: Batch | None = None
    """With `landfall:fleet`: apply slices and closing stack after the foundation."""
    jobs: Jobs | None = None
    """Jobs of GitHub or GitLab that preview and apply the stack."""
