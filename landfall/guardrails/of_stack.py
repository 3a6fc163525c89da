"""The policies that a stack's guardrails come to, target by target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.compiler import Limits, Named, PolicyDocument, compile_target
from landfall.guardrails.perimeter import for_everybody
from landfall.guardrails.statements import RCP, SCP, Context

if TYPE_CHECKING:
    from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name, AWS's type, its minified document, and what stands in it."""

    name: str
    type: str
    content: str
    guardrails: tuple[str, ...]


def policies(stack: Stack) -> Iterator[tuple[str, Policy]]:
    """Yield (target, policy); the target is a unit's path or `Root`.

    Raises `ProblemsError` where they do not fit AWS's limits; settings that were parsed do.
    """
    from landfall.settings import naming

    for target, names in stack.organization.attached():
        numbers = dict.fromkeys((SCP, RCP), 0)
        for document in target_policies(stack, target, names):
            numbers[document.type] += 1
            kind = "scp" if document.type == SCP else "rcp"
            name = naming.policy(stack.name, target, kind, numbers[document.type])
            yield target, Policy(name, document.type, document.content, document.guardrails)


def target_policies(stack: Stack, target: str, names: Sequence[str]) -> tuple[PolicyDocument, ...]:
    """Return the documents for one target; the names must be known."""
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
    return compile_target(target, [_named(stack, name, context) for name in names], limits)


def _named(stack: Stack, name: str, context: Context) -> Named:
    own = stack.guardrails.get(name)
    if own is None:
        known = CATALOGUE[name]
        return Named(name, known.type, tuple(known.statements(context)))
    statements = [statement.iam_json() for statement in own.statements]
    if own.type == RCP:
        statements = [for_everybody(statement) for statement in statements]
    return Named(name, own.type, tuple(statements))
