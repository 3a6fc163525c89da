"""The policies that a stack's guardrails come to, target by target.

Guardrails of statements are packed for each target. A guardrail of a document is one policy, made
once and attached wherever it is named: see `documents`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.compiler import Limits, Named, PolicyDocument, compile_target
from landfall.guardrails.perimeter import for_everybody
from landfall.guardrails.statements import RCP, SCP, Context
from landfall.settings import naming
from landfall.settings.organization import ROOT

if TYPE_CHECKING:
    from landfall.settings.guardrails import Guardrail
    from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name, AWS's type, its minified document, and what stands in it."""

    name: str
    type: str
    content: str
    guardrails: tuple[str, ...]


def policies(stack: Stack) -> Iterator[tuple[str, Policy]]:
    """Yield (target, policy) of what is packed; the target is a unit's path or `Root`.

    Raises `ProblemsError` where they do not fit AWS's limits; settings that were parsed do.
    """
    for target, names in stack.organization.attached():
        for policy in _packed(stack, target, names):
            yield target, policy


def account_policies(stack: Stack, key: str) -> Iterator[Policy]:
    """Yield what is packed for one account alone; raises as `policies`."""
    if names := stack.accounts[key].guardrails:
        yield from _packed(stack, account_target(key), names)


def account_target(key: str) -> str:
    """Return how an account is called as a target of policies; no unit has such a path."""
    return f"account:{key}"


def around(stack: Stack, key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (target, names) of the guardrails around an account, from the root down to itself."""
    account = stack.accounts[key]
    for target, names in stack.organization.attached():
        if target == ROOT or f"{account.unit}/".startswith(f"{target}/"):
            yield target, names
    yield account_target(key), account.guardrails


def documents(stack: Stack) -> Iterator[tuple[str, Guardrail]]:
    """Yield (name, guardrail) of those that are one policy document each."""
    for name, guardrail in stack.guardrails.items():
        if guardrail.document is not None:
            yield name, guardrail


def statements_of(stack: Stack, name: str) -> tuple[str, dict[str, Any]] | None:
    """Return AWS's type and the document of one guardrail by itself; None where there is none."""
    own = stack.guardrails.get(name)
    if own is not None and own.document is not None:
        return own.type, own.document
    if own is None and name not in CATALOGUE:
        return None
    named = _named(stack, name, _context(stack))
    return named.type, {"Version": "2012-10-17", "Statement": list(named.statements)}


def _packed(stack: Stack, target: str, names: Sequence[str]) -> Iterator[Policy]:
    numbers = dict.fromkeys((SCP, RCP), 0)
    for document in target_policies(stack, target, names):
        numbers[document.type] += 1
        kind = "scp" if document.type == SCP else "rcp"
        name = naming.policy(stack.name, target, kind, numbers[document.type])
        yield Policy(name, document.type, document.content, document.guardrails)


def target_policies(stack: Stack, target: str, names: Sequence[str]) -> tuple[PolicyDocument, ...]:
    """Return the documents that are packed for one target; the names must be known."""
    context = _context(stack)
    whole = dict(documents(stack))
    taken = Counter(str(whole[name].type) for name in names if name in whole)
    limits = Limits(
        size={
            SCP: stack.quota("serviceControlPolicySize"),
            RCP: stack.quota("resourceControlPolicySize"),
        },
        per_target={
            SCP: stack.quota("serviceControlPoliciesPerTarget") - taken[SCP],
            RCP: stack.quota("resourceControlPoliciesPerTarget") - taken[RCP],
        },
    )
    packed = [name for name in names if name not in whole]
    return compile_target(target, [_named(stack, name, context) for name in packed], limits)


def _context(stack: Stack) -> Context:
    return Context(stack.partition, stack.regions, stack.organization.account_role)


def _named(stack: Stack, name: str, context: Context) -> Named:
    own = stack.guardrails.get(name)
    if own is None:
        known = CATALOGUE[name]
        return Named(name, known.type, tuple(known.statements(context)))
    statements = [statement.iam_json() for statement in own.statements]
    if own.type == RCP:
        statements = [for_everybody(statement) for statement in statements]
    return Named(name, own.type, tuple(statements))
