"""Print the organizational units of a stack, each with its policies and accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from landfall.cli.shortening import Lists
from landfall.guardrails.of_stack import account_policies, documents, policies
from landfall.settings import Stack
from landfall.settings.organization_tree import ROOT, Unit, account_target

# A larger tree is shown only down to the deepest level that fits on a screen.
_MOST_UNITS = 40


def lines(stack: Stack, lists: Lists) -> Iterator[str]:
    """Yield a line for the root and each unit; only the upper levels of a large tree."""
    attached = _attached(stack)
    units = list(stack.organization.walk())
    yield (
        f"\nUnits ({len(units):,}), accounts ({len(stack.accounts):,}) and "
        f"guardrail policies ({attached.total():,})"
    )
    own = [name for name, account in stack.accounts.items() if account.unit == ROOT]
    yield f"  {ROOT}{_policies(attached[ROOT])}{_accounts(own, lists)}"
    level = len(units) if lists.everything else _level(units)
    shown = [each for each in units if _depth(each[0]) <= level]
    if len(shown) < len(units):
        lists.are_cut = True
    tree = (_unit(stack, path, unit, level, attached, lists) for path, unit in shown)
    yield from lists.lines(tree, "units", _MOST_UNITS)


def _attached(stack: Stack) -> Counter[str]:
    """Count the policies of each target."""
    attached = Counter(target for target, _ in policies(stack))
    whole = dict(documents(stack))
    for target, names in stack.organization.attached():
        attached[target] += sum(name in whole for name in names)
    for key, account in stack.accounts.items():
        if account.guardrails:
            count = sum(1 for _ in account_policies(stack, key))
            count += sum(name in whole for name in account.guardrails)
            attached[account_target(key)] += count
    return attached


def _depth(path: str) -> int:
    return path.count("/") + 1


def _level(units: list[tuple[str, Unit]]) -> int:
    """Return the deepest level down to which the units fit, and at least 1."""
    at = Counter(_depth(path) for path, _ in units)
    level, count = 1, at[1]
    while at[level + 1] and count + at[level + 1] <= _MOST_UNITS:
        level += 1
        count += at[level]
    return level


def _unit(
    stack: Stack, path: str, unit: Unit, level: int, attached: Counter[str], lists: Lists
) -> str:
    indent = "  " * (_depth(path) + 1)
    suspended = " (suspended)" if unit.suspended else ""
    head = f"{indent}{path.rpartition('/')[2]}{suspended}{_policies(attached[path])}"
    inside = stack.accounts_in(path)
    if _depth(path) == level and unit.units:
        below = sum(other.startswith(f"{path}/") for other, _ in stack.organization.walk())
        units = f"{below:,} unit{'s' if below > 1 else ''} below"
        if not inside:
            return f"{head}: {units}"
        return f"{head}: {units}, {len(inside):,} accounts in total ({lists.few(inside)})"
    return f"{head}{_accounts([n for n in inside if stack.accounts[n].unit == path], lists)}"


def _policies(count: int) -> str:
    return f" [{count:,} {'policy' if count == 1 else 'policies'}]" if count else ""


def _accounts(names: list[str], lists: Lists) -> str:
    return f": {lists.names(names, 'accounts')}" if names else ""
