"""What guardrails are made of: statements of IAM that deny, or documents of other policy types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landfall.aws.arns import iam_arn, in_partition

Statement = dict[str, Any]

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a guardrail may be given: one or more texts, each of a pattern.

    `needed` says that the guardrail has no meaning without it. `looks_like` is an example.
    """

    name: str
    meaning: str
    pattern: str
    looks_like: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a guardrail is written for: partition, regions in use, the account role's name.

    `given` holds the values of its parameters, by their names.
    """

    partition: str
    regions: tuple[str, ...]
    account_role: str
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def provisioner(self) -> list[str]:
        """The ARN pattern of the role with which the platform provisions the accounts."""
        return [iam_arn(self.partition, "*", f"role/{self.account_role}")]

    @property
    def platform_roles(self) -> list[str]:
        """The ARN patterns of all roles that the platform makes in the accounts."""
        return [*self.provisioner, iam_arn(self.partition, "*", "role/landfall/*")]

    def value(self, parameter: Parameter, default: Sequence[str] = ()) -> list[str]:
        """Return what was given for a parameter, or its default."""
        return list(self.given.get(parameter.name, default))

    def arns(self, *resources: str) -> list[str]:
        """Return ARNs of the partition, from what stands behind it: `ec2:*:*:volume/*`."""
        return [in_partition(self.partition, resource) for resource in resources]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A named guardrail: AWS's policy type, what it prevents, and what it is written with.

    One of statements is packed with others. Policy types without statements of IAM have `document`
    in place of them, which stays a policy of its own.
    """

    name: str
    type: str
    prevents: str
    statements: Callable[[Context], list[Statement]] | None = None
    parameters: tuple[Parameter, ...] = ()
    document: Callable[[Context], dict[str, Any]] | None = None


def deny(
    sid: str,
    *,
    actions: Sequence[str] = (),
    but: Sequence[str] = (),
    resources: Sequence[str] = ("*",),
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
    exempt: Sequence[str] = (),
) -> Statement:
    """Return a statement that denies `actions`, or all `but` some, save to principals `exempt`."""
    result: Statement = {"Sid": sid, "Effect": "Deny"}
    result |= {"NotAction": list(but)} if but else {"Action": list(actions)}
    result["Resource"] = list(resources)
    merged = {operator: dict(keys) for operator, keys in (conditions or {}).items()}
    if exempt:
        merged.setdefault("ArnNotLike", {})["aws:PrincipalArn"] = list(exempt)
    if merged:
        result["Condition"] = merged
    return result
