"""How the accounts of a large organization are divided into several Pulumi stacks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, ListOf, Settings, Texts

SliceName = Annotated[str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=40)]
"""The name of a slice, part of the name of its Pulumi stack."""


class Slice(Settings):
    """Accounts whose resources are in Pulumi stacks of their own."""

    accounts: Distinct = ()
    """Accounts by name; they stay in this slice wherever their unit is."""
    units: Distinct = ()
    """Units, with the units below them. `Root` is every account."""
    stacks: Annotated[Count, Field(ge=1, le=500)] = 1
    """Number of Pulumi stacks for these accounts. A change moves accounts between stacks."""


class Fleet(Settings):
    """A stack as several Pulumi stacks: foundation, slices of accounts, closing stack."""

    slices: dict[SliceName, Slice] = Field(default_factory=dict)
    """Slices of accounts by name."""
    stacks: Annotated[Count, Field(ge=1, le=500)] = 1
    """Number of Pulumi stacks for the accounts that no slice lists."""
    waves: ListOf[Texts] = ()
    """Slices in the order in which they are applied; those not listed come last, together."""
