"""The policies that a stack's guardrails compile to, by target.

Guardrails with statements are packed for each target. A guardrail with a document is one policy,
created once and attached to all its targets: see `documents`.
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
from landfall.guardrails.statements import Guardrail as Known
from landfall.settings import naming
from landfall.settings.organization_tree import ROOT, account_target

if TYPE_CHECKING:
    from landfall.settings.accounts import Account
    from landfall.settings.guardrails import Guardrail
    from landfall.settings.organization_tree import Organization, Unit
    from landfall.settings.stack import Stack


SIZES: dict[str, str] = {
    "SERVICE_CONTROL_POLICY": "serviceControlPolicySize",
    "RESOURCE_CONTROL_POLICY": "resourceControlPolicySize",
    "TAG_POLICY": "tagPolicySize",
    "BACKUP_POLICY": "backupPolicySize",
    "AISERVICES_OPT_OUT_POLICY": "aiServicesOptOutPolicySize",
    "DECLARATIVE_POLICY_EC2": "declarativePolicySize",
    "CHATBOT_POLICY": "chatbotPolicySize",
    "SECURITYHUB_POLICY": "securityHubPolicySize",
    "INSPECTOR_POLICY": "inspectorPolicySize",
    "UPGRADE_ROLLOUT_POLICY": "upgradeRolloutPolicySize",
    "BEDROCK_POLICY": "bedrockPolicySize",
    "S3_POLICY": "s3PolicySize",
}
"""The quota of a policy's characters, by type."""

SLOTS: dict[str, str] = {
    "SERVICE_CONTROL_POLICY": "serviceControlPoliciesPerTarget",
    "RESOURCE_CONTROL_POLICY": "resourceControlPoliciesPerTarget",
    "TAG_POLICY": "tagPoliciesPerTarget",
    "BACKUP_POLICY": "backupPoliciesPerTarget",
    "AISERVICES_OPT_OUT_POLICY": "aiServicesOptOutPoliciesPerTarget",
    "DECLARATIVE_POLICY_EC2": "declarativePoliciesPerTarget",
    "CHATBOT_POLICY": "chatbotPoliciesPerTarget",
    "SECURITYHUB_POLICY": "securityHubPoliciesPerTarget",
    "INSPECTOR_POLICY": "inspectorPoliciesPerTarget",
    "UPGRADE_ROLLOUT_POLICY": "upgradeRolloutPoliciesPerTarget",
    "BEDROCK_POLICY": "bedrockPoliciesPerTarget",
    "S3_POLICY": "s3PoliciesPerTarget",
}
"""The quota of policies of a target, by type."""

WITH_FULL_ACCESS = (SCP, RCP)
"""The types for which AWS attaches its own policy to every target."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name, AWS's type, its minified document, and its guardrails."""

    name: str
    type: str
    content: str
    guardrails: tuple[str, ...]


def policies(stack: Stack) -> Iterator[tuple[str, Policy]]:
    """Yield (target, policy) of packed guardrails; the target is a unit's path or `Root`.

    Raises `ProblemsError` if they exceed AWS's quotas; parsed settings never do.
    """
    for target, names in stack.organization.attached():
        for policy in _packed(stack, target, names):
            yield target, policy


def account_policies(stack: Stack, key: str) -> Iterator[Policy]:
    """Yield the policies packed for a single account; raises as `policies`."""
    if names := stack.accounts[key].guardrails:
        yield from _packed(stack, account_target(key), names)


def documents(stack: Stack) -> Iterator[tuple[str, Guardrail]]:
    """Yield (name, guardrail) of the guardrails with a policy document.

    Includes catalogue guardrails only if they are used.
    """
    yield from stack.once(_documents)


def _documents(stack: Stack) -> tuple[tuple[str, Guardrail], ...]:
    return tuple(_made(stack))


def _made(stack: Stack) -> Iterator[tuple[str, Guardrail]]:
    for name, guardrail in stack.guardrails.items():
        if guardrail.document is not None:
            yield name, guardrail
    for name in named_anywhere(stack):
        known = _known(stack, name)
        if known is not None and known.document is not None:
            yield name, _as_own(stack, name, known)


def type_of(stack: Stack, name: str) -> str | None:
    """Return AWS's policy type of a guardrail; None for an unknown name."""
    known = _known(stack, name)
    if known is not None:
        return known.type
    own = stack.guardrails.get(name)
    return own.type if own is not None and own.catalogue is None else None


def statements_of(stack: Stack, name: str) -> tuple[str, dict[str, Any]] | None:
    """Return AWS's type and the document of one guardrail; None for an unknown name."""
    own, known = stack.guardrails.get(name), _known(stack, name)
    if own is not None and own.document is not None:
        return own.type, own.document
    if known is not None and known.document is not None:
        return known.type, known.document(_context(stack, name))
    if type_of(stack, name) is None:
        return None
    named = _named(stack, name)
    return named.type, {"Version": "2012-10-17", "Statement": list(named.statements)}


