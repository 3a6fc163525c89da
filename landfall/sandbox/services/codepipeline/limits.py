"""CodePipeline: what a pipeline's structure and actions may be, its role, and how many there are.

The rules are those of `landfall.aws.codepipeline`. What AWS finds out only when an action runs is
not refused here: `checking.failures` there and the demands of each action type tell it.
"""

from __future__ import annotations

import json

from moto.codepipeline.models import codepipeline_backends

from landfall.aws.codepipeline.checking import refusals
from landfall.aws.codepipeline.problems import Limits, Structure
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class PipelineRefusedError(AWSError):
    """The structure, a stage, an action or a quota: CodePipeline API Reference, CreatePipeline.

    `code` is one of `InvalidStructureException`, `InvalidStageDeclarationException`,
    `InvalidActionDeclarationException` and `LimitExceededException`.
    """

    code = "InvalidStructureException"


@limit("codepipeline", "CreatePipeline")
def pipelines_are_a_quota(request: Request) -> None:
    """CodePipeline User Guide, 'Quotas in AWS CodePipeline': pipelines of a region."""
    held = codepipeline_backends[request.account][request.region].pipelines
    if len(held) >= quota("codepipeline.pipelines"):
        raise PipelineRefusedError(
            "The number of pipelines has exceeded the limit of the account.",
            code="LimitExceededException",
        )


@limit("codepipeline", "CreatePipeline", "UpdatePipeline")
def structures(request: Request) -> None:
    """CodePipeline User Guide, 'Pipeline structure reference' and 'Action structure reference'."""
    pipeline: Structure = request.params["pipeline"]
    _require_role(request, pipeline["roleArn"], pipeline["name"])
    for problem in refusals(pipeline, request.region, request.partition, _limits()):
        raise PipelineRefusedError(problem.text, code=problem.error)


def _limits() -> Limits:
    return Limits(*(quota(f"codepipeline.{name}") for name in Limits._fields))


def _require_role(request: Request, arn: str, name: str) -> None:
    """Structure reference, roleArn: CodePipeline must be able to assume it."""
    role = find_role(arn)
    source = request.arn("codepipeline", name)
    pipeline = service("codepipeline.amazonaws.com", request.account, source)
    if (
        role is None
        or role.account_id != request.account
        or not trusts(json.loads(role.assume_role_policy_document), pipeline)
    ):
        raise PipelineRefusedError(
            f"CodePipeline is not authorized to perform AssumeRole on role {arn}"
        )
