"""The parts of guardrails: IAM deny statements, or documents of other policy types."""

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
    """A parameter of a guardrail: one or more texts that match a pattern.

    `needed` means required. `looks_like` is an example.
    """

    name: str
    meaning: str
    pattern: str
    looks_like: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a guardrail: partition, regions in use, the account roles' names.

    `given` contains the parameter values by name, `token_hosts` the hosts of OIDC providers,
    `readers` the names, with path, of roles that read every account to preview the stack and to
    look for drift.
    """

    partition: str
    regions: tuple[str, ...]
    account_roles: tuple[str, ...]
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    token_hosts: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()

    @property
    def reading(self) -> list[str]:
        """The ARN patterns of the roles that read every account."""
        return [iam_arn(self.partition, "*", f"role/{name}") for name in self.readers]

    @property
    def provisioner(self) -> list[str]:
        """The ARN patterns of the roles that the platform uses to provision accounts."""
        return [iam_arn(self.partition, "*", f"role/{role}") for role in self.account_roles]

    @property
    def platform_roles(self) -> list[str]:
        """The ARN patterns of all roles that the platform creates in accounts."""
        return [*self.provisioner, iam_arn(self.partition, "*", "role/landfall/*")]

    def value(self, parameter: Parameter, default: Sequence[str] = ()) -> list[str]:
        """Return a parameter's value, or its default."""
        return list(self.given.get(parameter.name, default))

    def arns(self, *resources: str) -> list[str]:
        """Return ARNs of the partition, from the part after it: `ec2:*:*:volume/*`."""
        return [in_partition(self.partition, resource) for resource in resources]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A named guardrail: AWS's policy type, what it prevents, and its statements or document.

    Guardrails with statements are packed together. Policy types without IAM statements have
    `document` instead, which stays a separate policy.
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
    """Return a statement that denies `actions`, or all except `but`, with `exempt` principals."""
    result: Statement = {"Sid": sid, "Effect": "Deny"}
    result |= {"NotAction": list(but)} if but else {"Action": list(actions)}
    result["Resource"] = list(resources)
    merged = {operator: dict(keys) for operator, keys in (conditions or {}).items()}
    if exempt:
        merged.setdefault("ArnNotLike", {})["aws:PrincipalArn"] = list(exempt)
    if merged:
        result["Condition"] = merged
    return result
