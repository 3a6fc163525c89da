"""Which values of a condition can never match: AWS never puts such a value under that key.

The forms are those of AWS's 'AWS global condition context keys' and 'IAM JSON policy elements:
Condition operators'.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from landfall.iam import comparisons, patterns
from landfall.iam.documents import Condition
from landfall.iam.variables import OPENING

# Values of these keys have no wildcards of their own: `*` in StringEquals then stands for itself,
# and for nothing that is ever sent.
_WITHOUT_STARS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "ec2:region",
        "iam:awsservicename",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "iam:policyarn",
        "kms:calleraccount",
        "kms:viaservice",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
_ACCOUNTS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:resourceaccount",
        "aws:sourceaccount",
        "kms:calleraccount",
    }
)
_ORGANIZATIONS: Final = frozenset({"aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid"})
_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})
_KINDS_OF_PRINCIPAL: Final = frozenset(
    {"Account", "User", "FederatedUser", "AssumedRole", "Anonymous"}
)
_PREFIXES: Final = {"aws:sourcevpc": "vpc-", "aws:sourcevpce": "vpce-"}
_NEVER_NEGATIVE: Final = frozenset({"aws:multifactorauthage", "aws:epochtime"})
_DIGITS: Final = re.compile(r"[0-9]{12}", re.ASCII)
_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)


def impossible(condition: Condition, value: str) -> str | None:
    """Say why no request matches a value of a condition; None where one may.

    The reason continues 'the value ...'. A negated operator is asked as the one that it negates.
    """
    operator = condition.operator.replace("Not", "")
    key = condition.key.lower()
    if OPENING in value:
        return None
    if operator.startswith("String"):
        return _text(operator, key, value)
    if operator.startswith("Arn"):
        return _arn(key, value)
    if operator == "IpAddress":
        return _address(key, value)
    read = _READERS.get(re.sub(r"(Equals|(Less|Greater)Than(Equals)?)$", "", operator))
    if read is not None and read[1](value) is None:
        return f"is no {read[0]}"
    if operator == "NumericLessThan" and key in _NEVER_NEGATIVE:
        wanted = comparisons.number(value)
        return "is below zero" if wanted is not None and wanted <= 0 else None
    return None


_READERS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "Bool": ("boolean", comparisons.boolean),
    "Numeric": ("number", comparisons.number),
    "Date": ("date", comparisons.date),
    "Binary": ("base64", comparisons.binary),
}


def _text(operator: str, key: str, value: str) -> str | None:
    if operator != "StringLike" and patterns.has_wildcard(value):
        starless = key in _WITHOUT_STARS or key.endswith((":sub", ":aud"))
        return f"has a wildcard, which only StringLike reads ({operator})" if starless else None
    if patterns.has_wildcard(value):
        return _of_session(key, value)
    if operator == "StringEqualsIgnoreCase":
        return None
    if key in _ACCOUNTS and not _DIGITS.fullmatch(value):
        return "is no account id of 12 digits"
    if key in _ORGANIZATIONS and not value.startswith("o-"):
        return "is no organization id, which begins with o-"
    if key in _ARNS and not value.startswith("arn:"):
        return "is no ARN"
    if key == "aws:principaltype" and value not in _KINDS_OF_PRINCIPAL:
        return "is no type of principal"
    if key in _PREFIXES and not value.startswith(_PREFIXES[key]):
        return f"does not begin with {_PREFIXES[key]}"
    if key == "aws:requestedregion" and value != value.lower():
        return "is no region: they are in lower case"
    return _of_session(key, value)


def _arn(key: str, value: str) -> str | None:
    if value != "*" and patterns.split_arn(value) is None:
        return "is no ARN of six parts"
    return _of_session(key, value)


def _of_session(key: str, value: str) -> str | None:
    """aws:PrincipalArn of a session is its role's ARN, never the session's."""
    if key == "aws:principalarn" and ":assumed-role/" in value:
        return "is a session's ARN, and aws:PrincipalArn is its role's"
    return None


def _address(key: str, value: str) -> str | None:
    network = comparisons.network(value)
    if network is None:
        return "is no address range"
    if key == "aws:sourceip" and any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in _PRIVATE
    ):
        return "is a private range; aws:SourceIp is public (aws:VpcSourceIp is not)"
    return None
