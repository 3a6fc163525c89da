"""What actions end in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SUCCEEDED, FAILED, ABANDONED = "Succeeded", "Failed", "Abandoned"
"""Statuses of an action in CodePipeline's API."""

NOT_REHEARSED = "NotRehearsed"
"""The error code of an action whose type no rehearsal runs: it is failed, never a success."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where an artifact is in S3."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an action; `code` and `message` are the error of one that failed.

    `artifacts` are the output artifacts by name. `reference` is the id of what the action started
    elsewhere, such as a build; `live` tells what is deployed now, and `more` how to see more.
    """

    status: str = SUCCEEDED
    summary: str = ""
    code: str = ""
    message: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    artifacts: Mapping[str, Location] = field(default_factory=dict)
    reference: str = ""
    live: str = ""
    more: str = ""


class ActionError(Exception):
    """Why an action fails: CodePipeline's error code, a message, and what it started, if any."""

    def __init__(self, message: str, code: str = "JobFailed", reference: str = "", more: str = ""):
        super().__init__(message)
        self.message, self.code, self.reference, self.more = message, code, reference, more
