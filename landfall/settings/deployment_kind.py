"""The common base of all kinds of deployments, and the values that several kinds share."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from landfall.settings.base import Settings

_ROLES = r"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$"
RolePath = Annotated[str, StringConstraints(pattern=_ROLES)]
"""A role's name with its path, as in `service/orders-task`."""

FunctionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A Lambda function's name."""


class DeployKind(Settings):
    """The common base of all kinds."""

    @property
    def name(self) -> str:
        """The deployment's target: the value of the kind's key."""
        return str(getattr(self, next(iter(type(self).model_fields))))

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """The roles that read the application's secrets during a deployment."""
        return ()

    @property
    def runner(self) -> str | None:
        """The part in the name of the build that runs (a step of) the deployment; None if none."""
        return None

    @property
    def in_build(self) -> bool:
        """Whether that build is the whole deployment, in place of a deploy action."""
        return False
