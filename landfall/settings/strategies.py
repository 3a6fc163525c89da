"""The branching strategies as models: what starts an environment, what is protected, how branches
are named.

A hotfix of GitFlow starts at `main` as `hotfix/1.4.1`. Its branch delivers to staging, its merge
into `main` to prod, and its merge back into `develop` to dev.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Strategy = Literal["trunk", "github-flow", "gitflow", "explicit"]

ANY = "*"
"""Stands for environments of every name."""

_TOPIC = "(feature|fix|docs|chore|refactor|test)/[a-z0-9][a-z0-9._-]*"
_BOT = "(dependabot|renovate)/.+"
_VERSION = r"v?[0-9]+(\.[0-9]+){0,2}"


@dataclass(frozen=True, slots=True)
class Model:
    """One branching strategy.

    `names` are extended regular expressions, each for the whole name of a branch.
    """

    environments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Branches by the environment whose pipeline they start."""
    pull_requests: tuple[str, ...] = ()
    """Branches whose pull requests are built and tested."""
    protected: tuple[str, ...] = ("main",)
    """Branches that change by reviewed pull requests alone."""
    names: tuple[str, ...] = ()
    """How branches may be named; no rule where empty."""
    one_each: bool = True
    """Whether a branch delivers to one environment alone."""

    def branches(self, environment: str) -> tuple[str, ...]:
        """Return the branches that start an environment's pipeline; none where it is unknown."""
        return self.environments.get(environment, self.environments.get(ANY, ()))


MODELS: Mapping[Strategy, Model] = {
    # Everything is delivered from main; what holds an environment back is its approval.
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
