"""The policies of a target with their guardrails, and the remaining quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landfall.guardrails import of_stack
from landfall.guardrails.of_stack import Policy
from landfall.guardrails.statements import SCP
from landfall.settings.organization_tree import account_target

if TYPE_CHECKING:
    from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Attached:
    """The policies of one target, and the number of their guardrails.

    `others` counts policies that the stack does not manage. `sizes` (characters) and `slots`
    (policies) are AWS's quotas. All three are by policy type. `full_access`: AWS's FullAWSAccess
    is attached, too.
    """

    policies: tuple[Policy, ...]
    named: int
    others: Mapping[str, int]
    full_access: bool
    sizes: Mapping[str, int]
    slots: Mapping[str, int]

    def size(self, kind: str) -> int:
        """Return the size quota of a policy type, in characters."""
        return self.sizes[kind]

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Yield (type, policies attached, quota), including AWS's own and unmanaged policies."""
        for kind, slots in self.slots.items():
            made = sum(policy.type == kind for policy in self.policies)
            own = 1 if made and kind in of_stack.WITH_FULL_ACCESS else 0
            own = own if kind != SCP or self.full_access else 0
            yield kind, made + own + self.others.get(kind, 0), slots


def explained(stack: Stack) -> Iterator[tuple[str, Attached]]:
    """Yield each target of a stack, from the root down, then the accounts with guardrails."""
    targets = dict(stack.organization.attached())
    for key, account in stack.accounts.items():
        if account.guardrails:
            targets[account_target(key)] = account.guardrails
    packed: dict[str, list[Policy]] = {target: [] for target in targets}
    for target, policy in of_stack.policies(stack):
        packed[target].append(policy)
    whole = dict(of_stack.documents(stack))
    for target, names in targets.items():
        for key in stack.accounts:
            if target == account_target(key):
                packed[target] += of_stack.account_policies(stack, key)
        packed[target] += [
            Policy(whole[name].name or name, whole[name].type, whole[name].content, (name,))
            for name in names
            if name in whole
        ]
        limits = {kind: stack.quota(name) for kind, name in of_stack.SIZES.items()}
        slots = {kind: stack.quota(name) for kind, name in of_stack.SLOTS.items()}
        yield (
            target,
            Attached(
                tuple(packed[target]),
                len(names),
                of_stack.others(stack, target),
                of_stack.has_full_access(stack, target),
                limits,
                slots,
            ),
        )
