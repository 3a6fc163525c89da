"""Builders for rules of encryption at rest, from a table of types and the property to check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from landfall.rules import Level, Severity
from policies.rules import Controls, Violation, resource_rule
from policies.values import Resource

AT_REST = "SC-13 SC-28 SC-28(1)"

# Types that create customer-managed keys.
OWN_KEYS = (
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
)

Applies = Callable[[Resource], bool]
_NONE = Controls()


def names_aws_key(value: object) -> bool:
    """Return whether a key is managed by AWS, so that no custom key policy limits it."""
    return isinstance(value, str) and re.search(r"(^|[:/])alias/aws/", value) is not None


def always(_: Resource) -> bool:
    """Apply to every resource of the type."""
    return True


def customer_key(
    id: str,
    what: str,
    properties: Mapping[str, str],
    *,
    answers: Controls = _NONE,
    severity: Severity = Severity.HIGH,
    level: Level = "mandatory",
    when: Applies = always,
) -> None:
    """Register a rule: the property of each type names a customer-managed KMS key.

    NIST's controls of encryption at rest are added to `answers`.
    """

    def check(resource: Resource) -> Iterator[Violation]:
        path = properties[resource.type]
        if not when(resource):
            return
        value = resource.get(path)
        if value is None:
            yield Violation(resource, path, "is not set")
        elif names_aws_key(value):
            yield Violation(resource, path, "names a key that AWS manages")

    resource_rule(
        id,
        f"{what} are encrypted with a customer-managed key",
        fix=f"Set {_either(properties)} to the ARN of a customer-managed KMS key.",
        types=list(properties),
        severity=severity,
        level=level,
        controls=replace(answers, nist=("SC-12", "SC-28(1)")),
        asks_for_key=True,
    )(check)


def flag(
    id: str,
    title: str,
    properties: Mapping[str, str],
    answers: Controls,
    *,
    severity: Severity = Severity.HIGH,
    level: Level = "mandatory",
    when: Applies = always,
) -> None:
    """Register a rule: the property of each type is true."""

    def check(resource: Resource) -> Iterator[Violation]:
        path = properties[resource.type]
        if when(resource) and not resource.is_set(path):
            yield Violation(resource, path, "is not true")

    resource_rule(
        id,
        title,
        fix=f"Set {_either(properties)} to true.",
        types=list(properties),
        severity=severity,
        level=level,
        controls=answers,
    )(check)


def _either(properties: Mapping[str, str]) -> str:
    return " or ".join(dict.fromkeys(properties.values()))
