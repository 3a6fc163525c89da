"""Policy documents as immutable values, as IAM's JSON grammar defines them.

The grammar is AWS's 'Grammar of the IAM JSON policy language'. A string and a list of one are the
same here, `Principal: "*"` and `Principal: {"AWS": "*"}` are kept apart, and the names of
condition operators are written as AWS writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from landfall.problems import ProblemsError

Kind = Literal["identity", "resource", "trust", "scp", "rcp"]
PrincipalKind = Literal["AWS", "Service", "Federated", "CanonicalUser", "*"]
Qualifier = Literal["", "ForAllValues", "ForAnyValue"]

VERSION_2008 = "2008-10-17"
VERSION_2012 = "2012-10-17"


class PolicyKind(StrEnum):
    """The kinds of policies that can deny a request, in AWS's words for them."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SERVICE_CONTROL = "service control policy"
    ENDPOINT = "VPC endpoint policy"
    RESOURCE = "resource-based policy"


class DocumentError(ProblemsError):
    """A policy document is invalid; the error has every problem with its JSON path."""


class Effect(StrEnum):
    """The effect of a statement on a request that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of a Principal element.

    `kind` is `*` for the bare `"Principal": "*"`, otherwise the key of `value`.
    """

    kind: PrincipalKind
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one operator: one of `values` must match. All conditions must be true.

    `operator` is the base name (`StringLike`), without qualifier and `IfExists`. `key` is as
    written; compare it case-insensitively.
    """

    operator: str
    qualifier: Qualifier
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The operator as a document writes it: `ForAnyValue:StringLikeIfExists`."""
        prefix = f"{self.qualifier}:" if self.qualifier else ""
        return f"{prefix}{self.operator}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `index` counts from 0 in its document.

    Of each pair (`actions` and `not_actions`, ...) the element that is not written is None for
    principals and empty for actions and resources, which can never be written empty.
    """

    index: int
    sid: str | None
    effect: Effect
    principals: tuple[Principal, ...] | None = None
    not_principals: tuple[Principal, ...] | None = None
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def label(self) -> str:
        """The name to show: its Sid, or its position (`Statement[2]`)."""
        return self.sid or f"Statement[{self.index}]"


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document. `version` is the effective one: 2008-10-17 if the document has none."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a policy variable in this version, not plain text."""
        return self.version == VERSION_2012
