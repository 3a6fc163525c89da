"""What deploying a Lambda function needs: its code, its versions, and one alias of it."""

from __future__ import annotations

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
        statement(
            "WriteLogs",
            actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[
                place.arn("logs", f"log-group:{group}{behind}")
                # The action's page names the second group, the pages of like actions the first.
                for group in (
                    f"/aws/codepipeline/{pipeline_name}",
                    f"/{place.region}/codepipeline/{pipeline_name}",
                )
                for behind in ("", ":*")
            ],
        ),
    ]
