"""The registry of look-ups by resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import ClientError

Inputs = dict[str, Any]
Client = Callable[[str], Any]  # service name -> its boto3 client, in the right account
Lookup = Callable[[Client, Inputs, frozenset[str]], str | None]

# Control Tower repairs its resources, and reports drift if others change them.
# https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html
CONTROL_TOWER: Final = "aws-controltower-"

_LOOKUPS: dict[str, Lookup] = {}
_ABSENT = ("NotFound", "NoSuch", "NotInUse", "DoesNotExist", "404", "ResourceNotFound")


class OccupiedError(Exception):
    """AWS allows one such resource and has another one, which the stack cannot take over."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def is_known(type_token: str) -> bool:
    """Return whether this resource type has a look-up."""
    return type_token in _LOOKUPS


def look_up(
    type_token: str, client: Client, inputs: Inputs, taken: Iterable[str] = ()
) -> str | None:
    """Return the import id of the resource that `inputs` describe; None if it is not in AWS.

    `taken` are the ids of resources of this type in the state; the look-up skips them.

    Raises:
        botocore.exceptions.ClientError: AWS returned an error other than not found.
        OccupiedError: AWS allows one such resource, and has another one.

    """
    try:
        return _LOOKUPS[type_token](client, inputs, frozenset(taken))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if any(mark in code for mark in _ABSENT):
            return None
        raise


@contextmanager
def nothing_if(*codes: str) -> Iterator[None]:
    """Ignore errors with which a service says that it, or its administrator, is not set up yet."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise


def finds(type_token: str) -> Callable[[Lookup], Lookup]:
    """Register the decorated function as the look-up of a type."""

    def register(lookup: Lookup) -> Lookup:
        _LOOKUPS[type_token] = lookup
        return lookup

    return register


def owned(name: str, what: str) -> str:
    """Return a resource's name; raises `OccupiedError` if Control Tower manages the resource."""
    if name.startswith(CONTROL_TOWER):
        raise OccupiedError(
            f"AWS Control Tower manages {what} '{name}'",
            "write external: true for the account, or switch this setting off",
        )
    return name


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterable[Any]:
    """Yield an operation's items from all pages, for operations with a botocore paginator."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def pages_by_token(
    operation: Callable[..., Any], key: str, token: str, **arguments: Any
) -> Iterable[Any]:
    """Yield an operation's items from all pages, for operations without a botocore paginator."""
    while True:
        page = operation(**arguments)
        yield from page.get(key, [])
        if not page.get(token):
            return
        arguments[token] = page[token]
