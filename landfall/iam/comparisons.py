"""The values that condition operators compare: numbers, dates, addresses, bytes, booleans.

A string that is not of the type is None and matches nothing (AWS: 'IAM JSON policy elements:
Condition operators').
"""

from __future__ import annotations

import base64
import binascii
import calendar
import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_EPOCH: Final = re.compile(r"\d{1,18}(\.\d{1,9})?", re.ASCII)
# The formats of the W3C's note on ISO 8601. Four digits alone are a year, not seconds of 1970.
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?)?)?",
    re.ASCII,
)
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(\d{2})[Zz]?", re.ASCII)
_LONGEST: Final = 512

ORDERS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "Equals": lambda have, want: have == want,
    "LessThan": lambda have, want: have < want,
    "LessThanEquals": lambda have, want: have <= want,
    "GreaterThan": lambda have, want: have > want,
    "GreaterThanEquals": lambda have, want: have >= want,
}


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """Read an integer or decimal, `1e3` included."""
    text = text.strip()
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


@lru_cache(maxsize=4096)
def date(text: str) -> Decimal | None:
    """Read an ISO 8601 date or epoch seconds; returns epoch seconds. No zone means UTC."""
    text = text.strip()
    if _EPOCH.fullmatch(text) and len(text) != len("2026"):
        return Decimal(text)
    found = _COMPACT_DATE.fullmatch(text)
    if found:
        return _seconds([*found.groups()], Decimal(0))
    found = _DATE.fullmatch(text)
    if not found:
        return None
    *fields, fraction, _, sign, hours, minutes = found.groups()
    part = Decimal(f"0.{fraction}") if fraction else Decimal(0)
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * 60
    return _seconds(fields, part - (-offset if sign == "-" else offset))


def _seconds(fields: list[str | None], more: Decimal) -> Decimal | None:
    year, month, day, hour, minute, second = (
        int(field) if field else least
        for field, least in zip(fields, (1, 1, 1, 0, 0, 0), strict=True)
    )
    if not 1 <= month <= 12 or year < 1 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if hour > 24 or minute > 59 or second > 60:
        return None
    return Decimal(calendar.timegm((year, month, day, hour, minute, second))) + more


def boolean(text: str) -> bool | None:
    """Read true or false, in any case."""
    return {"true": True, "false": False}.get(text.strip().lower())


@lru_cache(maxsize=4096)
def binary(text: str) -> bytes | None:
    """Read base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=4096)
def address(text: str) -> Address | None:
    """Read an IPv4 or IPv6 address."""
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """Read an address range in CIDR form; a bare address is a range of one."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
