"""Rules of the organization: protected accounts, guardrails without lockout.

Policies do not see deletions: the engine checks only resources that remain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from landfall.aws.quotas import QUOTAS
from landfall.iam import patterns
from landfall.iam.documents import DocumentError, Effect, Statement, parse
from landfall.rules import Severity
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.values import Resource, Stack

_ACCOUNTS = ("aws:organizations/account:Account",)
_POLICIES = ("aws:organizations/policy:Policy",)
_ATTACHMENTS = ("aws:organizations/policyAttachment:PolicyAttachment",)
_ORGANIZATIONS = ("aws:organizations/organization:Organization",)
# In characters.
_SIZES = {
    "SERVICE_CONTROL_POLICY": QUOTAS["serviceControlPolicySize"].value,
    "RESOURCE_CONTROL_POLICY": QUOTAS["resourceControlPolicySize"].value,
}


@resource_rule(
    "LF-ORG-001",
    "accounts are protected",
    fix="Set the resource option protect, or closeOnDeletion for an account that may be closed.",
    types=_ACCOUNTS,
    controls=controls(nist="CM-3 CP-9"),
)
def _protected(resource: Resource) -> Iterator[Violation]:
    if not resource.protected and not resource.is_set("closeOnDeletion"):
        yield Violation(
            resource, "", "deleting the resource removes the account from the organization"
        )


@resource_rule(
    "LF-ORG-002",
    "deleting its resource does not close an account",
    fix="Remove closeOnDeletion; AWS deletes a closed account permanently after 90 days.",
    types=_ACCOUNTS,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="CM-3 CP-9"),
)
def _closed(resource: Resource) -> Iterator[Violation]:
    if resource.is_set("closeOnDeletion"):
        yield Violation(resource, "closeOnDeletion", "is true")


@resource_rule(
    "LF-ORG-003",
    "the organization has all features",
    fix="Set featureSet to ALL; guardrails need it.",
    types=_ORGANIZATIONS,
    controls=controls(nist="AC-3 CM-5"),
)
def _features(resource: Resource) -> Iterator[Violation]:
    if resource.text("featureSet", "ALL") != "ALL":
        yield Violation(resource, "featureSet", "is not ALL")


@resource_rule(
    "LF-ORG-004",
    "guardrails fit AWS's size limit",
    fix="Shorten or split it; AWS rejects it at this size.",
    types=_POLICIES,
    controls=controls(nist="CM-6"),
)
def _size(resource: Resource) -> Iterator[Violation]:
    most = _SIZES.get(resource.text("type", "SERVICE_CONTROL_POLICY"))
    if most is not None and len(resource.text("content")) > most:
        yield Violation(resource, "content", f"is longer than {most:,} characters")


@stack_rule(
    "LF-ORG-005",
    "no guardrail locks out the organization",
    fix="Attach it below the root, or exempt a role that can detach it.",
    types=_ATTACHMENTS,
    severity=Severity.CRITICAL,
    controls=controls(nist="AC-3 CP-2"),
)
def _lockout(attachment: Resource, stack: Stack) -> Iterator[Violation]:
    made_from = attachment.links.get("targetId", frozenset())
    # If the target is an output of the organization, it can only be the root.
    at_root = any(root.urn in made_from for root in stack.of(_ORGANIZATIONS))
    if not at_root and (made_from or not attachment.text("targetId").startswith("r-")):
        return
    for policy in stack.of(_POLICIES):
        if attachment.points_at("policyId", policy) and _denies_everything(policy):
            yield Violation(attachment, "targetId", "denies every action in every account")


def _denies_everything(policy: Resource) -> bool:
    if policy.text("type", "SERVICE_CONTROL_POLICY") not in _SIZES:
        return False
    try:
        document = parse(policy.text("content"))
    except DocumentError:
        return False
    return any(_shuts(statement) for statement in document.statements)


def _shuts(statement: Statement) -> bool:
    return (
        statement.effect is Effect.DENY
        and not statement.conditions
        and "*" in statement.resources
        and any(patterns.covers(a, "*:*", case_sensitive=False) for a in statement.actions)
    )


@resource_rule(
    "LF-ORG-006",
    "the organization is protected",
    fix="Set the resource option protect.",
    types=_ORGANIZATIONS,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="CM-3 CP-9"),
)
def _organization(resource: Resource) -> Iterator[Violation]:
    if not resource.protected:
        yield Violation(resource, "", "deleting the resource removes the organization's guardrails")


@resource_rule(
    "LF-ORG-007",
    "guardrails are JSON",
    fix="Correct the document; AWS rejects it.",
    types=_POLICIES,
    controls=controls(nist="CM-6"),
)
def _json(resource: Resource) -> Iterator[Violation]:
    try:
        json.loads(resource.text("content"))
    except ValueError:
        yield Violation(resource, "content", "is not JSON")
