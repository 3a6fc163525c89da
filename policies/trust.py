"""Rules of trust: who can assume a role; `landfall.iam.policy_checks` decides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from landfall.iam.documents import Document
from landfall.iam.policy_checks import Examined, Finding, Subject
from landfall.iam.policy_checks import trust as analysis
from landfall.rules import Severity
from policies import documents
from policies.documents import TRUST
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource

_ROLES = ("aws:iam/role:Role",)
_ACCESS = "AC-3 AC-6 AC-17 IA-8"


def _found(resource: Resource, *rules: str) -> Iterator[Violation]:
    """Yield the findings of some rules of the analysis in a role's trust policy."""
    for path, document in documents.read(resource, TRUST):
        places = {(one.path.partition(".")[0], one.rule): None for one in _judged(document)}
        for place, rule in places:
            if rule in rules:
                # The analysis quotes the policy in its message, and the pack never shows values.
                yield Violation(resource, f"{path}.{place}", _WHAT[rule])


@lru_cache(maxsize=256)
def _judged(document: Document) -> tuple[Finding, ...]:
    """Evaluate once for all rules."""
    return tuple(analysis.check(Examined(Subject(trust=("trust", document)))))


_WHAT = {
    analysis.EVERYBODY.id: "allows anyone to assume the role",
    analysis.NO_SUBJECT.id: "accepts tokens of any user of the identity provider",
    analysis.NO_AUDIENCE.id: "does not require the token's audience",
    analysis.NO_SAML_AUDIENCE.id: "does not require the assertion's audience",
    analysis.CONFUSED.id: "allows a service to act for any customer",
    analysis.ACCOUNT.id: "trusts every principal of an account",
}


@resource_rule(
    "LF-PUB-002",
    "no external principal can assume a role",
    fix="Name the roles that may assume it, and require aws:PrincipalOrgID.",
    types=_ROLES,
    severity=Severity.CRITICAL,
    controls=controls(nist=_ACCESS),
)
def _everybody(resource: Resource) -> Iterator[Violation]:
    yield from _found(resource, analysis.EVERYBODY.id)


@resource_rule(
    "LF-PUB-003",
    "web identities are limited by audience and subject",
    fix="Require the audience, and a subject that is more than a wildcard.",
    types=_ROLES,
    severity=Severity.CRITICAL,
    controls=controls(nist=_ACCESS),
)
def _web_identity(resource: Resource) -> Iterator[Violation]:
    yield from _found(resource, analysis.NO_SUBJECT.id, analysis.NO_AUDIENCE.id)


@resource_rule(
    "LF-TRU-004",
    "SAML assertions have AWS as audience",
    fix="Require SAML:aud, which is https://signin.aws.amazon.com/saml outside China.",
    types=_ROLES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist=_ACCESS),
)
def _saml(resource: Resource) -> Iterator[Violation]:
    yield from _found(resource, analysis.NO_SAML_AUDIENCE.id)


@resource_rule(
    "LF-TRU-001",
    "services assume roles only for named resources",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount; without it any customer's resource "
    "of that service can make it act with this role (the confused deputy).",
    types=_ROLES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="AC-3 AC-4 AC-6"),
)
def _confused_deputy(resource: Resource) -> Iterator[Violation]:
    yield from _found(resource, analysis.CONFUSED.id)


@resource_rule(
    "LF-TRU-002",
    "trust in a whole account has a condition",
    fix="Name the roles, or require aws:PrincipalArn and aws:PrincipalOrgID (for somebody "
    "outside the organization sts:ExternalId).",
    types=_ROLES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist=_ACCESS),
)
def _whole_account(resource: Resource) -> Iterator[Violation]:
    yield from _found(resource, analysis.ACCOUNT.id)
