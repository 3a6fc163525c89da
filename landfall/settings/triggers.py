"""Triggers of a pipeline: pushes to branches, tags and pull requests, as CodePipeline patterns.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
"""

from __future__ import annotations

from landfall.settings.base import Distinct, Settings


class Trigger(Settings):
    """One filter: a push to branches, a push of tags, or a pull request.

    A pattern that starts with `!` excludes.
    """

    branches: Distinct = ()
    """Pushes to these branches, as in `release/*`."""
    tags: Distinct = ()
    """Pushes of these tags, as in `v*`."""
    pull_requests: Distinct = ()
    """Pull requests that are opened or updated into these branches."""
    paths: Distinct = ()
    """Only if one of these files changed, as in `services/orders/**`; not for tags."""


def includes(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns that a filter includes."""
    return tuple(pattern for pattern in patterns if not pattern.startswith("!"))


def excludes(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns that a filter excludes, without their exclamation marks."""
    return tuple(pattern[1:] for pattern in patterns if pattern.startswith("!"))


def is_pattern(name: str) -> bool:
    """Return whether a branch name is a pattern."""
    return any(character in name for character in "*?[{!\\")
