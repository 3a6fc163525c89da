"""Least privilege: no administrator by wildcard."""

from __future__ import annotations

from collections.abc import Iterator

from policies.documents import statements, texts
from policies.rules import Violation, resource_rule
from policies.values import Resource

DOCUMENTS = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
}
ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
_ADMINISTRATORS = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")


@resource_rule(
    "LF-IAM-001",
    "no statement allows every action",
    fix="Name the services and actions that are needed.",
    types=list(DOCUMENTS),
    severity="critical",
    controls=["FSBP IAM.1", "CIS 1.16", "NIST AC-6"],
)
def _every_action(resource: Resource) -> Iterator[Violation]:
    path = DOCUMENTS[resource.type]
    for index, statement in statements(resource, path):
        if statement.get("Effect") != "Allow" or statement.get("Condition"):
            continue
        actions = texts(statement, "Action")
        everything = any(set(action) <= set("*?:") and "*" in action for action in actions)
        if everything or "NotAction" in statement:
            yield Violation(resource, f"{path}.Statement[{index}]", "allows every action")


@resource_rule(
    "LF-IAM-002",
    "no statement allows all of a service on every resource",
    fix="Name the actions, and the resources they are needed on.",
    types=list(DOCUMENTS),
    controls=["FSBP IAM.21", "NIST AC-6"],
)
def _whole_service(resource: Resource) -> Iterator[Violation]:
    path = DOCUMENTS[resource.type]
    for index, statement in statements(resource, path):
        if statement.get("Effect") != "Allow" or "*" not in texts(statement, "Resource"):
            continue
        for action in texts(statement, "Action"):
            service, _, name = action.partition(":")
            if name and set(name) == {"*"} and not set(service) <= set("*?"):
                yield Violation(
                    resource, f"{path}.Statement[{index}]", f"allows {service}:* on every resource"
                )


@resource_rule(
    "LF-IAM-003",
    "no administrator policy is attached",
    fix="Attach a policy of the actions that are needed.",
    types=ATTACHMENTS,
    severity="critical",
    controls=["FSBP IAM.1", "CIS 1.16"],
)
def _attachment(resource: Resource) -> Iterator[Violation]:
    arn = str(resource.get("policyArn", ""))
    if ":iam::aws:policy/" in arn and arn.rsplit("/", 1)[-1] in _ADMINISTRATORS:
        yield Violation(resource, "policyArn", "is an administrator policy")


@resource_rule(
    "LF-IAM-004",
    "roles carry no administrator policy",
    fix="Attach a policy of the actions that are needed.",
    types=["aws:iam/role:Role"],
    severity="critical",
    controls=["FSBP IAM.1", "CIS 1.16"],
)
def _role(resource: Resource) -> Iterator[Violation]:
    for path, arn in resource.items("managedPolicyArns"):
        if str(arn).rsplit("/", 1)[-1] in _ADMINISTRATORS:
            yield Violation(resource, path, "is an administrator policy")


@resource_rule(
    "LF-IAM-005",
    "roles are passed by name, to named services",
    fix="Name the roles, and add a condition on iam:PassedToService.",
    types=list(DOCUMENTS),
    controls=["NIST AC-6"],
)
def _pass_role(resource: Resource) -> Iterator[Violation]:
    path = DOCUMENTS[resource.type]
    for index, statement in statements(resource, path):
        if statement.get("Effect") != "Allow":
            continue
        passes = any(a.lower() in ("iam:passrole", "iam:pass*") for a in texts(statement, "Action"))
        wide = any(arn == "*" or arn.endswith(":role/*") for arn in texts(statement, "Resource"))
        if passes and wide:
            yield Violation(resource, f"{path}.Statement[{index}]", "passes any role")
