"""Allow lists: service control policies that allow, at targets without FullAWSAccess.

An action needs an Allow statement at the root, at each unit above the account, and at the account.
FullAWSAccess allows everything, so that beside it, any other Allow statement changes nothing.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landfall.guardrails.denials import Denials, Denier, deniers, takes_all
from landfall.guardrails.of_stack import has_full_access, others, statements_of
from landfall.guardrails.platform import needs
from landfall.guardrails.platform.need import Need
from landfall.guardrails.statements import SCP
from landfall.iam.documents import DocumentError, Effect
from landfall.iam.layers import survey
from landfall.iam.matching import PreparedDocument, prepare
from landfall.iam.parsing import parse
from landfall.iam.services import is_under_scp, needs_no_permission

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_MEMBER = "000000000002"


@dataclass(frozen=True, slots=True)
class Shortage:
    """What no policy at `target` certainly allows, but the platform needs: each with one action."""

    target: str
    lacking: tuple[tuple[Need, str], ...]


def allowing(stack: Stack, name: str) -> tuple[Denier, ...]:
    """Return the Allow statements of a guardrail; empty if it has none, or is no valid SCP."""
    found = statements_of(stack, name)
    if found is None or found[0] != SCP:
        return ()
    try:
        read = deniers(name, SCP, parse(found[1], "scp"))
    except DocumentError:
        return ()
    return tuple(each for each in read if each.statement.effect is Effect.ALLOW)


def allows_everything(allowed: Denier) -> bool:
    """Return whether a statement allows what FullAWSAccess does."""
    statement = allowed.statement
    return (
        "*" in statement.actions
        and "*" in statement.resources
        and not statement.conditions
        and not statement.not_actions
    )


def shortages(stack: Stack, *, wrong: Collection[str] = ()) -> Iterator[Shortage]:
    """Yield what targets without FullAWSAccess do not allow; skips guardrails that are `wrong`.

    Skips targets with SCPs that the stack does not manage: those may allow it.
    """
    levels = _levels(stack, wrong)
    if not any(levels.values()):
        return
    check = _Allowed(stack)
    found: dict[str, list[tuple[Need, str]]] = {}
    regions = {*stack.regions, stack.global_region}
    for need in needs(stack):
        # Policies of the account do not apply to principals of the management account.
        if need.from_management or need.region not in regions:
            continue
        for target, statements in levels.get(need.account, ()):
            for action in need.actions:
                if not check.allowed(target, statements, need, action):
                    found.setdefault(target, []).append((need, action))
    for target, lacking in found.items():
        yield Shortage(target, tuple(lacking))


def _levels(
    stack: Stack, wrong: Collection[str]
) -> dict[str, tuple[tuple[str, tuple[Denier, ...]], ...]]:
    """Return the levels without FullAWSAccess around each account: target and Allow statements."""
    return {
        account: tuple(
            (
                target,
                tuple(
                    each for name in names if name not in wrong for each in allowing(stack, name)
                ),
            )
            for target, names in stack.guardrails_around(account)
            if not has_full_access(stack, target) and not others(stack, target).get(SCP)
        )
        for account in stack.accounts
    }


class _Allowed:
    """Determines whether statements certainly allow an action; caches results."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._requests = Denials(stack)
        self._prepared: dict[Denier, PreparedDocument] = {}
        self._answers: dict[tuple[str, Need, str, str], bool] = {}

    def allowed(self, target: str, statements: tuple[Denier, ...], need: Need, action: str) -> bool:
        member = self._stack.accounts[need.account].id or _MEMBER
        shape = replace(need, account="", actions=(), setting=())
        key = (target, shape, action, member)
        if key not in self._answers:
            self._answers[key] = any(
                self._allows(each, need, action, member) for each in statements
            )
        return self._answers[key]

    def _allows(self, allowed: Denier, need: Need, action: str, member: str) -> bool:
        statement = allowed.statement
        if not takes_all(statement, action.lower()):
            return False
        # A permission for many resources is not allowed as a whole if some of them are left out.
        if statement.not_resources and set(need.resource) & set("*?"):
            return False
        request = self._requests.request(need, action, member, statement)
        if needs_no_permission(request) or not is_under_scp(request):
            return True
        if allowed not in self._prepared:
            self._prepared[allowed] = prepare(allowed.document, allowed.guardrail)
        found = survey((self._prepared[allowed],), request, names_principals=False)
        return found.allow is True
