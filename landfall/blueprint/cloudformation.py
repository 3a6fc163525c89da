"""The roles of CloudFormation stacks: the deploy role prepares change sets, the service role works.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.aws.arns import arn_of
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

_NESTED = (
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeStacks",
    "cloudformation:TagResource",
    "cloudformation:UntagResource",
    "cloudformation:UpdateStack",
)


def deploy(deployment: DeploymentArgs, place: Place, service_role_arn: str) -> list[Statement]:
    """Return the deploy role's statements: change sets of this one stack."""
    return [
        statement(
            "ChangeSetsOfThisStack",
            actions=[
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DescribeChangeSet",
                # Without it CodePipeline does not name the resource that failed.
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
            ],
            resources=[stack_arn(deployment, place)],
        ),
        *_configuration(deployment, place),
        *_transforms(deployment, place),
        statement(
            "HandOverToCloudFormation",
            actions=["iam:PassRole"],
            resources=[service_role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        ),
    ]


def work(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the service role's statements: the team's own, and those of nested stacks and macros.

    CloudFormation names a nested stack after its parent, `PARENT-LOGICALID-SUFFIX`.
    """
    statements = list(deployment.get("permissions", []))
    if deployment.get("nested"):
        statements.append(
            statement(
                "NestedStacks",
                actions=_NESTED,
                resources=[place.arn("cloudformation", f"stack/{deployment['name']}-*/*")],
            )
        )
    return [*statements, *_macros(deployment, place)]


def stack_arn(deployment: DeploymentArgs, place: Place) -> str:
    """Return the ARN of the stack, whose id AWS appends."""
    return place.arn("cloudformation", f"stack/{deployment['name']}/*")


def overrides(parameters: Mapping[str, Any], artifact: str) -> dict[str, Any]:
    """Return parameter values as CodePipeline takes them, with functions for the artifact's.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html
    """
    return {key: _override(value, artifact) for key, value in parameters.items()}


def _override(value: Any, artifact: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "attribute" in value:
        return {"Fn::GetArtifactAtt": [artifact, value["attribute"]]}
    return {"Fn::GetParam": [artifact, value["file"], value["key"]]}


def reads_artifact(deployment: DeploymentArgs) -> bool:
    """Return whether a parameter tells the stack where the artifact is, so that it reads it."""
    return any(
        isinstance(value, Mapping) and "attribute" in value
        for value in deployment.get("parameters", {}).values()
    )


def _configuration(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the statement for what a template configuration file sets: tags, a stack policy."""
    if "configuration" not in deployment:
        return []
    return [
        statement(
            "TagsAndStackPolicy",
            actions=[
                "cloudformation:SetStackPolicy",
                "cloudformation:TagResource",
                "cloudformation:UntagResource",
            ],
            resources=[stack_arn(deployment, place)],
        )
    ]


def _transforms(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the statements for change sets whose template has transforms: AWS's, and macros.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    """
    arns = []
    if "CAPABILITY_AUTO_EXPAND" in deployment.get("capabilities", []):
        arns.append(
            arn_of(
                place.partition, "cloudformation", "transform/*", region=place.region, account="aws"
            )
        )
    arns += [place.arn("cloudformation", f"transform/{name}") for name in _named(deployment)]
    if not arns:
        return []
    change = statement("Transforms", actions=["cloudformation:CreateChangeSet"], resources=arns)
    return [change, *_macros(deployment, place)]


def _macros(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the statement for calling macros; CloudFormation does so as its caller.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
    """
    functions = sorted({*deployment.get("macros", {}).values()})
    if not functions:
        return []
    arns = [place.arn("lambda", f"function:{name}") for name in functions]
    return [statement("CallMacros", actions=["lambda:InvokeFunction"], resources=arns)]


def _named(deployment: DeploymentArgs) -> list[str]:
    return sorted(deployment.get("macros", {}))
