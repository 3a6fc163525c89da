"""What a statement says of who may call: public, named, or a service on somebody's behalf."""

from __future__ import annotations

import ipaddress

from landfall.iam.documents import Condition, Document, Effect, Statement
from policies.denials import closed_to_strangers

# Conditions that name who calls; one of them, with values that are not bare wildcards, is enough.
NAMES_CALLER = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    }
)
# For a service that acts for somebody: for whom.
NAMES_SOURCE = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
    }
)
# With fewer characters before its first wildcard no id of an account or organization is named.
_NAMES_SOMEBODY = 8
_COMPARES = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
)


def compares(condition: Condition) -> bool:
    """Tell whether a condition holds only where its key is there and has one of the values."""
    return (
        condition.operator in _COMPARES
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"  # true for a request without the key
    )


def demands(statement: Statement, keys: frozenset[str]) -> bool:
    """Tell whether one of these keys must have one of some values that name somebody."""
    return any(
        compares(condition)
        and condition.key.lower() in keys
        and not any(_is_open(value) for value in condition.values)
        for condition in statement.conditions
    )


def _is_open(value: str) -> bool:
    """Tell whether anybody can have a value: one of any account, or one that hardly says more."""
    literal = value.split("*")[0].split("?")[0]
    if literal == value:
        return False
    parts = value.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return len(literal) < _NAMES_SOMEBODY
    account, name = parts[4], parts[5]
    # Where an ARN has no account, as those of buckets, the name is one in all of AWS.
    return not name.strip("*?") if not account else account.strip("*?") != account


def _from_known_networks(statement: Statement) -> bool:
    """Tell whether callers must come from networks that are not most of the internet."""
    return any(
        condition.operator == "IpAddress"
        and not condition.if_exists
        and condition.key.lower() in ("aws:sourceip", "aws:vpcsourceip")
        and all(_is_narrow(value) for value in condition.values)
        for condition in statement.conditions
    )


def _is_narrow(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


def is_public(statement: Statement, document: Document) -> bool:
    """Tell whether a statement lets anybody on the internet in.

    Follows S3's 'The meaning of "public"'; a deny in the same document can close it again.
    """
    if statement.effect is not Effect.ALLOW:
        return False
    everybody = statement.not_principals is not None or any(
        principal.value == "*" and principal.kind in ("*", "AWS")
        for principal in statement.principals or ()
    )
    return (
        everybody
        and not demands(statement, NAMES_CALLER)
        and not _from_known_networks(statement)
        and not closed_to_strangers(statement, document)
    )
