"""Why a run failed: root causes without their consequences, each with a fix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from landfall.engine.events import Said

# Messages for operations that the engine stopped after another failure, and closing messages.
_CONSEQUENCE: Final = re.compile(
    r"context canceled$|^(preview|update|destroy|refresh) (failed|canceled)$"
    r"|resource monitor (has )?shut ?down|step executor errored|^BAIL: ",
    re.IGNORECASE,
)
# Prefixes that the AWS SDK for Go and Terraform providers add to errors.
_WRAPPING: Final = (
    (re.compile(r"^\d+ errors? occurred:\s*\*\s*"), ""),
    (re.compile(r"https response error StatusCode: \d+, RequestID: [\w-]*,\s*"), ""),
    (re.compile(r"\bapi error "), ""),
    (re.compile(r"\boperation error ([\w ]+): (\w+), "), r"\1 \2: "),
    (re.compile(r"^error: "), ""),
)
# An exception of the program's, with frames of the SDK above it.
_INVOKE: Final = re.compile(
    r"invoke of (\S+) failed: invocation of \1 returned an error: (?P<said>.*)", re.DOTALL
)
_LONGEST: Final = 600
_LAST_OF_TRACEBACK: Final = 4

# Fixes by AWS error code. Organizations: API reference of CreateAccountStatus.
_FIXES: Final = (
    (
        r"getOrganization: .*couldn't find resource|AWSOrganizationsNotInUse",
        "The stack file adopts an organization, and the account is in none. Use credentials of the"
        " management account. In the sandbox, begin with a snapshot: landfall up --twin FILE.",
    ),
    (
        r"EMAIL_ALREADY_EXISTS",
        "Another account uses this e-mail address. Use a different address; to adopt an account of"
        " this organization, add its id to the setting.",
    ),
    (
        r"CONCURRENT_ACCOUNT_MODIFICATION",
        "AWS is still changing this account. Wait a minute, then run the command again.",
    ),
    (
        r"ACCOUNT_(NUMBER_)?LIMIT_EXCEEDED|allowed number of AWS accounts",
        "The organization has reached its account quota. Request a higher quota, or remove the"
        " account from the settings.",
    ),
    (
        r"ConcurrentModification|TooManyRequests|Throttling|RequestLimitExceeded",
        "AWS throttled the call, or another change was in progress. Run the command again.",
    ),
    (
        r"ExpiredToken|InvalidClientTokenId|no (valid )?credential",
        "The credentials are missing or expired. Sign in, then run the command again.",
    ),
    (
        r"AccessDenied|UnauthorizedOperation|not authorized to perform",
        "The apply role lacks this permission, or a guardrail denies it.",
    ),
    (
        r"AlreadyExists|AlreadyOwnedByYou|Duplicate\w*Exception|ResourceConflict",
        "The resource exists in AWS but not in the state. Import it or delete it in AWS, then run"
        " the command again.",
    ),
    (
        r"LimitExceeded|ServiceQuotaExceeded|QuotaExceeded",
        "A service quota is reached. Request a higher quota in Service Quotas, or use fewer"
        " resources.",
    ),
    (
        r"MalformedPolicy|InvalidPolicy",
        "AWS rejects the policy document. To see the document: --verbose.",
    ),
    (
        r"error reading from server|transport is closing|connection refused",
        "The provider stopped before it answered. Run the command again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One cause: the message, its resources (URNs; empty for the run), and the fix."""

    message: str
    urns: tuple[str, ...] = ()
    fix: str = ""


def causes(said: Iterable[Said]) -> list[Failure]:
    """Return the failures, each message once, in order of occurrence.

    Consequences of other failures are omitted, unless there is nothing else.
    """
    errors = [each for each in said if each.severity == "error" and each.message]
    first = [each for each in errors if not is_consequence(each.message)]
    return list(_together(first or [e for e in errors if e.urn]))


def is_consequence(message: str) -> bool:
    """Return whether a message only reports that something else failed or was interrupted."""
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
    """Return an error without request ids and the prefixes that clients add."""
    text = message.strip()
    if failed := _INVOKE.search(text):
        text = f"{failed[1].rpartition(':')[2]}: {failed['said']}"
    for pattern, instead in _WRAPPING:
        text = pattern.sub(instead, text)
    lines = [line.rstrip() for line in text.strip().splitlines() if line.strip()]
    if any(line.startswith("Traceback ") for line in lines):
        # The exception and its origin in the program come last.
        lines = [line.strip() for line in lines[-_LAST_OF_TRACEBACK:]]
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _fix(message: str) -> str:
    return next((fix for pattern, fix in _FIXES if re.search(pattern, message)), "")
