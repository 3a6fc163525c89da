"""What an action of an execution needs: its role may do what the action type asks of it.

CodePipeline User Guide, 'Action structure reference', and 'Manage the CodePipeline service role':
an action with a `roleArn` acts as that role, which the pipeline's role assumes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.aws.arns import arn_of
from landfall.aws.codepipeline.configuration import kind_of
from landfall.aws.codepipeline.permissions import Where, needed
from landfall.sandbox.across_services.trust import Applicant, find_role, trusts
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.context import of_caller
from landfall.sandbox.judging.permissions import Permission

_TAGGING: Final = "ecs:TagResource"
"""Asked for by the call itself, if it sets tags: ECS Developer Guide, 'Grant permission to tag
resources on creation'.
"""

_PASSED_TO: Final = {
    "CloudFormation": "cloudformation.amazonaws.com",
    "ECS": "ecs-tasks.amazonaws.com",
}


def failure(
    pipeline: Mapping[str, Any], action: Mapping[str, Any], region: str, session: str
) -> str:
    """Return why an action fails for want of a permission, in AWS's words; empty if it does not."""
    acting = session_of(pipeline["roleArn"], session)
    region = action.get("region", region)
    own = action.get("roleArn")
    if own:
        why = _assumed(acting, own, region)
        if why:
            return why
        acting = session_of(own, session)
    return refused(acting, region, _permissions(action, region, acting, pipeline["name"]))


def _assumed(pipeline: Caller, role_arn: str, region: str) -> str:
    """Return why the pipeline's role cannot assume an action's role."""
    why = refused(pipeline, region, [Permission("sts:AssumeRole", role_arn)])
    if why:
        return why
    role = find_role(role_arn)
    context = of_caller(pipeline)
    applicant = Applicant("AWS", pipeline.principal, pipeline.account, pipeline.role, context)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), applicant):
        return (
            f"User: {pipeline.principal} is not authorized to perform: sts:AssumeRole on "
            f"resource: {role_arn}"
        )
    return ""


def _permissions(
    action: Mapping[str, Any], region: str, acting: Caller, pipeline: str
) -> Iterator[Permission]:
    kind = kind_of(action)
    if kind is None:
        return
    partition = acting.principal.split(":")[1]
    for grant in needed(action, kind, Where(partition, region, acting.account, pipeline)):
        if grant.permission == _TAGGING:
            continue
        if grant.permission == "codedeploy:GetDeploymentConfig":
            yield Permission(grant.permission, _deployment_config(action, region, acting))
        elif grant.permission != "iam:PassRole":
            yield Permission(grant.permission, grant.resource)
        elif grant.resource is not None and kind.provider in _PASSED_TO:
            keys = {"iam:passedtoservice": [_PASSED_TO[kind.provider]]}
            yield Permission(grant.permission, grant.resource, {**keys})


def _deployment_config(action: Mapping[str, Any], region: str, acting: Caller) -> str | None:
    """Return the ARN of the deployment configuration of an action's group; None if it names none.

    Service Authorization Reference, GetDeploymentConfig of CodeDeploy.
    """
    from moto.codedeploy.models import codedeploy_backends

    configuration = action.get("configuration", {})
    groups = codedeploy_backends[acting.account][region].deployment_groups
    group = groups.get(configuration.get("ApplicationName"), {}).get(
        configuration.get("DeploymentGroupName")
    )
    name = group.deployment_config_name if group is not None else None
    if name is None:
        return None
    return arn_of(
        acting.principal.split(":")[1],
        "codedeploy",
        f"deploymentconfig:{name}",
        region=region,
        account=acting.account,
    )
