"""A team's own guardrails, beside those of the catalogue."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Settings, Statement


class Guardrail(Settings):
    """One guardrail, written as IAM statements."""

    description: str = ""
    """What it prevents."""
    type: Literal["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] = "SERVICE_CONTROL_POLICY"
    """AWS's policy type."""
    statements: tuple[Statement, ...] = Field(min_length=1)
    """Its statements."""
