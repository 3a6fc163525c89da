"""Generate missing names like the official provider.

`orders` becomes `orders-1f2e3d4`: the resource's logical name and seven random hexadecimal digits.
Generated keys are recorded in the inputs under `__defaults`, so that the next check keeps them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landfall.sandbox.provider.values.properties import Properties, Value

DEFAULTS: Final = "__defaults"
_SUFFIX_DIGITS: Final = 7


@dataclass(frozen=True, slots=True)
class AutoName:
    """The name's `key`, its maximum length, and AWS's format."""

    key: str
    longest: int
    prefix: str = ""
    lower_case: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The engine's autonaming settings; `mode` is propose, enforce or disable."""

    name: str = ""
    mode: str = "propose"


_SPECIAL: Final[dict[str, AutoName]] = {
    "aws:s3/bucket:Bucket": AutoName("bucket", 63, lower_case=True),
    "aws:s3/bucketV2:BucketV2": AutoName("bucket", 63, lower_case=True),
    "aws:kms/alias:Alias": AutoName("name", 256, prefix="alias/"),
    "aws:iam/role:Role": AutoName("name", 64),
    "aws:iam/user:User": AutoName("name", 64),
    "aws:iam/policy:Policy": AutoName("name", 128),
    "aws:iam/instanceProfile:InstanceProfile": AutoName("name", 128),
    "aws:lambda/function:Function": AutoName("name", 64),
    "aws:lb/loadBalancer:LoadBalancer": AutoName("name", 32),
    "aws:lb/targetGroup:TargetGroup": AutoName("name", 32),
    "aws:organizations/account:Account": AutoName("name", 50),
    "aws:organizations/organizationalUnit:OrganizationalUnit": AutoName("name", 128),
    "aws:organizations/policy:Policy": AutoName("name", 128),
    "aws:rds/parameterGroup:ParameterGroup": AutoName("name", 255, lower_case=True),
    "aws:sqs/queue:Queue": AutoName("name", 80),
    "aws:sns/topic:Topic": AutoName("name", 256),
    "aws:ssoadmin/permissionSet:PermissionSet": AutoName("name", 32),
}


def autoname_of(token: str, inputs: Mapping[str, bool]) -> AutoName | None:
    """The naming of a resource type; `inputs` maps each input to whether the SDK requires it."""
    special = _SPECIAL.get(token)
    if special is not None:
        return special
    return AutoName("name", 255) if inputs.get("name") is False else None


def apply_autoname(
    rule: AutoName | None,
    news: Properties,
    olds: Mapping[str, Value],
    logical_name: str,
    seed: bytes,
    proposal: Proposal | None = None,
) -> Properties:
    """Return `news` with generated names, and `__defaults` with the generated keys."""
    named = {key: value for key, value in news.items() if key != DEFAULTS and value is not None}
    made: list[str] = []
    if rule is not None and rule.key not in named and f"{rule.key}Prefix" not in named:
        name = _name(rule, olds, logical_name, seed, proposal or Proposal())
        if name:
            named[rule.key] = name
            made.append(rule.key)
    named[DEFAULTS] = made
    return named


def was_generated(rule: AutoName | None, inputs: Mapping[str, Value]) -> bool:
    """Return whether the name in these checked inputs was generated."""
    return rule is not None and rule.key in (inputs.get(DEFAULTS) or [])


def _name(
    rule: AutoName, olds: Mapping[str, Value], logical_name: str, seed: bytes, proposal: Proposal
) -> str:
    if was_generated(rule, olds) and isinstance(olds.get(rule.key), str):
        return str(olds[rule.key])
    if proposal.mode == "disable":
        return ""
    if proposal.name:
        return proposal.name if proposal.mode == "enforce" else _formed(rule, proposal.name, "")
    generator = random.Random(seed) if seed else random.SystemRandom()  # noqa: S311 - no secret
    digits = "".join(generator.choice("0123456789abcdef") for _ in range(_SUFFIX_DIGITS))
    return _formed(rule, logical_name, f"-{digits}")


def _formed(rule: AutoName, stem: str, suffix: str) -> str:
    room = rule.longest - len(rule.prefix) - len(suffix)
    name = f"{rule.prefix}{stem[:room]}{suffix}"
    return name.lower() if rule.lower_case else name
