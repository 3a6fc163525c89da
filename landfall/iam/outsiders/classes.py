"""Classes of callers: the possible values of each condition key for members of a class.

A class represents all its members. A key that distinguishes members, such as
`aws:PrincipalAccount`, has all values of its form: a condition that names one of them excludes the
class, a condition that many of them meet does not (AWS: 'AWS global condition context keys';
S3 User Guide: 'The meaning of "public"').
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

# A name that no policy uses.
from landfall.aws.arns import iam_arn
from landfall.iam.key_holders import NAMES_OF_SERVICES, OF_PRINCIPALS, OF_SERVICES

NAME: Final = "0f9c41d7a2e3"
_ACCOUNTS: Final = ("?" * 12,)
_ORGANIZATIONS: Final = ("o-*",)


class Origin(Enum):
    """The origin of a key's values, for a class of callers."""

    ABSENT = "requests of the class do not have the key"
    FIXED = "one of a few values, the same for all members"
    IDENTITY = "tells the members of the class apart; a value can name one of them"
    NETWORK = "an address on the internet"
    FREE = "the caller's choice, or a matter of the resource; any value, or none"


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a key: patterns that together match all of them; empty if it is absent.

    `optional` says that some requests of the class do not have the key.
    """

    origin: Origin
    values: tuple[str, ...] = ()
    optional: bool = False


ABSENT: Final = Domain(Origin.ABSENT)
FREE: Final = Domain(Origin.FREE)
NETWORK: Final = Domain(Origin.NETWORK)


def fixed(*values: str) -> Domain:
    """Return a domain of a few values."""
    return Domain(Origin.FIXED, values)


def identity(*values: str, optional: bool = False) -> Domain:
    """Return a domain whose values name members of a class."""
    return Domain(Origin.IDENTITY, values, optional)


@dataclass(frozen=True, slots=True)
class CallerClass:
    """A class of callers. `keys` are in lower case; other keys can have any value.

    `prefixes` are those of keys that its requests do not have. `who` is its name in messages.
    """

    who: str
    keys: Mapping[str, Domain]
    prefixes: tuple[str, ...] = ()

    def domain(self, key: str) -> Domain:
        """Return the values of a key, given in lower case."""
        if self.prefixes and key.startswith(self.prefixes):
            return ABSENT
        return self.keys.get(key, FREE)

    def __hash__(self) -> int:
        return hash(self.who)


# The network path of a request: absent for requests over the internet.
_PLACES: Final[Mapping[str, Domain]] = {
    "aws:sourcevpc": identity("vpc-*", optional=True),
    "aws:sourcevpce": identity("vpce-*", optional=True),
    "aws:sourcevpcarn": identity("arn:aws*:ec2:*:*:vpc/*", optional=True),
    "aws:vpceaccount": identity(*_ACCOUNTS, optional=True),
    "aws:vpceorgid": identity(*_ORGANIZATIONS, optional=True),
    "aws:vpceorgpaths": identity("o-*/*", optional=True),
    "aws:ec2instancesourcevpc": identity("vpc-*", optional=True),
    "aws:sourceip": NETWORK,
    "s3:dataaccesspointaccount": identity(*_ACCOUNTS, optional=True),
    "s3:dataaccesspointarn": identity("arn:aws*:s3:*:*:accesspoint/*", optional=True),
    # A mount target is inside a network of the file system's owner
    # (EFS User Guide: 'Blocking public access to EFS file systems').
    "elasticfilesystem:accessedviamounttarget": fixed("false"),
    "elasticfilesystem:accesspointarn": identity("arn:aws*:elasticfilesystem:*:*:*", optional=True),
    "lambda:functionurlauthtype": fixed("AWS_IAM", "NONE"),
}

ANONYMOUS: Final = CallerClass(
    "anyone on the internet",
    {
        **_PLACES,
        **dict.fromkeys(OF_SERVICES, ABSENT),
        **dict.fromkeys(OF_PRINCIPALS, ABSENT),
        "aws:principalaccount": fixed("anonymous"),
        "aws:principaltype": fixed("Anonymous"),
        "aws:principalisawsservice": fixed("false"),
        "aws:userid": fixed("anonymous"),
    },
    ("aws:principaltag/",),
)
FOREIGN: Final = CallerClass(
    "every AWS account",
    {
        **_PLACES,
        **dict.fromkeys(OF_SERVICES, ABSENT),
        "aws:principalarn": identity("arn:aws*:iam::*:*", "arn:aws*:sts::*:federated-user/*"),
        "aws:principalaccount": identity(*_ACCOUNTS),
        "aws:principalorgid": identity(*_ORGANIZATIONS),
        "aws:principalorgpaths": identity("o-*/*"),
        "aws:principalorgmasteraccountid": identity(*_ACCOUNTS),
        "aws:principaltype": fixed("AssumedRole", "User", "Account", "FederatedUser"),
        "aws:principalisawsservice": fixed("false"),
        "aws:userid": identity("AROA*:*", "AIDA*", *_ACCOUNTS),
        "aws:signinsessionarn": identity("arn:*", optional=True),
        "kms:calleraccount": identity(*_ACCOUNTS),
        "lambda:sourcefunctionarn": identity("arn:aws*:lambda:*:*:function:*", optional=True),
    },
)
# An account need not be in an organization, and then its requests name none.
STANDALONE: Final = CallerClass(
    "every AWS account outside an organization",
    {
        **FOREIGN.keys,
        "aws:principalorgid": ABSENT,
        "aws:principalorgpaths": ABSENT,
        "aws:principalorgmasteraccountid": ABSENT,
        "aws:vpceorgid": ABSENT,
        "aws:vpceorgpaths": ABSENT,
    },
)
FOREIGNERS: Final = (FOREIGN, STANDALONE)
_OF_ORGANIZATIONS: Final = ("aws:principalorgid", "aws:principalorgpaths")
MEMBER: Final = CallerClass(
    "every principal of the named organization",
    {**FOREIGN.keys, **dict.fromkeys(_OF_ORGANIZATIONS, FREE)},
)
DEPUTY: Final = CallerClass(
    "AWS services for any customer",
    {
        **dict.fromkeys(_PLACES, ABSENT),
        **dict.fromkeys(OF_PRINCIPALS, ABSENT),
        "aws:principalisawsservice": fixed("true"),
        "aws:sourceaccount": identity(*_ACCOUNTS),
        "aws:sourceowner": identity("*"),
        "aws:sourceorgid": identity(*_ORGANIZATIONS, optional=True),
        "aws:sourceorgpaths": identity("o-*/*", optional=True),
        "aws:sourcearn": identity("arn:aws*:*:*:*:*"),
    },
    ("aws:principaltag/",),
)
EVERYBODY: Final = (ANONYMOUS, *FOREIGNERS, DEPUTY)
# Unknown callers: they can meet every condition, and avoid it.
ANYBODY: Final = CallerClass("anybody", {})
# A user or a role under its own policies; root has none (IAM User Guide: 'AWS account root user').
INSIDER: Final = CallerClass(
    "a user or role",
    {
        **dict.fromkeys(OF_SERVICES, ABSENT),
        "aws:assumedroot": ABSENT,
        "aws:principalarn": identity(
            "arn:aws*:iam::*:user/*", "arn:aws*:iam::*:role/*", "arn:aws*:sts::*:federated-user/*"
        ),
        "aws:principalaccount": identity(*_ACCOUNTS),
        "aws:principalisawsservice": fixed("false"),
        "aws:principaltype": fixed("AssumedRole", "User", "FederatedUser"),
    },
)


@lru_cache(maxsize=256)
def of_service(name: str) -> CallerClass:
    """Return a service that acts for any customer; `name` is its principal, `*` any."""
    named = identity("*.amazonaws.com") if name == "*" else fixed(name)
    return CallerClass(
        f"{name} for any customer", {**DEPUTY.keys, **dict.fromkeys(NAMES_OF_SERVICES, named)}
    )


@lru_cache(maxsize=1024)
def of_account(account: str) -> CallerClass:
    """Return the principals of one account, represented by a role that no policy names."""
    return CallerClass(
        f"every principal of account {account}",
        {
            **FOREIGN.keys,
            "aws:principalaccount": fixed(account),
            "aws:principalarn": fixed(iam_arn("aws", account, f"role/{NAME}")),
            "aws:userid": fixed(f"AROA{NAME.upper()}:{NAME}"),
            "kms:calleraccount": fixed(account),
        },
    )


def together(classes: Sequence[CallerClass]) -> str:
    """Return the names of classes for a message, without those that others include."""
    if ANONYMOUS in classes:
        return ANONYMOUS.who
    among = {STANDALONE.who} if FOREIGN in classes else set()
    return _listed(one.who for one in classes if one.who not in among)


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)
