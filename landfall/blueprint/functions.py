"""What deploying a Lambda function needs: its code, its versions, and one alias of it."""

from __future__ import annotations

from landfall.blueprint.action_logs import write_action_logs
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def deploy(deployment: DeploymentArgs, place: Place, pipeline_name: str) -> list[Statement]:
    """Return what the deploy role needs beside its artifacts and alarms.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
    """
    function = place.arn("lambda", f"function:{deployment['name']}")
    alias = f"{function}:{deployment.get('alias', 'live')}"
    return [
        statement(
            "PublishVersion",
            actions=[
                "lambda:GetFunctionConfiguration",
                "lambda:PublishVersion",
                "lambda:UpdateFunctionCode",
            ],
            resources=[function],
        ),
        # Versions have numbers of their own, which nobody knows before.
        statement(
            "ReadVersions",
            actions=["lambda:GetFunctionConfiguration", "lambda:GetProvisionedConcurrencyConfig"],
            resources=[f"{function}:*"],
        ),
        statement(
            "ShiftTraffic",
            actions=["lambda:GetAlias", "lambda:UpdateAlias"],
            resources=[function, alias],
        ),
        write_action_logs(place, pipeline_name),
    ]
