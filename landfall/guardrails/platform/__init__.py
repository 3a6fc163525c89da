"""The permissions that the platform needs in each account and no guardrail may deny.

need            one role, its actions, and the resource
calls           the actions that make and keep one kind of resource
security_calls  the same, of the security services
account_role    what the account role needs, to make what the blueprint describes
roles           what the roles and permission sets of the blueprint need: what they are granted
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from landfall.guardrails.platform import account_role, roles
from landfall.guardrails.platform.need import Need

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

__all__ = ["Need", "needs"]


def needs(stack: Stack) -> Iterator[Need]:
    """Yield the needs in the accounts of a stack."""
    yield from account_role.needs(stack)
    yield from roles.needs(stack)
