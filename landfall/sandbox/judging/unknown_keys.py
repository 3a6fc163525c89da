"""Condition keys that the gate cannot tell, and why.

A policy that depends on one of them does not refuse a call. Every other key is known or absent:
global keys are listed by AWS ('AWS global condition context keys'), and the Service Authorization
Reference says which actions have which keys of services.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from landfall.iam import actions, presence

_NETWORK: Final = "the sandbox is reached from this machine, AWS from the caller's network"
_RESOURCE: Final = "it is a property of a resource that the gate does not look up"
_INSTANCE: Final = "only credentials of an EC2 instance have it, and the sandbox runs no instances"

GLOBAL: Final[Mapping[str, str]] = {
    "aws:resourcetag/": "tags are read of roles, users, keys, topics, queues and secrets only",
    "aws:requesttag/": "the request has tags in a form that the gate cannot read",
    "aws:sourceip": _NETWORK,
    "aws:sourcevpc": _NETWORK,
    "aws:sourcevpcarn": _NETWORK,
    "aws:sourcevpce": _NETWORK,
    "aws:tagkeys": "the request has tags in a form that the gate cannot read",
    "aws:vpceaccount": _NETWORK,
    "aws:vpceorgid": _NETWORK,
    "aws:vpceorgpaths": _NETWORK,
    "aws:vpcsourceip": _NETWORK,
}
"""Global keys, in lower case; one that ends in `/` stands for all that begin with it."""

ABSENT: Final[Mapping[str, str]] = {
    "ec2:roledelivery": _INSTANCE,
    "ec2:sourceinstancearn": _INSTANCE,
    "lambda:sourcefunctionarn": "only code in a function has it, whose sessions the gate knows",
    "s3:accessgrantsinstancearn": "the sandbox has no S3 Access Grants",
    "s3:accesspointnetworkorigin": "the sandbox has no S3 access points",
    "s3:dataaccesspointaccount": "the sandbox has no S3 access points",
    "s3:dataaccesspointarn": "the sandbox has no S3 access points",
    "kms:recipientattestation:": "only enclaves send it",
}
"""Keys of services that AWS does not send for the sandbox's callers, in lower case."""

OF_SERVICES: Final = _RESOURCE
"""Why a key of a service is unknown that AWS documents for an action, and no table fills."""

OF_CREDENTIALS: Final = frozenset({"codebuild", "cognito-identity", "iot", "saml", "sts"})
"""Prefixes of keys that only sessions of these services and issuers have."""

_FILLED: Final = ("kms:encryptioncontext:", "s3:requestobjecttag/")
"""Beginnings of keys of which a request has all or none."""

_PREFIXES: Final = tuple(key for key in (*GLOBAL, *ABSENT) if key.endswith(("/", ":")))


def may_have(key: str, action: str) -> bool:
    """Return whether a call of an action may have a key, given in lower case, that is not known."""
    if key.startswith("aws:"):
        return key in GLOBAL or key.startswith(_PREFIXES)
    if key in ABSENT or key.startswith((*_PREFIXES, *_FILLED)):
        return False
    service = key.partition(":")[0]
    if service == action.partition(":")[0].lower():
        return not presence.is_unknown(key) and presence.is_of_action(key, action)
    # A key of another service: an action has it if AWS documents it there.
    if service in OF_CREDENTIALS or service not in actions.services():
        return False
    return presence.is_of_action(key, action)
