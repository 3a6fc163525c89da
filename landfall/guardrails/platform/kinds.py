"""What it takes to make and keep a resource of one kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calls:
    """The actions that make and keep a resource, and the ARN that they are asked for.

    `resource` is an ARN without its `arn:PARTITION:`, with `{region}`, `{account}` and `{name}`.
    """

    resource: str
    actions: tuple[str, ...]
