"""The hint for every command that lacks AWS credentials or a Pulumi backend."""

from __future__ import annotations

import re
from typing import Final

from landfall.problems import ProblemsError, refuse

NO_CREDENTIALS: Final = "AWS credentials are missing or expired"

_NO_BACKEND: Final = re.compile(
    r"PULUMI_ACCESS_TOKEN must be set|passphrase must be set|no Pulumi backend|not logged in"
    r"|requires logging in",
    re.IGNORECASE,
)
_OF_CREDENTIALS: Final = re.compile(
    r"no (valid )?credential|Unable to locate credentials|ExpiredToken|InvalidClientTokenId"
    r"|No valid credential sources|failed to refresh cached credentials",
    re.IGNORECASE,
)


def hint(stack: str = "STACK") -> str:
    """Return how to get credentials and a backend: for the sandbox, and for AWS."""
    return (
        f'for the sandbox: eval "$(landfall env -s {stack})"; for AWS: set AWS_PROFILE or sign in,'
        " and `pulumi login` to the stack's backend"
    )


def no_credentials(stack: str = "STACK") -> ProblemsError:
    """Return the error for a command that found no AWS credentials."""
    return refuse(NO_CREDENTIALS, hint(stack))


def missing(said: str) -> str:
    """Return what is missing according to an engine's or client's message; empty if nothing is."""
    if _NO_BACKEND.search(said):
        return "this shell is not logged in to a Pulumi backend"
    if _OF_CREDENTIALS.search(said):
        return NO_CREDENTIALS
    return ""
