"""CloudFormation: the service role of a stack, which CloudFormation must be able to assume."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation.models import cloudformation_backends

from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging.acting import session_of
from landfall.sandbox.services.cloudformation.stack_permissions import Identity, act_as

_PRINCIPAL = "cloudformation.amazonaws.com"
_SESSION = "AWSCloudFormation"


class ValidationError(AWSError):
    """A role that CloudFormation cannot assume: API Reference, CreateStack."""

    code = "ValidationError"
    status = 400


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
