"""The log groups of actions that run on CodePipeline's own compute."""

from __future__ import annotations

from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def write_action_logs(place: Place, pipeline_name: str) -> Statement:
    """Return the statement with which an action writes the logs of its run.

    AWS's page of the Lambda action names the second group, those of like actions the first.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EKS.html
    """
    return statement(
        "WriteLogs",
        actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[
            place.arn("logs", f"log-group:{group}{behind}")
            for group in (
                f"/aws/codepipeline/{pipeline_name}",
                f"/{place.region}/codepipeline/{pipeline_name}",
            )
            for behind in ("", ":*")
        ],
    )
