"""Rules of least privilege: no administrators by wildcard, no passing of any role."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import iam_arn
from landfall.iam import patterns
from landfall.iam.documents import Document, Statement
from landfall.iam.escalation.paths import UNNAMED
from landfall.iam.policy_checks.administrator import is_every_action
from landfall.iam.policy_checks.wildcards import is_whole_service
from landfall.rules import Severity
from policies import documents
from policies.denials import allows, taken_back
from policies.documents import IDENTITY
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.statements import demands
from policies.values import Resource, Stack

ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("policyArn",),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": ("policyArn",),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": ("policyArn",),
    "aws:iam/policyAttachment:PolicyAttachment": ("policyArn",),
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": ("managedPolicyArn",),
    "aws:iam/role:Role": ("managedPolicyArns",),
}
# These lists are exclusive: the provider detaches every other policy.
EXCLUSIVE = {
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "userName",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "groupName",
}
_ADMINISTRATORS = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
_OF_ROLES = "iam:PassRole"
_PASSED_TO = frozenset({"iam:passedtoservice"})
_LEAST = "AC-2 AC-3 AC-5 AC-6 AC-6(2)"


def _allows(resource: Resource) -> Iterator[tuple[str, Statement]]:
    for path, statement, document in documents.statements(resource, IDENTITY):
        if allows(statement, document):
            yield path, statement


def _everywhere(statement: Statement) -> bool:
    return bool(statement.not_resources) or any(map(_is_everything, statement.resources))


def _is_everything(pattern: str) -> bool:
    """Return whether a pattern matches resources of every service."""
    parts = patterns.split_arn(pattern)
    if parts is None:
        return not pattern.strip("*")
    return not parts[2].strip("*") and not parts[5].strip("*")


@resource_rule(
    "LF-IAM-001",
    "no statement allows every action",
    fix="Name the services and actions that are needed.",
    types=list(IDENTITY),
    severity=Severity.CRITICAL,
    controls=controls(fsbp="IAM.1", cis3="1.16", cis5="1.15", nist=_LEAST),
)
def _every_action(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        if any(map(is_every_action, statement.actions)) and _everywhere(statement):
            yield Violation(resource, f"{path}.Action", "allows every action")


@resource_rule(
    "LF-IAM-002",
    "no statement allows every action of a service on every resource",
    fix="Name the actions, and the resources they are needed on.",
    types=list(IDENTITY),
    severity=Severity.MEDIUM,
    controls=controls(fsbp="IAM.21", nist=_LEAST),
)
def _whole_service(resource: Resource) -> Iterator[Violation]:
    for path, statement in _allows(resource):
        whole = any(is_whole_service(one) for one in statement.actions if not is_every_action(one))
        if whole and _everywhere(statement):
            yield Violation(
                resource, f"{path}.Action", "allows every action of a service on every resource"
            )


@resource_rule(
    "LF-IAM-003",
    "no administrator policy is attached",
    fix="Attach a policy of the actions that are needed.",
    types=[*(type_ for type_ in ATTACHMENTS if type_ != "aws:iam/role:Role"), *EXCLUSIVE],
    severity=Severity.CRITICAL,
    controls=controls(fsbp="IAM.1", cis3="1.16", cis5="1.15", nist=_LEAST),
)
def _attachment(resource: Resource) -> Iterator[Violation]:
    for path, arn in resource.items("policyArns") if resource.type in EXCLUSIVE else ():
        if _is_administrator(str(arn)):
            yield Violation(resource, path, "is an AWS managed administrator policy")
    for path in ATTACHMENTS.get(resource.type, ()):
        if _is_administrator(resource.text(path)):
            yield Violation(resource, path, "is an AWS managed administrator policy")


@resource_rule(
    "LF-IAM-004",
    "roles carry no administrator policy",
    fix="Attach a policy of the actions that are needed.",
    types=["aws:iam/role:Role"],
    severity=Severity.CRITICAL,
    controls=controls(fsbp="IAM.1", cis3="1.16", cis5="1.15", nist=_LEAST),
)
def _role(resource: Resource) -> Iterator[Violation]:
    for path, arn in resource.items("managedPolicyArns"):
        if _is_administrator(str(arn)):
            yield Violation(resource, path, "is an AWS managed administrator policy")


def _is_administrator(arn: str) -> bool:
    return ":iam::aws:policy/" in arn and arn.rsplit("/", 1)[-1] in _ADMINISTRATORS


@resource_rule(
    "LF-IAM-005",
    "no statement allows passing any role to any service",
    fix="Name the roles, and require iam:PassedToService.",
    types=list(IDENTITY),
    controls=controls(nist=_LEAST),
)
def _pass_role(resource: Resource) -> Iterator[Violation]:
    for path, statement in _passing(resource):
        if not demands(statement, _PASSED_TO):
            yield Violation(resource, f"{path}.Resource", "allows passing any role to any service")


@resource_rule(
    "LF-IAM-009",
    "statements name the roles that can be passed",
    fix="Name the roles; otherwise whoever runs the service can use any role that trusts it.",
    types=list(IDENTITY),
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist=_LEAST),
)
def _pass_role_to_service(resource: Resource) -> Iterator[Violation]:
    for path, statement in _passing(resource):
        if demands(statement, _PASSED_TO):
            yield Violation(resource, f"{path}.Resource", "allows passing any role to a service")


def _passing(resource: Resource) -> Iterator[tuple[str, Statement]]:
    """Yield the statements that allow passing every role of some account."""
    for path, statement, document in documents.statements(resource, IDENTITY):
        passes = any(
            patterns.matches(action, _OF_ROLES, case_sensitive=False)
            for action in statement.actions
            if not is_every_action(action)
        )
        if not passes or not _placed_allows(statement, document):
            continue
        if any(_any_role(arn) for arn in statement.resources or ("*",)):
            yield path, statement


def _placed_allows(statement: Statement, document: Document) -> bool:
    return allows(statement, document) and not taken_back(statement, document, (_OF_ROLES,))


def _any_role(pattern: str) -> bool:
    """Return whether a pattern matches roles of any name, in at least one account."""
    parts = patterns.split_arn(pattern)
    account = parts[4].replace("*", "0").replace("?", "0") if parts else ""
    partition = "aws" if parts is None or patterns.has_wildcard(parts[1]) else parts[1]
    role = iam_arn(partition, account or "0" * 12, f"role/{UNNAMED}")
    return patterns.matches(pattern, role, case_sensitive=True)


@stack_rule(
    "LF-IAM-006",
    "no statement allows by NotAction or NotResource",
    fix="List the actions or resources that are needed; NotAction and NotResource also allow "
    "what AWS adds later. A policy that is only a boundary may exempt actions, also those with "
    "which a principal leaves its boundary.",
    types=list(IDENTITY),
    controls=controls(fsbp="IAM.1", nist=_LEAST),
)
def _by_exception(resource: Resource, stack: Stack) -> Iterator[Violation]:
    limits = _only_limits(resource, stack)
    for path, statement, document in documents.statements(resource, IDENTITY):
        if not allows(statement, document):
            continue
        if limits:
            if statement.not_actions and (left := _escapes(statement, document)):
                what = f"lets a principal leave this boundary with {left[0]}"
                yield Violation(resource, f"{path}.NotAction", what)
        elif statement.not_actions and _everywhere(statement):
            yield Violation(resource, f"{path}.NotAction", "allows all but a few actions")
        elif statement.not_resources:
            yield Violation(resource, f"{path}.NotResource", "allows all but a few resources")


_BOUNDED = ("aws:iam/role:Role", "aws:iam/user:User")
# With these a principal changes its boundary, or makes another one without it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
_ESCAPES = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
)


def _only_limits(resource: Resource, stack: Stack) -> bool:
    """Return whether a policy is a permissions boundary and attached to nothing: it allows nothing
    by itself.
    """
    if not stack.pointing(_BOUNDED, "permissionsBoundary", resource):
        return False
    attached = (
        stack.pointing((kind,), name, resource)
        for kind, names in ATTACHMENTS.items()
        for name in names
    )
    return not any(attached)


def _escapes(statement: Statement, document: Document) -> list[str]:
    """Return the actions that a statement by NotAction allows, and with which one leaves it."""
    exempt = [each.lower() for each in statement.not_actions]
    return [
        action
        for action in _ESCAPES
        if not any(patterns.matches(each, action.lower(), case_sensitive=True) for each in exempt)
        and not statement.conditions
        and not taken_back(statement, document, (action,))
    ]


_OF_USERS = {
    "aws:iam/userPolicy:UserPolicy": "user",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "user",
    "aws:iam/policyAttachment:PolicyAttachment": "users",
}


@resource_rule(
    "LF-IAM-007",
    "users have no policies attached directly",
    fix="Give people roles through IAM Identity Center, or put users into groups.",
    types=list(_OF_USERS),
    severity=Severity.LOW,
    level="advisory",
    controls=controls(fsbp="IAM.2", cis3="1.15", cis5="1.14", nist="AC-2 AC-6"),
)
def _of_user(resource: Resource) -> Iterator[Violation]:
    path = _OF_USERS[resource.type]
    if resource.get(path):
        yield Violation(resource, path, "attaches a policy to a user")


@resource_rule(
    "LF-IAM-008",
    "users have no long-lived credentials",
    fix="Use a role: IAM Identity Center for people, OIDC for pipelines, roles for workloads.",
    types=[
        "aws:iam/accessKey:AccessKey",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    ],
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="IAM.3", nist="AC-2 IA-5(1)"),
)
def _access_key(resource: Resource) -> Iterator[Violation]:
    yield Violation(resource, "", "is a credential that does not expire")
