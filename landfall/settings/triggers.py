"""What starts a pipeline: pushes to branches, tags and pull requests, by CodePipeline's patterns.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
"""

from __future__ import annotations

from landfall.settings.base import Distinct, Settings


class Trigger(Settings):
    """One filter: a push to branches, a push of tags, or a pull request.

    A pattern that begins with `!` excludes.
    """

    branches: Distinct = ()
    """Branches that are pushed to, as in `release/*`."""
    tags: Distinct = ()
    """Tags that are pushed, as in `v*`."""
    pull_requests: Distinct = ()
    """Branches that pull requests are opened or updated into."""
    paths: Distinct = ()
    """Files of which one must have changed, as in `services/orders/**`; not for tags."""


def includes(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns that a filter includes."""
    return tuple(pattern for pattern in patterns if not pattern.startswith("!"))


def excludes(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns that a filter excludes, without their exclamation marks."""
    return tuple(pattern[1:] for pattern in patterns if pattern.startswith("!"))


def is_pattern(name: str) -> bool:
    """Tell whether a branch is given by a pattern rather than by its name."""
    return any(character in name for character in "*?[{!")
