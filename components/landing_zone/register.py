"""Accounts and names as the state knows them, so that a preview says what becomes of them.

Removed accounts are not in the program: only the old state shows how many accounts a run
would close. Changes that AWS does not make, such as a new e-mail address, are reported here too.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.landing_zone.foundation import Foundation
from landfall.blueprint import parts
from landfall.settings import Stack, moves

Accounts = Mapping[str, Mapping[str, Any]]


class AccountClosureError(Exception):
    """More accounts would be closed than AWS allows; the engine prints it without a traceback."""


class AccountMoveError(Exception):
    """An account would move to another Pulumi stack; the engine prints it without a traceback."""


class AccountRenameError(Exception):
    """An account has a new key without `formerly`."""


class NameExistsError(Exception):
    """AWS has the name already, and would refuse it; the engine reports it without a traceback."""


def register_accounts(stack: Stack, foundation: Foundation) -> None:
    """Record the e-mail address and closing of each account that the stack manages.

    A stack that is cut also records the slice of each account.
    """
    kept: dict[str, dict[str, Any]] = {
        name: {
            # Through the account, so that it is recorded after AWS has created it.
            "id": account.account_id,
            "email": stack.accounts[name].email,
            "closes": stack.accounts[name].close_on_deletion,
        }
        for name, account in foundation.accounts.items()
        if not stack.accounts[name].external
    }
    kept = parts.recorded(stack, kept)

    def changed(args: pulumi.ResourceHookArgs) -> None:
        old: Accounts = (args.old_inputs or {}).get("input") or {}
        new: Accounts = (args.new_inputs or {}).get("input") or {}
        _renamed(stack, old, new)
        former = {stack.accounts[name].formerly: name for name in new}
        old = {former.get(name, name): account for name, account in old.items()}
        _moved(stack, old, new)
        _closing(stack, old, new)
        for name in sorted(new.keys() & old.keys()):
            if old[name]["email"] != new[name]["email"]:
                pulumi.log.warn(
                    f"account {name}: the new e-mail address {new[name]['email']} is recorded, but "
                    "not set. AWS sends a code to the new address: 'aws account "
                    "start-primary-email-update', then 'accept-primary-email-update'"
                )

    hook = pulumi.ResourceHook(
        "accounts-change", changed, pulumi.ResourceHookOptions(on_dry_run=True)
    )
    pulumi.Stash(
        "accounts",
        input=kept,
        opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook])),
    )


def register_names(stack: Stack) -> None:
    """Keep the names of applications, deployments and groups, to say what a rename does in AWS."""

    def changed(args: pulumi.ResourceHookArgs) -> None:
        old: moves.Names = (args.old_inputs or {}).get("input") or {}
        refused = []
        for move in moves.moves(stack, old):
            if move.refused:
                refused.append(str(move))
            else:
                pulumi.log.warn(str(move))
        if refused:
            raise NameExistsError("\n".join(refused))

    hook = pulumi.ResourceHook("names-change", changed, pulumi.ResourceHookOptions(on_dry_run=True))
    pulumi.Stash(
        "names",
        input=moves.names(stack),
        opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook])),
    )


def _renamed(stack: Stack, old: Accounts, new: Accounts) -> None:
    """Reject an account with a new key: AWS allows no second account with its address."""
    before, after = (
        {name: account["email"] for name, account in accounts.items()} for accounts in (old, new)
    )
    for move in moves.second_accounts(stack, before, after):
        raise AccountRenameError(f"{move.what}: {move.fix}")


def _moved(stack: Stack, old: Accounts, new: Accounts) -> None:
    """Reject accounts of another slice: one stack would delete what the other creates."""
    before = {name: account.get("slice") for name, account in old.items()}
    after = {name: account.get("slice") for name, account in new.items()}
    if problems := parts.moved(stack.name, before, after):
        raise AccountMoveError("\n".join(problems))


def _closing(stack: Stack, old: Accounts, new: Accounts) -> None:
    """Check the number of closed accounts against AWS's quotas."""
    closing = [name for name in sorted(old) if name not in new and old[name]["closes"]]
    share = len(old) * stack.quota("accountClosuresPercent") // 100
    allowed = min(max(stack.quota("accountClosures"), share), stack.quota("accountClosuresMost"))
    if len(closing) > allowed:
        raise AccountClosureError(
            f"{len(closing)} accounts would be closed ({', '.join(closing)}), but AWS closes "
            f"{allowed} in 30 days; keep some of them in the stack for now"
        )
    at_once = stack.quota("accountClosuresAtOnce")
    if len(closing) > at_once:
        pulumi.log.warn(
            f"{len(closing)} accounts are closed, but AWS closes {at_once} at a time: run it with "
            f"--parallel {at_once}, or again for those that AWS rejected"
        )
