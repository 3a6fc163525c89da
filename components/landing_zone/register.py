"""Accounts and names as the state knows them, so that a preview says what becomes of them.

What leaves a stack is in no program any more: only the former state knows how many accounts a run
would close. What AWS leaves undone, as a new e-mail address, is told here too.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.landing_zone.foundation import Foundation
from landfall.settings import Stack, moves

Accounts = Mapping[str, Mapping[str, Any]]


class AccountClosureError(Exception):
    """More accounts would be closed than AWS allows; the engine tells it without a traceback."""


class AccountRenameError(Exception):
    """An account has another key, and its settings do not say so."""


class NameExistsError(Exception):
    """AWS has the name already, and would refuse it; the engine reports it without a traceback."""


def register_accounts(stack: Stack, foundation: Foundation) -> None:
    """Keep the e-mail address and the fate of each account that the stack itself keeps."""
    kept = {
        name: {
            # By way of the account, so that it is written down once AWS has made it.
            "id": account.account_id,
            "email": stack.accounts[name].email,
            "closes": stack.accounts[name].close_on_deletion,
        }
        for name, account in foundation.accounts.items()
        if not stack.accounts[name].external
    }

    def changed(args: pulumi.ResourceHookArgs) -> None:
        old: Accounts = (args.old_inputs or {}).get("input") or {}
        new: Accounts = (args.new_inputs or {}).get("input") or {}
        _renamed(stack, old, new)
        former = {stack.accounts[name].formerly: name for name in new}
        old = {former.get(name, name): account for name, account in old.items()}
        _closing(stack, old, new)
        for name in sorted(new.keys() & old.keys()):
            if old[name]["email"] != new[name]["email"]:
                pulumi.log.warn(
                    f"account {name}: the e-mail address {new[name]['email']} is written down, and "
                    "not set. AWS changes it with a code that it sends there: 'aws account "
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
    """Refuse an account under another key: AWS makes no second one with its address."""
    for name in sorted(new.keys() - old.keys()):
        for gone in sorted(old.keys() - new.keys()):
            same = new[name]["email"].lower() == old[gone]["email"].lower()
            if same and stack.accounts[name].formerly != gone:
                raise AccountRenameError(
                    f"account {gone} has become {name}, with the same e-mail address. AWS would "
                    f"refuse to make it a second time: write 'formerly: {gone}' in account {name}"
                )


def _closing(stack: Stack, old: Accounts, new: Accounts) -> None:
    """Hold the accounts that leave to be closed against AWS's quotas."""
    closing = [name for name in sorted(old) if name not in new and old[name]["closes"]]
    share = len(old) * stack.quota("accountClosuresPercent") // 100
    allowed = min(max(stack.quota("accountClosures"), share), stack.quota("accountClosuresMost"))
    if len(closing) > allowed:
        raise AccountClosureError(
            f"{len(closing)} accounts would be closed ({', '.join(closing)}), and AWS closes "
            f"{allowed} in 30 days; let some of them stay in the stack for now"
        )
    at_once = stack.quota("accountClosuresAtOnce")
    if len(closing) > at_once:
        pulumi.log.warn(
            f"{len(closing)} accounts are closed, and AWS closes {at_once} at once: run it with "
            f"--parallel {at_once}, or again for those that AWS refused"
        )
