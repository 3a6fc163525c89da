"""Symbols: texts in a blueprint that stand for values that only AWS knows.

A symbol is `<kind name>`, as in `<account orders-dev>`. It cannot occur in an ARN, name or policy:
IAM variables are written `${…}`, and AWS allows no `<` in names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landfall.aws.arns import arn_of
from landfall.settings.naming import ROLE_PATH

ORGANIZATION = "<organization>"
"""The organization's id (`o-…`)."""

LOG_KEY = "<log-key>"
"""The ARN of the key of the log archive."""

FINDINGS_KEY = "<findings-key>"
"""The ARN of the key of the first topic of findings."""

TRAIL_ALARMS_KEY = "<trail-alarms-key>"
"""The ARN of the key of the topic of alarms on the trail."""

_SYMBOL = re.compile(r"<[a-z-]+(?: [^<>]+)?>")


def findings_key(receivers: str | None) -> str:
    """Return the symbol of the ARN of the key of a topic of findings."""
    return FINDINGS_KEY if receivers is None else f"<findings-key {receivers}>"


def account(name: str) -> str:
    """Return the symbol of an account's id; `naming.MANAGEMENT` is the management account."""
    return f"<account {name}>"


def artifact_key(region: str) -> str:
    """Return the symbol of the ARN of the artifact store's key in a region."""
    return f"<artifact-key {region}>"


def service_key(account_name: str, region: str) -> str:
    """Return the symbol of the ARN of the key of topics, secrets and traces."""
    return f"<service-key {account_name} {region}>"


def connection(name: str) -> str:
    """Return the symbol of the ARN of a connection to a host of repositories."""
    return f"<connection {name}>"


@dataclass(frozen=True, slots=True)
class OfRoles:
    """Texts that follow from the ARNs of roles; a type, because they need resolved symbols."""

    role_arns: tuple[Any, ...]

    def texts(self) -> list[str]:
        """Return the texts, each once, sorted."""
        raise NotImplementedError


class AccountsOf(OfRoles):
    """The account principals of roles: `arn:…:iam::ID:root`."""

    __slots__ = ()

    def texts(self) -> list[str]:
        """Return the principals."""
        heads = (arn.split(":")[:5] for arn in self.role_arns)
        return sorted({":".join([*head, "root"]) for head in heads})


class PatternsOf(OfRoles):
    """Patterns that the ARNs of roles match: one for Landfall's path, one for each other name.

    A pattern is for any account; a statement names the accounts as principals.
    """

    __slots__ = ()

    def texts(self) -> list[str]:
        """Return the patterns."""
        return sorted({_pattern(*arn.split(":", 5)) for arn in self.role_arns})


def _pattern(_: str, partition: str, service: str, __: str, ___: str, role: str) -> str:
    own = f"role/{ROLE_PATH}"
    return arn_of(partition, service, f"{own}*" if role.startswith(own) else role, account="*")


def found_in(value: Any) -> Iterator[str]:
    """Yield the symbols of a value, a mapping or a list of such."""
    if isinstance(value, str):
        yield from _SYMBOL.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from found_in(item)
    elif isinstance(value, OfRoles):
        yield from found_in(value.role_arns)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from found_in(item)


def resolved(value: Any, values: Mapping[str, Any]) -> Any:
    """Return a value with its symbols replaced; symbols without a value stay.

    A text that is exactly one symbol becomes the symbol's value, of any type.
    """
    if isinstance(value, str):
        if value in values:
            return values[value]
        return _SYMBOL.sub(lambda match: str(values.get(match[0], match[0])), value)
    if isinstance(value, Mapping):
        return {key: resolved(item, values) for key, item in value.items()}
    if isinstance(value, OfRoles):
        return type(value)(tuple(resolved(value.role_arns, values))).texts()
    if isinstance(value, list | tuple):
        return [resolved(item, values) for item in value]
    return value
