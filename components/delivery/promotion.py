"""The stage that keeps what was deployed, and starts the pipelines of later environments with it.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-PipelineInvoke.html
"""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

from landfall.blueprint import promotions


class PromotedArgs(TypedDict):
    """A pipeline that starts with what another one deployed."""

    pipeline_name: str
    """Its name."""
    artifacts: list[str]
    """The artifacts that its source actions take."""


def promote_stage(
    name: str,
    origin: str,
    promoted: Sequence[PromotedArgs],
    bucket_name: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    revision: str,
) -> dict[str, Any]:
    """Return the stage that promotes; `origin` is the environment's own name as a pipeline.

    It keeps a copy of each artifact, since CodePipeline tells no action where an artifact is.
    """
    artifacts = dict.fromkeys(artifact for each in promoted for artifact in each["artifacts"])
    kept = [
        {
            "name": f"Keep-{artifact}",
            "category": "Deploy",
            "owner": "AWS",
            "provider": "S3",
            "version": "1",
            "input_artifacts": [artifact],
            "configuration": {
                "BucketName": bucket_name,
                "Extract": "false",
                "ObjectKey": promotions.key(origin, promotions.EXECUTION, artifact),
                "KMSEncryptionKeyARN": key_arn,
            },
            "run_order": 1,
        }
        for artifact in artifacts
    ]
    started = [
        {
            "name": f"Start-{each['pipeline_name']}"[:100],
            "category": "Invoke",
            "owner": "AWS",
            "provider": "CodePipeline",
            "version": "1",
            "configuration": {
                "PipelineName": each["pipeline_name"],
                "SourceRevisions": promotions.revisions(origin, each["artifacts"]),
                "Variables": promotions.variables(revision),
            },
            "run_order": 2,
        }
        for each in promoted
    ]
    return {"name": name, "actions": [*kept, *started]}
