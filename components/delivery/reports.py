"""The report group of an application's tests, whose raw reports are kept encrypted."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.roles import Place
from components.documents import statement

_PREFIX = "reports"


def make_report_group(
    name: str,
    group_name: str,
    bucket_name: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    region: str,
    opts: pulumi.ResourceOptions,
) -> aws.codebuild.ReportGroup:
    """Make the group; the raw reports go to the artifact store, with its key."""
    return aws.codebuild.ReportGroup(
        name,
        name=group_name,
        type="TEST",
        delete_reports=True,
        export_config={
            "type": "S3",
            "s3_destination": {
                "bucket": bucket_name,
                "path": f"{_PREFIX}/{group_name}",
                "packaging": "ZIP",
                "encryption_key": key_arn,
            },
        },
        region=region,
        opts=opts,
    )


def write_reports(
    place: Place, group_name: str, bucket_arn: pulumi.Input[str]
) -> list[dict[str, Any]]:
    """Return what a role needs that reports to the group.

    https://docs.aws.amazon.com/codebuild/latest/userguide/report-group-export-settings.html
    """
    objects = pulumi.Output.concat(bucket_arn, f"/{_PREFIX}/{group_name}/*")
    return [
        statement(
            "WriteReports",
            actions=[
                "codebuild:BatchPutTestCases",
                "codebuild:CreateReport",
                "codebuild:UpdateReport",
            ],
            resources=[place.arn("codebuild", f"report-group/{group_name}")],
        ),
        statement("KeepReports", actions=["s3:PutObject"], resources=[objects]),
        statement(
            "FindReports",
            actions=["s3:GetBucketAcl", "s3:GetBucketLocation"],
            resources=[bucket_arn],
        ),
    ]
