"""How this stack itself is delivered: previewed, applied, and compared with what stands."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import EMAIL, Distinct, Name, Settings, Statement
from landfall.settings.delivery import Approval, ConnectionSource

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
_SCHEDULE = (
    r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)"
    r"|cron\(([0-9A-Z*?/,#-]+ ){5}[0-9A-Z*?/,#-]+\))$"
)
Email = Annotated[str, StringConstraints(pattern=EMAIL)]


class State(Settings):
    """Where the stack's state is: the bucket and the keys that `landfall bootstrap` made."""

    account: str | None = None
    """The account they stand in, by its key; the management account where left out."""
    region: str | None = None
    """Their region; the home region where left out."""
    bucket: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{1,56}[a-z0-9]$")
    """The bucket; `landfall-state-ACCOUNT-REGION` where left out."""


class Jobs(Settings):
    """The jobs of another CI system that act as the same roles, by the tokens of its provider."""

    provider: Name
    """The OIDC provider's key in `landfall:access.oidcProviders`."""
    read: Distinct = ()
    """Subjects of the tokens that preview the stack and look for drift."""
    apply: Distinct = Field(min_length=1)
    """Subjects of the tokens that apply it."""


class Provisioning(Settings):
    """The stack's own delivery."""

    source: ConnectionSource | None = None
    """The repository that its pipelines take; without it there are roles for `jobs` alone."""
    branch: str = Field(default="main", pattern=r"^[A-Za-z0-9._/-]{1,200}$")
    """The branch that is applied."""
    approval: Approval | None = None
    """Whether a person must approve a preview before it is applied."""
    drift: str = Field(default="rate(1 day)", pattern=_SCHEDULE)
    """When what stands is compared with the state: a schedule of EventBridge."""
    notify: tuple[Email, ...] = ()
    """E-mail addresses that are told of drift and of failures."""
    state: State = State()
    """Where the stack's state is."""
    image: str = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    """CodeBuild's image, with Python 3.11 or newer."""
    permissions: tuple[Statement, ...] = ()
    """What applying takes in the management account beside the organization itself."""
    jobs: Jobs | None = None
    """Jobs of GitHub or GitLab that do the same."""
