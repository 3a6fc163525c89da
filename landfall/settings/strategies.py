"""The branching strategies: triggers of environments, protected branches, and branch
names.

A GitFlow hotfix starts from `main` as `hotfix/1.4.1`. Its branch delivers to staging, its merge
into `main` to prod, and its merge back into `develop` to dev.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Strategy = Literal["trunk", "github-flow", "gitflow", "explicit"]

ANY = "*"
"""Matches environments of every name."""

_TOPIC = "(feature|fix|docs|chore|refactor|test)/[a-z0-9][a-z0-9._-]*"
_BOT = "(dependabot|renovate)/.+"
_VERSION = r"v?[0-9]+(\.[0-9]+){0,2}"


@dataclass(frozen=True, slots=True)
class Model:
    """One branching strategy.

    `names` are extended regular expressions that match whole branch names.
    """

    environments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Branches by the environment that they start."""
    pull_requests: tuple[str, ...] = ()
    """Branches whose pull requests are built and tested."""
    protected: tuple[str, ...] = ("main",)
    """Branches that require reviewed pull requests."""
    names: tuple[str, ...] = ()
    """Allowed branch names; empty for no rule."""
    one_each: bool = True
    """Whether a branch delivers to only one environment."""

    def branches(self, environment: str) -> tuple[str, ...]:
        """Return the branches that start an environment's pipeline; empty if it is unknown."""
        return self.environments.get(environment, self.environments.get(ANY, ()))


MODELS: Mapping[Strategy, Model] = {
    # Everything is delivered from main; an approval holds an environment back.
    "trunk": Model(
        environments={ANY: ("main",)},
        names=("main", f"release/{_VERSION}", _TOPIC, _BOT),
        one_each=False,
    ),
    "github-flow": Model(
        environments={ANY: ("main",)},
        pull_requests=("main",),
        names=("main", _TOPIC, _BOT),
        one_each=False,
    ),
    "gitflow": Model(
        environments={
            "dev": ("develop",),
            "staging": ("release/*", "hotfix/*"),
            "prod": ("main",),
        },
        pull_requests=("develop", "main", "release/*"),
        protected=("main", "develop"),
        names=("main", "develop", f"(release|hotfix)/{_VERSION}", _TOPIC, _BOT),
    ),
    "explicit": Model(),
}
