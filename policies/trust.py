"""Trust: who may become a role."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam.documents import Effect, Statement
from policies import documents
from policies.documents import TRUST
from policies.rules import Violation, controls, resource_rule
from policies.statements import NAMES_SOURCE, compares, demands, is_public
from policies.values import Resource

_ROLES = ("aws:iam/role:Role",)
_ACCESS = "AC-3 AC-6 AC-17 IA-8"
# Services that state, when they assume a role, for which resource they do so, as their own pages on
# the confused deputy say.
_STATES_SOURCE = frozenset(
    f"{service}.amazonaws.com"
    for service in (
        "access-analyzer",
        "appflow",
        "bedrock",
        "chatbot",
        "cloudtrail",
        "codebuild",
        "codepipeline",
        "config",
        "databrew",
        "datasync",
        "events",
        "firehose",
        "glue",
        "iot",
        "pipes",
        "sagemaker",
        "scheduler",
        "ssm",
        "states",
        "transfer",
        "vpc-flow-logs",
    )
)


def _allows(resource: Resource) -> Iterator[tuple[str, Statement]]:
    for path, statement, _ in documents.statements(resource, TRUST):
        if statement.effect is Effect.ALLOW:
            yield path, statement


def _named(statement: Statement, kind: str) -> list[str]:
    return [each.value for each in statement.principals or () if each.kind == kind]


@resource_rule(
    "LF-PUB-002",
    "nobody outside can assume a role",
    fix="Name the roles that may assume it, and demand aws:PrincipalOrgID.",
    types=_ROLES,
    severity="critical",
    controls=controls(nist=_ACCESS),
)
def _everybody(resource: Resource) -> Iterator[Violation]:
    for path, statement, document in documents.statements(resource, TRUST):
        if is_public(statement, document):
            yield Violation(resource, path, "lets everybody assume the role")


@resource_rule(
    "LF-PUB-003",
    "web identities are named",
    fix="Demand the audience, and a subject without a bare wildcard.",
    types=_ROLES,
    severity="critical",
    controls=controls(nist=_ACCESS),
)
def _web_identity(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        providers = _named(statement, "Federated")
        if not any(":saml-provider/" not in name for name in providers):
            continue
        # Amazon Cognito has the pool in 'aud', the kind of user in 'amr'; its 'sub' is one user.
        cognito = all(name == "cognito-identity.amazonaws.com" for name in providers)
        wanted = {"aud", "amr"} if cognito else {"aud", "sub"}
        demanded = {
            condition.key.rsplit(":", 1)[-1].lower()
            for condition in statement.conditions
            if compares(condition) and not any(_is_open(value) for value in condition.values)
        }
        for missing in sorted(wanted - demanded):
            yield Violation(resource, path, f"does not demand the token's '{missing}'")


def _is_open(subject: str) -> bool:
    """Tell whether a subject names no owner: `repo:*` and `repo:own*` do not, `repo:owner/*` does.

    The second of its parts says whose it is; a wildcard may stand there only behind a slash.
    """
    parts = [part for part in subject.split(":") if part]
    if not parts:
        return True
    owner = parts[min(1, len(parts) - 1)]
    literal = owner.split("*")[0].split("?")[0]
    return literal != owner and "/" not in literal


@resource_rule(
    "LF-TRU-004",
    "SAML assertions are for AWS",
    fix="Demand SAML:aud, which is https://signin.aws.amazon.com/saml outside China.",
    types=_ROLES,
    severity="medium",
    level="advisory",
    controls=controls(nist=_ACCESS),
)
def _saml(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        if not any(":saml-provider/" in name for name in _named(statement, "Federated")):
            continue
        keys = {c.key.lower() for c in statement.conditions if compares(c)}
        if "saml:aud" not in keys:
            yield Violation(resource, path, "does not demand the assertion's audience")


@resource_rule(
    "LF-TRU-001",
    "services assume roles only for named resources",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount; without it anybody's resource "
    "of that service can make it act with this role (the confused deputy).",
    types=_ROLES,
    severity="medium",
    level="advisory",
    controls=controls(nist="AC-3 AC-4 AC-6"),
)
def _confused_deputy(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        services = {name.removesuffix(".cn").lower() for name in _named(statement, "Service")}
        if services & _STATES_SOURCE and not demands(statement, NAMES_SOURCE):
            yield Violation(resource, path, "lets a service act for anybody")


@resource_rule(
    "LF-TRU-002",
    "accounts are trusted under a condition",
    fix="Name the roles, or demand aws:PrincipalArn and aws:PrincipalOrgID (for somebody "
    "outside the organization sts:ExternalId).",
    types=_ROLES,
    severity="medium",
    level="advisory",
    controls=controls(nist=_ACCESS),
)
def _whole_account(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        accounts = [
            name
            for name in _named(statement, "AWS")
            if name.endswith(":root") or (name.isdigit() and len(name) == 12)
        ]
        if accounts and not statement.conditions:
            yield Violation(resource, path, "trusts everybody in an account")
