"""What the deploy role needs to run a function or a build of the target account."""

from __future__ import annotations

from landfall.blueprint.deployments import INVOKE, DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def deploy(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return what the deploy role needs beside its artifacts and alarms.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    if deployment["kind"] == INVOKE:
        function = place.arn("lambda", f"function:{deployment['name']}")
        return [statement("Invoke", actions=["lambda:InvokeFunction"], resources=[function])]
    return [
        statement(
            "Build",
            actions=["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
            resources=[place.arn("codebuild", f"project/{deployment['name']}")],
        )
    ]
