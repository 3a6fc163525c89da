"""New accounts that AWS has created, and whose role nobody can assume yet.

Organizations User Guide, 'Create a member account': it can take minutes until an account is active.
https://github.com/hashicorp/terraform-provider-aws/issues/15654
"""

from __future__ import annotations

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.background import later
from landfall.sandbox.gate.state import Store

_inactive: Store[bool] = Store(everywhere=True)


def begin(account: str) -> None:
    """Activate a new account after the seconds of the quota."""
    seconds = quota("organizations.activation_seconds")
    if seconds:
        _inactive.at(account)["is"] = True
        later("account activation", seconds, _inactive.at(account).clear)


def is_done(account: str) -> bool:
    """Return whether the account is activated."""
    return not _inactive.at(account)
