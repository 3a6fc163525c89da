"""Why a run failed: causes without what only follows from them, each with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from landfall.engine_view.events import Said

# What the engine says of whatever it stopped because something else failed, and its closing words.
_CONSEQUENCE: Final = re.compile(
    r"context canceled$|^(preview|update|destroy|refresh) (failed|canceled)$"
    r"|resource monitor (has )?shut ?down|step executor errored|^BAIL: ",
    re.IGNORECASE,
)
# How Go's SDK of AWS wraps an error, and how Terraform's providers list them.
_WRAPPING: Final = (
    (re.compile(r"^\d+ errors? occurred:\s*\*\s*"), ""),
    (re.compile(r"https response error StatusCode: \d+, RequestID: [\w-]*,\s*"), ""),
    (re.compile(r"\bapi error "), ""),
    (re.compile(r"\boperation error ([\w ]+): (\w+), "), r"\1 \2: "),
    (re.compile(r"^error: "), ""),
)
_LONGEST: Final = 600
_LAST_OF_TRACEBACK: Final = 4

# What to do about an error, by AWS's code. Organizations: API reference of CreateAccountStatus.
_FIXES: Final = (
    (
        r"EMAIL_ALREADY_EXISTS",
        "Another account has this address. Give another one; if the account is in this"
        " organization, write its id beside the e-mail to take it over.",
    ),
    (
        r"CONCURRENT_ACCOUNT_MODIFICATION",
        "AWS is still at work on this account. Wait a minute, then run it again.",
    ),
    (
        r"ACCOUNT_(NUMBER_)?LIMIT_EXCEEDED|allowed number of AWS accounts",
        "The organization is full. Have the quota raised, or take the account out.",
    ),
    (
        r"ConcurrentModification|TooManyRequests|Throttling|RequestLimitExceeded",
        "AWS was busy with other calls. Run it again.",
    ),
    (
        r"ExpiredToken|InvalidClientTokenId|no (valid )?credential",
        "The credentials are missing or have expired. Sign in again, then run it again.",
    ),
    (
        r"AccessDenied|UnauthorizedOperation|not authorized to perform",
        "The role that applies the stack lacks this permission, or a guardrail denies it.",
    ),
    (
        r"AlreadyExists|AlreadyOwnedByYou|Duplicate\w*Exception|ResourceConflict",
        "AWS has it, and the state does not. Take it over or remove it in AWS, then run it again.",
    ),
    (
        r"LimitExceeded|ServiceQuotaExceeded|QuotaExceeded",
        "A quota is used up. Have it raised in Service Quotas, or ask for less.",
    ),
    (
        r"MalformedPolicy|InvalidPolicy",
        "AWS refuses the policy document. See what this setting makes of it: --verbose.",
    ),
    (
        r"error reading from server|transport is closing|connection refused",
        "The provider ended before it answered. Run it again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One cause: what was said, of which resources (URNs; none for the run), and what to do."""

    message: str
    urns: tuple[str, ...] = ()
    fix: str = ""


def causes(said: Iterable[Said]) -> list[Failure]:
    """Return what failed, each message once, in the order in which it was said.

    What only follows from another failure is left out, unless there is nothing else.
    """
    errors = [each for each in said if each.severity == "error" and each.message]
    first = [each for each in errors if not is_consequence(each.message)]
    return list(_together(first or [e for e in errors if e.urn]))


def is_consequence(message: str) -> bool:
    """Whether a message says no more than that something else failed or was interrupted."""
    return bool(_CONSEQUENCE.search(message.strip()))


def _together(errors: Iterable[Said]) -> Iterator[Failure]:
    urns: dict[str, dict[str, None]] = {}
    for each in errors:
        of = urns.setdefault(unwrapped(each.message), {})
        if each.urn:
            of[each.urn] = None
    for message, found in urns.items():
        yield Failure(message, tuple(found), _fix(message))


def unwrapped(message: str) -> str:
    """Return an error without request ids and the phrases that clients put around it."""
    text = message.strip()
    for pattern, instead in _WRAPPING:
        text = pattern.sub(instead, text)
    lines = [line.rstrip() for line in text.strip().splitlines() if line.strip()]
    if any(line.startswith("Traceback ") for line in lines):
        # The exception, and where the program raised it, come last.
        lines = [line.strip() for line in lines[-_LAST_OF_TRACEBACK:]]
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _fix(message: str) -> str:
    return next((fix for pattern, fix in _FIXES if re.search(pattern, message)), "")