def others(stack: Stack, target: str) -> dict[str, int]:
    """Return the number of policies at a target that the stack does not manage, by type."""
    holder = stack.once(_holders).get(target)
    found = holder.other_policies if holder is not None else {}
    return {str(kind): count for kind, count in found.items()}


def has_full_access(stack: Stack, target: str) -> bool:
    """Return whether AWS's FullAWSAccess is attached to a target, according to the settings."""
    holder = stack.once(_holders).get(target)
    return holder is None or holder.full_access


def _holders(stack: Stack) -> dict[str, Organization | Unit | Account]:
    holders: dict[str, Organization | Unit | Account] = {ROOT: stack.organization}
    holders |= dict(stack.organization.walk())
    return holders | {account_target(key): account for key, account in stack.accounts.items()}


def named_anywhere(stack: Stack) -> dict[str, None]:
    """Return the names of the guardrails in use, in order."""
    names = [name for _, attached in stack.organization.attached() for name in attached]
    names += [name for account in stack.accounts.values() for name in account.guardrails]
    return dict.fromkeys(names)


def _known(stack: Stack, name: str) -> Known | None:
    """Return the catalogue guardrail of a name, with its parameters if it has any."""
    own = stack.guardrails.get(name)
    if own is None:
        return CATALOGUE.get(name)
    return CATALOGUE.get(own.catalogue) if own.catalogue is not None else None


def _as_own(stack: Stack, name: str, known: Known) -> Guardrail:
    from landfall.settings.guardrails import Guardrail

    assert known.document is not None  # noqa: S101 - asked for by the caller
    own = stack.guardrails.get(name)
    return Guardrail.model_validate(
        {
            "description": (own.description if own else "") or f"Prevents {known.prevents}",
            "type": known.type,
            "document": known.document(_context(stack, name)),
            "name": naming.guardrail(stack.name, name),
        }
    )


def _packed(stack: Stack, target: str, names: Sequence[str]) -> Iterator[Policy]:
    numbers = dict.fromkeys((SCP, RCP), 0)
    for document in target_policies(stack, target, names):
        numbers[document.type] += 1
        kind = "scp" if document.type == SCP else "rcp"
        name = naming.policy(stack.name, target, kind, numbers[document.type])
        yield Policy(name, document.type, document.content, document.guardrails)


def target_policies(stack: Stack, target: str, names: Sequence[str]) -> tuple[PolicyDocument, ...]:
    """Return the documents that are packed for one target; the names must be known."""
    whole = dict(documents(stack))
    taken = Counter(str(whole[name].type) for name in names if name in whole)
    taken.update(others(stack, target))
    freed = 0 if has_full_access(stack, target) else 1
    limits = Limits(
        size={
            SCP: stack.quota("serviceControlPolicySize"),
            RCP: stack.quota("resourceControlPolicySize"),
        },
        per_target={
            SCP: stack.quota("serviceControlPoliciesPerTarget") - taken[SCP] + freed,
            RCP: stack.quota("resourceControlPoliciesPerTarget") - taken[RCP],
        },
    )
    packed = tuple(name for name in names if name not in whole)
    # Thousands of accounts may use the same few guardrails.
    known = stack.once(_compiled)
    key = (packed, limits.per_target[SCP], limits.per_target[RCP])
    if key not in known:
        known[key] = compile_target(target, [_named(stack, name) for name in packed], limits)
    return known[key]


def _compiled(_: Stack) -> dict[tuple[tuple[str, ...], int, int], tuple[PolicyDocument, ...]]:
    return {}


def _context(stack: Stack, name: str) -> Context:
    own = stack.guardrails.get(name)
    given = own.parameters if own is not None else {}
    hosts = sorted({each.host for each in stack.access.oidc_providers.values()})
    readers: tuple[str, ...] = ()
    if stack.provisioning is not None:
        readers = (f"{naming.ROLE_PATH}{naming.provisioning_role(stack.name, 'read')}",)
    return Context(
        stack.partition, stack.regions, stack.account_roles, given, tuple(hosts), readers
    )


def _named(stack: Stack, name: str) -> Named:
    known = _known(stack, name)
    if known is not None:
        assert known.statements is not None  # noqa: S101 - documents stand apart
        return Named(name, known.type, tuple(known.statements(_context(stack, name))))
    own = stack.guardrails[name]
    statements = [statement.iam_json() for statement in own.statements]
    if own.type == RCP:
        statements = [for_everybody(statement) for statement in statements]
    return Named(name, own.type, tuple(statements))
