"""IAM: the form and size of documents, principals that exist, how much an identity holds."""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from landfall.sandbox.across_services import principals
from landfall.sandbox.across_services.documents import parse, size, statements
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class MalformedPolicyDocumentError(AWSError):
    """The document is not IAM's: IAM API Reference, CreateRole."""

    code = "MalformedPolicyDocument"
    status = 400


class LimitExceededError(AWSError):
    """A quota is exceeded: IAM API Reference, CreateRole; IAM User Guide, 'Quotas'."""

    code = "LimitExceeded"
    status = 409


class NoSuchEntityError(AWSError):
    """No such boundary: IAM API Reference, CreateRole."""

    code = "NoSuchEntity"
    status = 404


def _iam(request: Request) -> IAMBackend:
    return iam_backends[request.account][request.partition]


def _document(text: str) -> dict[str, Any]:
    document = parse(text)
    if document is None:
        raise MalformedPolicyDocumentError("This policy contains invalid Json")
    if not statements(document) or not all(
        isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny")
        for each in statements(document)
    ):
        raise MalformedPolicyDocumentError("Syntax errors in policy.")
    return document


@limit("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust_policies(request: Request) -> None:
    """IAM User Guide, 'Quotas' and 'Principal'; IAM API Reference, UpdateAssumeRolePolicy."""
    params = request.params
    text = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or ""
    document = _document(text)
    for statement in statements(document):
        if "Resource" in statement or "NotResource" in statement:
            raise MalformedPolicyDocumentError("Has prohibited field Resource")
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise MalformedPolicyDocumentError("Missing required field Principal")
    most = quota("iam.trust_policy_size")
    if size(text) > most:
        raise LimitExceededError(f"Cannot exceed quota for ACLSizePerRole: {most}")
    if unknown := principals.unknown(document):
        raise MalformedPolicyDocumentError(f'Invalid principal in policy: "AWS":"{unknown[0]}"')


@limit("iam", "CreateRole")
def roles_and_boundaries(request: Request) -> None:
    """IAM User Guide, 'Quotas'; a boundary must exist: IAM API Reference, CreateRole."""
    iam, boundary = _iam(request), request.params.get("PermissionsBoundary")
    most = quota("iam.roles")
    if len(iam.roles) >= most:
        raise LimitExceededError(f"Cannot exceed quota for RolesPerAccount: {most}")
    if boundary and boundary not in iam.managed_policies:
        raise NoSuchEntityError(f"Scope ARN: {boundary} does not exist or is not attachable.")


@limit("iam", "CreatePolicy", "CreatePolicyVersion")
def managed_policies(request: Request) -> None:
    """IAM User Guide, 'Quotas': 6,144 characters without white space."""
    text = request.params["PolicyDocument"]
    _identity_document(text)
    most = quota("iam.managed_policy_size")
    if size(text) > most:
        raise LimitExceededError(f"Cannot exceed quota for PolicySize: {most}")


def _identity_document(text: str) -> None:
    for statement in statements(_document(text)):
        if "Principal" in statement or "NotPrincipal" in statement:
            raise MalformedPolicyDocumentError("Policy document should not specify a principal.")


@limit("iam", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def inline_policies(request: Request) -> None:
    """IAM User Guide, 'Quotas': the sum of an identity's inline policies."""
    params = request.params
    _identity_document(params["PolicyDocument"])
    kind = request.operation.removeprefix("Put").removesuffix("Policy")
    name = params[f"{kind}Name"]
    held = _held(_iam(request), kind, name)
    if held is None:
        return  # The emulator tells that there is no such identity.
    others = (text for policy, text in held.items() if policy != params["PolicyName"])
    most = quota(f"iam.{kind.lower()}_policies_size")
    if size(params["PolicyDocument"]) + sum(size(text) for text in others) > most:
        raise LimitExceededError(
            f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {name}"
        )


def _held(iam: IAMBackend, kind: str, name: str) -> dict[str, str] | None:
    if kind == "Role":
        role = next((each for each in iam.roles.values() if each.name == name), None)
        return None if role is None else role.policies
    holder = (iam.users if kind == "User" else iam.groups).get(name)
    return None if holder is None else holder.policies


@limit("iam", "AttachRolePolicy")
def attached_policies(request: Request) -> None:
    """IAM User Guide, 'Quotas': managed policies attached to a role."""
    name = request.params["RoleName"]
    role = next((each for each in _iam(request).roles.values() if each.name == name), None)
    most = quota("iam.managed_policies_per_role")
    if role is None or request.params["PolicyArn"] in role.managed_policies:
        return
    if len(role.managed_policies) >= most:
        raise LimitExceededError(f"Cannot exceed quota for PoliciesPerRole: {most}")


class InvalidInputError(AWSError):
    """A parameter is wrong: API Reference, CreateServiceLinkedRole."""

    code = "InvalidInput"
    status = 400


@limit("iam", "CreateServiceLinkedRole")
def linked_roles(request: Request) -> None:
    """API Reference, CreateServiceLinkedRole: one for a service in an account, without a suffix."""
    service, suffix = request.params["AWSServiceName"], request.params.get("CustomSuffix", "")
    path, ending = f"/aws-service-role/{service}/", f"_{suffix}" if suffix else ""
    for role in _iam(request).roles.values():
        if role.path == path and role.name.endswith(ending) and bool(suffix) == ("_" in role.name):
            raise InvalidInputError(
                f"Service role name {role.name} has been taken in this account, please try a "
                "different suffix."
            )
