"""What guardrails are made of: statements of IAM that deny, written for an organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Statement = dict[str, Any]

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class Context:
    """What a guardrail is written for: partition, regions in use, the account role's name."""

    partition: str
    regions: tuple[str, ...]
    account_role: str

    @property
    def provisioner(self) -> list[str]:
        """The ARN pattern of the role with which the platform provisions the accounts."""
        return [f"arn:{self.partition}:iam::*:role/{self.account_role}"]

    @property
    def platform_roles(self) -> list[str]:
        """The ARN patterns of all roles that the platform makes in the accounts."""
        return [*self.provisioner, f"arn:{self.partition}:iam::*:role/landfall/*"]

    def arns(self, *resources: str) -> list[str]:
        """Return ARNs of the partition, from what stands behind it: `ec2:*:*:volume/*`."""
        return [f"arn:{self.partition}:{resource}" for resource in resources]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A named guardrail: AWS's policy type, what it prevents, and its statements."""

    name: str
    type: str
    prevents: str
    statements: Callable[[Context], list[Statement]]


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
