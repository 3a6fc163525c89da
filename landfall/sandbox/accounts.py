"""The account ids and access keys of sandboxes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

ACCESS_KEY = "AKIALANDFALLSANDBOX1"
SECRET_KEY = "landfall-sandbox-secret-key-not-of-any-aws-account"  # noqa: S105 - of no real account


def management_account_id(stack: str) -> str:
    """Return the 12 digits of a stack's management account; the same on every start."""
    return _digits(f"landfall/{stack}")


def member_account_id(management: str, name: str, taken: Collection[str]) -> str:
    """Return the 12 digits of an account of this name; the same on every start of a stack.

    AWS allows several accounts of one name: `taken` are the ids already in use.
    """
    number = 1
    while (found := _digits(f"landfall/{management}/{name}/{number}")) in taken:
        number += 1
    return found


def _digits(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return f"{10**11 + number % (9 * 10**11)}"
