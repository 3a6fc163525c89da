"""Rules of KMS keys: rotation, deletion, and key policies."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam import patterns
from landfall.iam.documents import Document, Effect, Statement
from landfall.rules import Severity
from policies import documents
from policies.denials import allows, taken_back
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource

_KEYS = (
    "aws:kms/key:Key",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
)
_POLICIES = (*_KEYS, "aws:kms/keyPolicy:KeyPolicy")
_PLACES = {type_: documents.RESOURCE[type_] for type_ in _POLICIES}


@resource_rule(
    "LF-KMS-001",
    "keys rotate",
    fix="Set enableKeyRotation to true.",
    types=["aws:kms/key:Key"],
    severity=Severity.MEDIUM,
    controls=controls(fsbp="KMS.4", cis3="3.6", cis5="3.6", nist="SC-12 SC-12(2)"),
)
def _rotation(resource: Resource) -> Iterator[Violation]:
    # Only symmetric encryption keys with KMS key material rotate automatically.
    if resource.text("customerMasterKeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return
    if resource.has("customKeyStoreId") or resource.text("keyUsage") == "GENERATE_VERIFY_MAC":
        return
    if not resource.is_set("enableKeyRotation"):
        yield Violation(resource, "enableKeyRotation", "is not true")


@resource_rule(
    "LF-KMS-002",
    "keys keep KMS's lockout safety check",
    fix="Remove bypassPolicyLockoutSafetyCheck.",
    types=_POLICIES,
    controls=controls(nist="SC-12 CP-9"),
)
def _safety_check(resource: Resource) -> Iterator[Violation]:
    for path in ("bypassPolicyLockoutSafetyCheck",):
        if resource.is_set(path):
            yield Violation(resource, path, "is true")


@resource_rule(
    "LF-KMS-003",
    "a principal can change the key policy",
    fix="Allow kms:PutKeyPolicy to the account or to an administrator's role; else only AWS "
    "Support can ever change the key again.",
    types=_POLICIES,
    controls=controls(nist="SC-12 CP-9"),
)
def _administrator(resource: Resource) -> Iterator[Violation]:
    for path, document in documents.read(resource, _PLACES):
        if not any(_administers(statement, document) for statement in document.statements):
            yield Violation(resource, path, "allows no principal to change the key policy")


@resource_rule(
    "LF-KMS-005",
    "no principal both administers and uses a key",
    fix="Write separate statements for administrators and users of the key, with the actions they "
    "need; allow kms:* to the account's root only.",
    types=_POLICIES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="AC-5 AC-6 SC-12"),
)
def _apart(resource: Resource) -> Iterator[Violation]:
    for path, statement, _ in documents.statements(resource, _PLACES):
        everything = statement.effect is Effect.ALLOW and any(
            patterns.covers(action, "kms:*", case_sensitive=False) for action in statement.actions
        )
        if everything and any(
            principal.kind == "AWS" and not _is_account(principal.value)
            for principal in statement.principals or ()
        ):
            yield Violation(resource, f"{path}.Action", "allows both administration and use")


def _is_account(principal: str) -> bool:
    return principal.endswith(":root") or principal.isdigit()


_CHANGES_POLICY = "kms:PutKeyPolicy"


def _administers(statement: Statement, document: Document) -> bool:
    """Return whether a statement allows changing the key policy, and no Deny cancels it."""
    if not allows(statement, document) or not _takes(statement):
        return False
    if statement.not_principals is not None:
        return not taken_back(statement, document, (_CHANGES_POLICY,))
    return any(
        principal.kind in ("AWS", "*")
        and not taken_back(statement, document, (_CHANGES_POLICY,), principal)
        for principal in statement.principals or ()
    )


def _takes(statement: Statement) -> bool:
    listed = statement.not_actions or statement.actions
    found = any(patterns.matches(one, _CHANGES_POLICY, case_sensitive=False) for one in listed)
    return found != bool(statement.not_actions)


@resource_rule(
    "LF-KMS-004",
    "key deletion has a waiting period",
    fix="Keep deletionWindowInDays at 30, or set at least 14.",
    types=_KEYS,
    severity=Severity.LOW,
    level="advisory",
    controls=controls(fsbp="KMS.3", nist="SC-12 SC-12(2)"),
)
def _deletion_window(resource: Resource) -> Iterator[Violation]:
    days = resource.get("deletionWindowInDays", 30)
    if isinstance(days, int | float) and days < 14:
        yield Violation(resource, "deletionWindowInDays", "is below 14")
