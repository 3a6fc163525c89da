"""The aliases of a stack's accounts."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack.placed import Named
from landfall.settings import keys, naming
from landfall.settings.source import Path
from landfall.settings.stack import Stack


def of_accounts(stack: Stack) -> dict[str, str]:
    """Return the alias of each account that has one; nothing is in suspended accounts."""
    found = {
        name: account.alias
        for name, account in stack.accounts.items()
        if account.alias is not None and not stack.is_suspended(name)
    }
    own = stack.organization.alias
    return found if own is None else {**found, naming.MANAGEMENT: own}


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the aliases."""
    for account, alias in of_accounts(stack).items():
        path: Path = (keys.ACCOUNTS, account, "alias")
        if account == naming.MANAGEMENT:
            path = (keys.ORGANIZATION, "alias")
        yield Named("account-alias", account, stack.global_region, alias, path)
