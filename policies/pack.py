"""The pack's policy objects: few, because the SDK parses every resource again for each.

Four objects hold all rules: mandatory and advisory, for single resources and for the stack. The SDK
has one level per object.
"""

from __future__ import annotations

import importlib

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from policies.judge import Judge

__all__ = ["load"]

FAMILIES = (
    "encryption_s3",
    "encryption_storage",
    "encryption_services",
    "encryption_keys",
    "transport",
    "least_privilege",
    "escalation",
    "trust",
    "exposure",
    "networks",
    "public_access",
    "audit_logging",
    "tagging",
    "pipelines",
    "organization_safety",
)


def load() -> None:
    """Import every family, which registers its rules."""
    for family in FAMILIES:
        importlib.import_module(f"policies.{family}")


def build(judge: Judge) -> list[Policy]:
    """Return the policy objects, which share one judge."""
    load()
    mandatory, advisory = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
    return [
        ResourceValidationPolicy(
            name="landfall-resources",
            description="Rules that check one resource",
            validate=judge.resource,
            enforcement_level=mandatory,
        ),
        ResourceValidationPolicy(
            name="landfall-resources-advice",
            description="Advice on single resources",
            validate=judge.resource_advice,
            enforcement_level=advisory,
        ),
        StackValidationPolicy(
            name="landfall-stack",
            description="Rules that check several resources together",
            validate=judge.stack,
            enforcement_level=mandatory,
        ),
        StackValidationPolicy(
            name="landfall-stack-advice",
            description="Advice on the stack, and rules that are undecided",
            validate=judge.stack_advice,
            enforcement_level=advisory,
        ),
    ]
