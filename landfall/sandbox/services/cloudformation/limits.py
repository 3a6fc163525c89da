"""CloudFormation: calls from new accounts, service roles of stacks, stack sets of organizations."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation.models import cloudformation_backends

from landfall.sandbox.across_services import activation
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.memberships import organization_of
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.judging.acting import session_of
from landfall.sandbox.services.cloudformation.stack_permissions import Identity, act_as

_PRINCIPAL = "cloudformation.amazonaws.com"
_SESSION = "AWSCloudFormation"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"

activated: Store[bool] = Store(everywhere=True)
"""Whether StackSets has access to the organization of a management account."""


class ValidationError(AWSError):
    """A role that CloudFormation cannot assume: API Reference, CreateStack."""

    code = "ValidationError"
    status = 400


class InvalidOperationError(AWSError):
    """The operation is not possible: API Reference, ActivateOrganizationsAccess."""

    code = "InvalidOperationException"
    status = 400


@limit("cloudformation", "*")
def new_accounts(request: Request) -> None:
    """CloudFormation API Reference, 'Common Errors', SubscriptionRequiredException."""
    activation.require_subscription(request, activation.SubscriptionRequiredError)


@limit("cloudformation", "*")
def nobody(_: Request) -> None:
    """Forget who an earlier request of this thread acted as."""
    act_as(None)


@limit(
    "cloudformation",
    "CreateStack",
    "UpdateStack",
    "DeleteStack",
    "CreateChangeSet",
    "ExecuteChangeSet",
)
def roles_of_stacks(request: Request) -> None:
    """Act as the role of a request, else as the role that the stack has, else as the caller.

    API Reference, CreateStack: RoleARN.
    """
    sent = request.params.get("RoleARN")
    role = sent or _kept(request)
    if role is None:
        act_as(Identity(request.caller, is_role=False))
        return
    found = find_role(role)
    applicant = service(_PRINCIPAL, request.account, _arn(request))
    if found is None or not trusts(json.loads(found.assume_role_policy_document), applicant):
        raise ValidationError(f"Role {role} is invalid or cannot be assumed")
    act_as(Identity(session_of(role, _SESSION), is_role=True))


@limit("cloudformation", "CreateStackSet", "UpdateStackSet")
def stack_sets_of_organizations(request: Request) -> None:
    """API Reference, CreateStackSet, PermissionModel.

    Trusted access that AWS Organizations enabled is not enough:
    https://github.com/pepperize/cdk-organizations/issues/1718
    """
    if request.params.get("PermissionModel") != "SERVICE_MANAGED":
        return
    backend = organization_of(request.account)
    if backend is None or not activated.at(backend.account_id):
        raise ValidationError(
            "You must enable organizations access to operate a service managed stack set"
        )


def _arn(request: Request) -> str:
    return request.arn("cloudformation", f"stack/{request.params.get('StackName', '')}")


def _kept(request: Request) -> str | None:
    """Return the role of the stack that a request names, or of the stack of its change set."""
    backend = cloudformation_backends[request.account][request.region]
    wanted, change_set = request.params.get("StackName"), request.params.get("ChangeSetName", "")
    stacks: list[Any] = list(backend.stacks.values())
    for each in list(backend.change_sets.values()) if wanted is None else ():
        if change_set == each.change_set_id:
            wanted = each.stack_id
    for stack in stacks:
        if wanted in (stack.name, stack.stack_id):
            role: str | None = stack.role_arn
            return role
    return None
