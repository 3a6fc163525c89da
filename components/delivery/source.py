"""The first stage of a pipeline: where its sources are, what may read them, what starts it."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.documents import statement

CONNECTION = "connection"
CODECOMMIT = "codecommit"
S3 = "s3"

ARTIFACT = "Source"


class SourceArgs(TypedDict):
    """Where a pipeline's sources are."""

    kind: str
    """`connection` (GitHub, GitLab, Bitbucket), `codecommit` or `s3`."""
    connection_arn: NotRequired[pulumi.Input[str]]
    """connection: the CodeConnections connection."""
    repository: NotRequired[str]
    """connection: `owner/name`; codecommit: the repository's name."""
    branches: NotRequired[list[str]]
    """connection, codecommit: the branches that start the pipeline, `main` where left out."""
    bucket: NotRequired[str]
    """s3: the bucket, versioned, with EventBridge notifications on."""
    key: NotRequired[str]
    """s3: the object, a ZIP file."""


def branch(source: SourceArgs) -> str:
    """Return the branch that an execution without a trigger takes: the first without a pattern."""
    branches = source.get("branches", ["main"])
    return next((name for name in branches if "*" not in name), branches[0])


def action(source: SourceArgs) -> dict[str, Any]:
    """Return the source action."""
    provider, configuration = _provider(source)
    return {
        "name": "Source",
        "category": "Source",
        "owner": "AWS",
        "provider": provider,
        "version": "1",
        "namespace": "SourceVariables",
        "output_artifacts": [ARTIFACT],
        "configuration": configuration,
    }


def _provider(source: SourceArgs) -> tuple[str, dict[str, Any]]:
    if source["kind"] == CONNECTION:
        return "CodeStarSourceConnection", {
            "ConnectionArn": source["connection_arn"],
            "FullRepositoryId": source["repository"],
            "BranchName": branch(source),
            # The trigger's branches decide; a second detection would start it twice.
            "DetectChanges": "false",
        }
    if source["kind"] == CODECOMMIT:
        return "CodeCommit", {
            "RepositoryName": source["repository"],
            "BranchName": branch(source),
            "PollForSourceChanges": "false",
        }
    return "S3", {
        "S3Bucket": source["bucket"],
        "S3ObjectKey": source["key"],
        "PollForSourceChanges": "false",
    }


def triggers(source: SourceArgs) -> list[dict[str, Any]] | None:
    """Return the pipeline's own triggers; the other kinds are started by EventBridge."""
    if source["kind"] != CONNECTION:
        return None
    pushes = [{"branches": {"includes": source.get("branches", ["main"])}}]
    return [
        {
            "provider_type": "CodeStarSourceConnection",
            "git_configuration": {"source_action_name": "Source", "pushes": pushes},
        }
    ]


def event_pattern(source: SourceArgs, repository_arn: str) -> dict[str, Any] | None:
    """Return the EventBridge pattern that starts the pipeline; None where triggers do.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
    """
    if source["kind"] == CODECOMMIT:
        names = [
            {"wildcard": name} if "*" in name else name for name in source.get("branches", ["main"])
        ]
        return {
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [repository_arn],
            "detail": {
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": names,
            },
        }
    if source["kind"] == S3:
        return {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": {"name": [source["bucket"]]},
                "object": {"key": [source["key"]]},
            },
        }
    return None


def permissions(
    source: SourceArgs, partition: str, repository_arn: pulumi.Input[str]
) -> Sequence[dict[str, Any]]:
    """Return what the pipeline's role needs in order to read the sources."""
    if source["kind"] == CONNECTION:
        return [
            statement(
                "UseConnection",
                # CodePipeline still asks under the service's former name too.
                actions=["codeconnections:UseConnection", "codestar-connections:UseConnection"],
                resources=[source["connection_arn"]],
            )
        ]
    if source["kind"] == CODECOMMIT:
        return [
            statement(
                "ReadRepository",
                actions=[
                    "codecommit:CancelUploadArchive",
                    "codecommit:GetBranch",
                    "codecommit:GetCommit",
                    "codecommit:GetRepository",
                    "codecommit:GetUploadArchiveStatus",
                    "codecommit:UploadArchive",
                ],
                resources=[repository_arn],
            )
        ]
    bucket = f"arn:{partition}:s3:::{source['bucket']}"
    return [
        statement(
            "ReadSource",
            actions=["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"],
            resources=[f"{bucket}/{source['key']}"],
        ),
        statement(
            "FindSource",
            actions=["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[bucket],
        ),
    ]
