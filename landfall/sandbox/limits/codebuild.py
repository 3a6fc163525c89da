"""CodeBuild: the service role must exist and let CodeBuild in."""

from __future__ import annotations

import json

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.trust import find_role, service, trusts


class InvalidInputError(AWSError):
    """An input that CodeBuild refuses: CodeBuild API Reference, CreateProject."""

    code = "InvalidInputException"


@limit("codebuild", "CreateProject", "UpdateProject")
def service_roles(request: Request) -> None:
    """CodeBuild User Guide, 'Troubleshooting': not authorized to perform sts:AssumeRole."""
    arn = request.params.get("serviceRole")
    if arn is None:
        return
    if f":iam::{request.account}:" not in arn:
        raise InvalidInputError(
            "Invalid service role: Service role account ID does not match caller's account"
        )
    role = find_role(arn)
    project = f"project/{request.params['name']}"
    source = f"arn:{request.partition}:codebuild:{request.region}:{request.account}:{project}"
    builder = service("codebuild.amazonaws.com", request.account, source)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), builder):
        raise InvalidInputError(f"CodeBuild is not authorized to perform: sts:AssumeRole on {arn}")
