"""The permissions of a pipeline's own roles, derived from what the pipeline is made of.

Pure: values in, statements out. The roles stand in the account of the pipeline; those of target
accounts are in `components.delivery.target`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.artifacts import KEY_USE, OBJECT_READ, OBJECT_WRITE
from components.documents import statement
from landfall.settings import naming


@dataclass(frozen=True)
class Place:
    """Where a pipeline stands; builds the ARNs of what stands beside it.

    `log_days` is how long the logs of its builds are kept.
    """

    partition: str
    region: str
    account_id: pulumi.Input[str]
    log_days: int = 365

    def arn(self, service: str, resource: str) -> pulumi.Output[str]:
        """Return the ARN of a regional resource of this account."""
        return pulumi.Output.format(
            "arn:{0}:{1}:{2}:{3}:{4}",
            self.partition,
            service,
            self.region,
            self.account_id,
            resource,
        )


def service_trust(
    service: str, account_id: pulumi.Input[str], source_arns: Sequence[pulumi.Input[str]]
) -> dict[str, Any]:
    """Return the trust of a service role: this service, for these resources of this account alone.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return statement(
        "OnlyForThisResource",
        actions=["sts:AssumeRole"],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions={
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnEquals": {"aws:SourceArn": list(source_arns)},
        },
    )


def use_artifacts(
    pipeline_name: str, bucket_arn: pulumi.Input[str], key_arn: pulumi.Input[str]
) -> list[dict[str, Any]]:
    """Return what reading and writing this pipeline's artifacts takes, and no other's."""
    objects = pulumi.Output.concat(bucket_arn, "/", naming.artifact_prefix(pipeline_name), "/*")
    return [
        statement("UseArtifacts", actions=OBJECT_WRITE, resources=[objects]),
        statement(
            "FindBucket",
            actions=["s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[bucket_arn],
        ),
        statement("UseKey", actions=KEY_USE, resources=[key_arn]),
    ]


def read_sources(
    pipeline_names: Sequence[str],
    bucket_arn: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    artifact: str,
) -> list[dict[str, Any]]:
    """Return what reading the sources of these pipelines takes, and writing encrypted reports.

    CodePipeline puts an artifact below the first ten characters of its name.
    """
    objects = [
        pulumi.Output.concat(
            bucket_arn, "/", naming.artifact_prefix(name), "/", artifact[:10], "/*"
        )
        for name in pipeline_names
    ]
    return [
        statement("ReadSources", actions=OBJECT_READ, resources=objects),
        statement(
            "UseKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            resources=[key_arn],
        ),
    ]


def run_projects(
    single: Sequence[pulumi.Input[str]], batches: Sequence[pulumi.Input[str]]
) -> list[dict[str, Any]]:
    """Return what a pipeline's role needs in order to run projects, `batches` as several builds.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    statements = []
    if single:
        statements.append(
            statement(
                "Build",
                actions=["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
                resources=list(single),
            )
        )
    if batches:
        statements.append(
            statement(
                "BuildInBatches",
                actions=[
                    "codebuild:BatchGetBuildBatches",
                    "codebuild:BatchGetBuilds",
                    "codebuild:StartBuildBatch",
                ],
                resources=list(batches),
            )
        )
    return statements


def orchestrate(
    deploy_role_arns: Sequence[pulumi.Input[str]], topic_arn: pulumi.Input[str] | None
) -> list[dict[str, Any]]:
    """Return what the pipeline's role needs for its deploy and approval actions."""
    statements = [
        statement("Deploy", actions=["sts:AssumeRole"], resources=list(deploy_role_arns)),
    ]
    if topic_arn is not None:
        statements.append(
            statement("AskForApproval", actions=["sns:Publish"], resources=[topic_arn])
        )
    return statements


def build(place: Place, project_name: str, log_group: str) -> Sequence[dict[str, Any]]:
    """Return what the build's role needs beside its artifacts: its logs and its reports."""
    return [
        statement(
            "WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[place.arn("logs", f"log-group:{log_group}:*")],
        ),
        statement(
            "WriteReports",
            actions=[
                "codebuild:BatchPutCodeCoverages",
                "codebuild:BatchPutTestCases",
                "codebuild:CreateReport",
                "codebuild:CreateReportGroup",
                "codebuild:UpdateReport",
            ],
            resources=[place.arn("codebuild", f"report-group/{project_name}-*")],
        ),
    ]
