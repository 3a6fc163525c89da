"""Targets of a deployment by unit or tag: accounts that come later are included."""

from __future__ import annotations

from pydantic import Field

from landfall.settings.base import Count, Distinct, Settings


class ChosenTargets(Settings):
    """The accounts of units, or with tags, in each of the regions.

    Suspended accounts, and those that an earlier wave deploys to, are omitted.
    """

    units: Distinct = ()
    """Paths of units, with all units below them, or `Root`. With `tags`, both must fit."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of accounts in the stack file; an account has them all."""
    except_units: Distinct = ()
    """Paths of units whose accounts are omitted, with those below them."""
    except_accounts: Distinct = ()
    """Accounts that are omitted."""
    regions: Distinct = ()
    """The regions. Default: the home region."""
    at_once: Count | None = Field(default=None, ge=1)
    """The most destinations of one wave; the others follow in further waves."""
