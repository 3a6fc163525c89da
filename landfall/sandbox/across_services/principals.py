"""Principals in resource policies: AWS rejects a policy with a principal that does not exist.

IAM User Guide, 'AWS JSON policy elements: Principal'. Accounts outside this sandbox are unknown:
their principals are assumed to exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

from landfall.sandbox.across_services.documents import listed, statements
from landfall.sandbox.gate.memberships import organization_of

_ARN = re.compile(
    r"arn:([\w-]+):(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)(/.+)?"
)
_UNIQUE_ID = re.compile(r"A(RO|ID)A[A-Z0-9]{12,}")
_CANONICAL = re.compile(r"[0-9a-f]{64}")


def unknown(document: dict[str, Any]) -> list[str]:
    """Return the AWS principals of a document that do not exist."""
    return [principal for principal in _named(document) if not _exists(principal)]


def _named(document: dict[str, Any]) -> Iterator[str]:
    for statement in statements(document):
        for member in ("Principal", "NotPrincipal"):
            principal = statement.get(member) if isinstance(statement, dict) else None
            if isinstance(principal, dict):
                yield from (str(each) for each in listed(principal.get("AWS")))


def _exists(principal: str) -> bool:
    if principal == "*" or re.fullmatch(r"\d{12}", principal):
        return True
    if _UNIQUE_ID.fullmatch(principal) or _CANONICAL.fullmatch(principal):
        return True
    found = _ARN.fullmatch(principal)
    if found is None:
        return False
    partition, _, account, kind, path = found.groups()
    if kind == "root":
        return path is None
    if path is None or "*" in path:
        return False
    if account not in list(iam_backends.keys()) or not _is_ours(account):
        return True
    iam = iam_backends[account][partition]
    if kind == "user":
        return any(user.arn == principal for user in list(iam.users.values()))
    if kind == "role":
        return any(role.arn == principal for role in list(iam.roles.values()))
    if kind == "assumed-role":
        return any(role.name == path.split("/")[1] for role in list(iam.roles.values()))
    return True


def _is_ours(account: str) -> bool:
    return account == DEFAULT_ACCOUNT_ID or organization_of(account) is not None
