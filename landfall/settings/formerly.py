"""The keys that applications and environments had before, and what keeps its name because of them.

AWS renames neither log groups nor secrets, and replacing them loses logs and values. So while
`formerly` is set, both keep the names that they were made with.
"""

from __future__ import annotations

from typing import NamedTuple

from landfall.settings import naming
from landfall.settings.delivery import Application


class Pipeline(NamedTuple):
    """The keys of an application and of one of its environments."""

    application: str
    environment: str

    @property
    def name(self) -> str:
        """The name of the pipeline."""
        return naming.pipeline(self.application, self.environment)

    def __str__(self) -> str:
        """Render as `formerly` takes it: `orders/dev`."""
        return f"{self.application}/{self.environment}"


def application(name: str, settings: Application) -> str:
    """Return the former key of an application; its key where it has none."""
    return settings.formerly or name


def pipeline(name: str, settings: Application, environment: str) -> Pipeline:
    """Return the former keys of an application's environment."""
    own = settings.environments[environment].formerly or environment
    other, slash, key = own.partition("/")
    return Pipeline(other, key) if slash else Pipeline(application(name, settings), own)


def secret(name: str, settings: Application, key: str, environment: str = "") -> str:
    """Return the name of a secret, which stays as it was made.

    Without `environment` it is a secret of the application's builds.
    """
    if not environment:
        return naming.secret(application(name, settings), key)
    former = pipeline(name, settings, environment)
    return naming.secret(former.application, key, former.environment)
