"""Check allow lists: that they have an effect, and that they allow what the platform needs."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.guardrails.allow_lists import Shortage, allowing, allows_everything, shortages
from landfall.guardrails.of_stack import has_full_access, others
from landfall.guardrails.statements import SCP
from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import catalogue, organization_tree
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_SHOWN = 8


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in SCPs that allow, and at targets without FullAWSAccess."""
    wrong = {str(mistake.path[1]) for mistake in catalogue.mistakes(stack)}
    places = {target: path for target, path, _ in organization_tree.targets(stack)}
    short = {each.target: each for each in shortages(stack, wrong=wrong)}
    told: set[Path] = set()
    for target, path, names in organization_tree.targets(stack):
        if has_full_access(stack, target):
            for mistake in _without_effect(stack, target, path, names):
                if mistake.path not in told:
                    told.add(mistake.path)
                    yield mistake
        elif not any(allowing(stack, name) for name in names) and not others(stack, target).get(
            SCP
        ):
            what = "no guardrail here allows any action, and FullAWSAccess is detached"
            fix = "list a service control policy with an Allow statement, or remove fullAccess:"
            yield Mistake((*path[:-1], "fullAccess"), what, fix, path, kind=Kind.MISSING_SETTING)
        elif target in short:
            yield _shortage(stack, short[target], places[target])


def _without_effect(
    stack: Stack, target: str, path: Path, names: tuple[str, ...]
) -> Iterator[Mistake]:
    for name in names:
        own = stack.guardrails.get(name)
        # An existing policy changes nothing either, but adopting it must be possible.
        if own is None or own.document is None or own.id is not None:
            continue
        written = own.document.get("Statement")
        for each in allowing(stack, name):
            if allows_everything(each):
                continue
            place: Path = (keys.GUARDRAILS, name, "document", "Statement")
            place = (*place, each.index) if isinstance(written, list) else place
            what = f"this Allow statement has no effect: FullAWSAccess is attached to '{target}'"
            fix = (
                "write fullAccess: false there, and the stack detaches FullAWSAccess after it "
                "attaches its policies; or deny everything else: Effect: Deny with NotAction"
            )
            yield Mistake(place, what, fix, path, kind=Kind.CONFLICTING_SETTINGS)


def _shortage(stack: Stack, shortage: Shortage, path: Path) -> Mistake:
    actions: dict[str, dict[str, None]] = {}
    for need, action in shortage.lacking:
        actions.setdefault(action, {})[need.role] = None
    roles = dict.fromkeys(need.role for need, _ in shortage.lacking)
    accounts = dict.fromkeys(need.account for need, _ in shortage.lacking)
    what = (
        f"without FullAWSAccess, no guardrail here certainly allows {_some(actions)} to the "
        f"platform's {'role' if len(roles) == 1 else 'roles'} {_some(roles)} in {_some(accounts)}"
    )
    fix = f"allow these actions in a guardrail of '{shortage.target}', or remove fullAccess: false"
    return Mistake(path, what, fix, kind=Kind.GUARDRAIL_LOCKOUT)


def _some(names: dict[str, dict[str, None]] | dict[str, None]) -> str:
    shown = ", ".join(list(names)[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
