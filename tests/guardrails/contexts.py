"""The context of the guardrail tests."""

from __future__ import annotations

from landfall.guardrails.compiler import Limits
from landfall.guardrails.statements import RCP, SCP, Context

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")

LIMITS = Limits(size={SCP: 10240, RCP: 5120}, per_target={SCP: 10, RCP: 5})


def context(partition: str = "aws") -> Context:
    """Return the context of an organization in two regions."""
    given = {"instanceTypes": ("t4g.*", "m7g.large")}
    return Context(
        partition,
        ("eu-west-1", "us-east-1"),
        ("OrganizationAccountAccessRole",),
        given,
        ("gitlab.com",),
    )
