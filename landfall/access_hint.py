"""The one hint of every command that needs AWS credentials or a Pulumi backend and has none."""

from __future__ import annotations

import re
from typing import Final

from landfall.problems import ProblemsError, refuse

NO_CREDENTIALS: Final = "no AWS credentials were found, or they are no longer valid"

_NO_BACKEND: Final = re.compile(
    r"PULUMI_ACCESS_TOKEN must be set|passphrase must be set|no Pulumi backend|not logged in",
    re.IGNORECASE,
)
_OF_CREDENTIALS: Final = re.compile(
    r"no (valid )?credential|Unable to locate credentials|ExpiredToken|InvalidClientTokenId"
    r"|No valid credential sources|failed to refresh cached credentials",
    re.IGNORECASE,
)


def hint(stack: str = "STACK") -> str:
    """Return how a shell gets credentials and a backend: in the sandbox, and on AWS."""
    return (
        f'for the sandbox: eval "$(landfall env -s {stack})"; on AWS: sign in, as with AWS_PROFILE,'
        " and `pulumi login` to the backend of the stack"
    )


def no_credentials(stack: str = "STACK") -> ProblemsError:
    """Return the error of a command that found no AWS credentials."""
    return refuse(NO_CREDENTIALS, hint(stack))


def missing(said: str) -> str:
    """Return what an engine's or a client's message says is missing; empty for another message."""
    if _NO_BACKEND.search(said):
        return "this shell has no Pulumi backend"
    if _OF_CREDENTIALS.search(said):
        return NO_CREDENTIALS
    return ""
