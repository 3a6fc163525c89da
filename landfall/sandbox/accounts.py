"""The account ids and keys of sandboxes."""

from __future__ import annotations

import hashlib

ACCESS_KEY = "AKIALANDFALLSANDBOX1"
SECRET_KEY = "landfall-sandbox-secret-key-not-of-any-aws-account"  # noqa: S105 - of no real account


def management_account_id(stack: str) -> str:
    """Return the 12 digits of a stack's management account; the same at every start."""
    number = int.from_bytes(hashlib.sha256(f"landfall/{stack}".encode()).digest()[:8], "big")
    return f"{10**11 + number % (9 * 10**11)}"
