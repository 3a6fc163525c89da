"""The report groups of an application's tests: results with encrypted raw reports, and coverage."""

import pulumi
import pulumi_aws as aws

from landfall.blueprint.artifacts import REPORTS


def make_report_group(
    name: str,
    group_name: str,
    bucket_name: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    region: str,
    opts: pulumi.ResourceOptions,
) -> aws.codebuild.ReportGroup:
    """Create the group; raw reports go to the artifact store, encrypted with its key."""
    return aws.codebuild.ReportGroup(
        name,
        name=group_name,
        type="TEST",
        delete_reports=True,
        export_config={
            "type": "S3",
            "s3_destination": {
                "bucket": bucket_name,
                "path": f"{REPORTS}/{group_name}",
                "packaging": "ZIP",
                "encryption_key": key_arn,
            },
        },
        region=region,
        opts=opts,
    )


def make_coverage_group(
    name: str, group_name: str, region: str, opts: pulumi.ResourceOptions
) -> aws.codebuild.ReportGroup:
    """Create the group of code coverage, which exports nothing: coverage is data of the sources."""
    return aws.codebuild.ReportGroup(
        name,
        name=group_name,
        type="CODE_COVERAGE",
        delete_reports=True,
        export_config={"type": "NO_EXPORT"},
        region=region,
        opts=opts,
    )
