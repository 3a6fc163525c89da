"""Rules of administration ports: the networks that a security group allows."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam.keys import is_private
from landfall.iam.outsiders.narrowing import collapsed, is_wide
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource

_ADMINISTRATION = (22, 3389)
_RULES = ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",)
_OLD_RULES = ("aws:ec2/securityGroupRule:SecurityGroupRule",)
_GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)


@resource_rule(
    "LF-PUB-010",
    "administration ports are closed to the internet",
    fix="Name the networks that need it, or use Session Manager, which needs no open port.",
    types=[*_RULES, *_OLD_RULES, *_GROUPS],
    controls=controls(
        fsbp="EC2.13 EC2.14 EC2.19",
        cis3="5.2 5.3",
        cis5="5.3 5.4",
        nist="AC-4 AC-17 SC-7 SC-7(5)",
    ),
)
def _open_ports(resource: Resource) -> Iterator[Violation]:
    if resource.type in _GROUPS:
        places = [path for path, _ in resource.items("ingress")]
    elif resource.type in _OLD_RULES:
        places = [""] if resource.get("type") == "ingress" else []
    else:
        places = [""]
    told = set()
    for port in _ADMINISTRATION:
        reaching = [one for one in places if _reaches(resource, one, port)]
        alone = [one for one in reaching if _is_internet(_ranges(resource, one))]
        together = [text for one in reaching for text in _ranges(resource, one)]
        if not alone and _is_internet(together):
            # The parts of the internet can be in several rules of the group.
            alone = reaching[:1]
        told.update(alone)
    for place in places:
        if place in told:
            yield Violation(resource, place or "fromPort", "is open to the internet")


def _is_internet(ranges: list[str]) -> bool:
    """Return whether address ranges together are a large part of the internet."""
    return any(is_wide(one) and not is_private(one) for one in collapsed(ranges))


def _ranges(resource: Resource, place: str) -> list[str]:
    at = f"{place}." if place else ""
    blocks = [resource.get(f"{at}cidrIpv4"), resource.get(f"{at}cidrIpv6")]
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        blocks += [block for _, block in resource.items(f"{at}{key}")]
    return [block for block in blocks if isinstance(block, str)]


def _reaches(resource: Resource, place: str, port: int) -> bool:
    at = f"{place}." if place else ""
    protocol = resource.text(f"{at}protocol", resource.text(f"{at}ipProtocol")).lower()
    if protocol in ("-1", "all", "-1.0"):
        return True
    if protocol not in ("tcp", "6", "6.0"):
        return False
    low, high = resource.get(f"{at}fromPort", 0), resource.get(f"{at}toPort", 65535)
    return float(low) <= port <= float(high)
