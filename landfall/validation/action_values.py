"""The length of values in an action's configuration: CodePipeline refuses longer ones."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_FIXES = {
    "parameters": "write them to a file of the artifact, and name that in configuration:",
    "environment": "leave some out, or let the build read them itself",
}


def too_long(stack: Stack, path: Path, text: str) -> Iterator[Mistake]:
    """Check the length of a value of an action's configuration.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    """
    limit = stack.quota("actionValueLength")
    if len(text) <= limit:
        return
    what = f"{path[-1]} would be {len(text)} characters in the action's configuration"
    fix = f"CodePipeline takes {limit}; {_FIXES.get(str(path[-1]), 'write a shorter one')}"
    yield Mistake(path, what, fix, kind=Kind.EXCEEDS_LIMIT)
