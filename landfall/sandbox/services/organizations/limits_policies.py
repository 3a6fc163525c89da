"""Organizations policies: their size, their grammar, where and how many are attached."""

from __future__ import annotations

from typing import Any

from moto.organizations.models import FakePolicy, OrganizationsBackend

from landfall.organization_policies import mistakes
from landfall.sandbox.across_services.documents import parse
from landfall.sandbox.across_services.quotas import TABLE, quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.memberships import organization_of
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


class MalformedPolicyDocumentError(AWSError):
    """The document is not of its type's form: API Reference, CreatePolicy."""

    code = "MalformedPolicyDocumentException"
    message = (
        "The provided policy document doesn't meet the requirements of the specified policy type."
    )


class ConstraintViolationError(AWSError):
    """A quota or a rule is exceeded: API Reference, 'ConstraintViolationException'."""

    code = "ConstraintViolationException"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, Reason=reason)


class DuplicatePolicyError(AWSError):
    """The name is taken: API Reference, CreatePolicy."""

    code = "DuplicatePolicyException"
    message = "A policy with the same name already exists."


class DuplicatePolicyAttachmentError(AWSError):
    """Attached already: API Reference, AttachPolicy."""

    code = "DuplicatePolicyAttachmentException"
    message = "The selected policy is already attached to the specified target."


class PolicyNotAttachedError(AWSError):
    """Not attached: API Reference, DetachPolicy."""

    code = "PolicyNotAttachedException"
    message = "The policy isn't attached to the specified target in the specified root."


class PolicyTypeNotEnabledError(AWSError):
    """The root has not enabled the type: API Reference, AttachPolicy."""

    code = "PolicyTypeNotEnabledException"
    message = "This operation can be performed only for enabled policy types."


class TargetNotFoundError(AWSError):
    """No such root, unit or account: API Reference, AttachPolicy."""

    code = "TargetNotFoundException"
    message = "We can't find a root, OU, account, or policy with the TargetId that you specified."


class ImmutablePolicyError(AWSError):
    """AWS's own policy: API Reference, UpdatePolicy, reason IMMUTABLE_POLICY."""

    code = "InvalidInputException"

    def __init__(self) -> None:
        super().__init__(
            "You specified a policy that is managed by AWS and can't be modified.",
            Reason="IMMUTABLE_POLICY",
        )


def _backend(request: Request) -> OrganizationsBackend:
    backend = organization_of(request.account)
    if backend is None:
        raise LookupError("only for accounts in an organization")
    return backend


def _policy(backend: OrganizationsBackend, policy_id: str) -> FakePolicy | None:
    """Return a policy; the emulator words the error for one that does not exist."""
    return next((policy for policy in backend.policies if policy.id == policy_id), None)


def _target(backend: OrganizationsBackend, target_id: str) -> Any:
    for target in (*backend.ou, *backend.accounts):
        if target.id == target_id:
            return target
    raise TargetNotFoundError


@limit("organizations", "CreatePolicy")
def documents_fit_and_parse(request: Request) -> None:
    """User Guide, 'Quotas': sizes and number; API Reference, CreatePolicy."""
    backend, params = _backend(request), request.params
    _require_document(params["Type"], params["Content"])
    own = [policy for policy in backend.policies if not policy.aws_managed]
    if len(own) >= quota("organizations.policies"):
        raise ConstraintViolationError(
            "POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of policies."
        )


@limit("organizations", "UpdatePolicy")
def changed_documents_fit_and_parse(request: Request) -> None:
    """API Reference, UpdatePolicy: the rules of CreatePolicy, and AWS's own stay as they are."""
    backend, params = _backend(request), request.params
    policy = _policy(backend, params["PolicyId"])
    if policy is None:
        return
    if policy.aws_managed:
        raise ImmutablePolicyError
    if "Content" in params:
        _require_document(policy.type, params["Content"])
    name = params.get("Name")
    if any(each.name == name and each is not policy for each in backend.policies):
        raise DuplicatePolicyError


@limit("organizations", "DeletePolicy")
def own_policies_only(request: Request) -> None:
    """User Guide, 'Delete policies': AWS's own can't be deleted."""
    policy = _policy(_backend(request), request.params["PolicyId"])
    if policy is not None and policy.aws_managed:
        raise ImmutablePolicyError


def _require_document(kind: str, content: str) -> None:
    most = f"organizations.size.{kind}"
    if most in TABLE and len(content) > quota(most):
        raise ConstraintViolationError(
            "POLICY_CONTENT_LIMIT_EXCEEDED",
            f"You have exceeded the maximum size of the policy content: {quota(most)} characters.",
        )
    document = parse(content)
    if document is None or any(mistakes(kind, document)):
        raise MalformedPolicyDocumentError


@limit("organizations", "AttachPolicy")
def attachments_are_enabled_and_few(request: Request) -> None:
    """User Guide, 'Quotas'; API Reference, AttachPolicy."""
    backend, params = _backend(request), request.params
    policy = _policy(backend, params["PolicyId"])
    if policy is None:
        return
    target = _target(backend, params["TargetId"])
    root = next(unit for unit in backend.ou if unit.type == "ROOT")
    if policy.type not in [enabled["Type"] for enabled in root.policy_types]:
        raise PolicyTypeNotEnabledError
    attached = [each for each in target.attached_policies if each.type == policy.type]
    if policy in attached:
        raise DuplicatePolicyAttachmentError
    most = f"organizations.attached.{policy.type}"
    if most in TABLE and len(attached) >= quota(most):
        raise ConstraintViolationError(
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You have attached the maximum number of policies of this type to the target.",
        )


@limit("organizations", "DetachPolicy")
def one_policy_stays(request: Request) -> None:
    """User Guide, 'Detach policies': a target keeps one SCP; RCPFullAWSAccess stays."""
    backend, params = _backend(request), request.params
    policy = _policy(backend, params["PolicyId"])
    if policy is None:
        return
    target = _target(backend, params["TargetId"])
    attached = [each for each in target.attached_policies if each.type == policy.type]
    if policy not in attached:
        raise PolicyNotAttachedError
    if (policy.type == SCP and len(attached) == 1) or (policy.type == RCP and policy.aws_managed):
        raise ConstraintViolationError(
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You can't remove the last policy of this type from the target.",
        )
