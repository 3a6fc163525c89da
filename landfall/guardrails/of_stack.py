"""The policies that a stack's guardrails come to, target by target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landfall.guardrails.catalogue import CATALOGUE, RCP, SCP, Context, Statement
from landfall.guardrails.compiler import Limits, Policy, pack
from landfall.settings import Stack
from landfall.settings.organization import ROOT


def policies(stack: Stack) -> Iterator[tuple[str, Policy]]:
    """Yield (target, policy); the target is a unit's path or `Root`."""
    context = Context(stack.partition, stack.regions, stack.organization.account_role)
    limits = Limits(
        size={
            SCP: stack.quota("serviceControlPolicySize"),
            RCP: stack.quota("resourceControlPolicySize"),
        },
        per_target={
            SCP: stack.quota("serviceControlPoliciesPerTarget"),
            RCP: stack.quota("resourceControlPoliciesPerTarget"),
        },
    )
    targets = [(ROOT, stack.organization.guardrails)]
    targets += [(path, unit.guardrails) for path, unit in stack.organization.walk()]
    for target, names in targets:
        chosen = [_guardrail(stack, name, context) for name in names]
        for policy in pack(target, chosen, limits):
            yield target, policy


def _guardrail(stack: Stack, name: str, context: Context) -> tuple[str, str, Sequence[Statement]]:
    own = stack.guardrails.get(name)
    if own is not None:
        return name, own.type, [statement.iam_json() for statement in own.statements]
    known = CATALOGUE[name]
    return name, known.type, known.statements(context)
