"""A pipeline that hands its artifact on, and the pipeline that it starts with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.rehearsal import rehearsing
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from tests.rehearsal.small import BUCKET, SITE, Small, action, allowed, arn_of_role, zipped
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox

ORIGIN, NEXT, SOURCES = "shop-dev", "shop-prod", "shop-sources-0123"
EXECUTION = "#{codepipeline.PipelineExecutionId}"


@pytest.fixture(scope="module")
def promoting(pipeline: Small) -> Small:
    """Create both pipelines, and the role's permission to start the second."""
    aws = pipeline.aws
    where = {"LocationConstraint": REGION}
    aws("s3").create_bucket(Bucket=SOURCES, CreateBucketConfiguration=where)
    aws("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    store, sources = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{SOURCES}"
    of_buckets = ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning")
    reading = ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging")
    pipeline.policies["pipeline"] += [
        allowed(*reading, "s3:GetObjectVersionTagging", on=[f"{store}/*", f"{sources}/*"]),
        allowed(*of_buckets, on=[store, sources]),
        allowed("s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", on=f"{store}/*"),
        allowed(
            "codepipeline:StartPipelineExecution",
            on=f"arn:aws:codepipeline:{REGION}:{MANAGEMENT}:{NEXT}",
        ),
    ]
    pipeline.policies["deploy"].append(allowed("s3:GetObject", on=f"{store}/*"))
    pipeline.grant("pipeline")
    pipeline.grant("deploy")
    aws("codepipeline").create_pipeline(pipeline=_next(pipeline.key))
    aws("codepipeline").create_pipeline(pipeline=_origin(pipeline.key))
    return pipeline


def _source(name: str, bucket: str, key: str, **more: str) -> dict[str, Any]:
    return action(
        name,
        "Source",
        "S3",
        outputArtifacts=[{"name": name}],
        configuration={
            "S3Bucket": bucket,
            "S3ObjectKey": key,
            "PollForSourceChanges": "false",
            **more,
        },
    )


def _pipeline(name: str, key: str, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    store = {"type": "S3", "location": BUCKET, "encryptionKey": {"type": "KMS", "id": key}}
    return {
        "name": name,
        "roleArn": arn_of_role("pipeline"),
        "artifactStore": store,
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": list(stages),
        **more,
    }


def _origin(key: str) -> dict[str, Any]:
    kept = f"promoted/{ORIGIN}/{EXECUTION}/Source.zip"
    keep = action(
        "Keep",
        "Deploy",
        "S3",
        inputArtifacts=[{"name": "Source"}],
        configuration={
            "BucketName": BUCKET,
            "Extract": "false",
            "ObjectKey": kept,
            "KMSEncryptionKeyARN": key,
        },
    )
    revision = {"actionName": "Source", "revisionType": "S3_OBJECT_KEY", "revisionValue": kept}
    start = action(
        "Start",
        "Invoke",
        "CodePipeline",
        runOrder=2,
        configuration={
            "PipelineName": NEXT,
            "SourceRevisions": json.dumps([revision]),
            "Variables": json.dumps([{"name": "RELEASE", "value": EXECUTION}]),
        },
    )
    return _pipeline(
        ORIGIN,
        key,
        {"name": "Source", "actions": [_source("Source", SOURCES, "shop.zip")]},
        {"name": "Promote", "actions": [keep, start]},
    )


def _next(key: str) -> dict[str, Any]:
    taken = _source(
        "Source",
        BUCKET,
        f"promoted/{ORIGIN}/none/Source.zip",
        AllowOverrideForS3ObjectKey="true",
    )
    deploy = action(
        "Site",
        "Deploy",
        "S3",
        roleArn=arn_of_role("deploy"),
        inputArtifacts=[{"name": "Source"}],
        configuration={
            "BucketName": SITE,
            "Extract": "true",
            "ObjectKey": "#{variables.RELEASE}",
        },
    )
    return _pipeline(
        NEXT,
        key,
        {"name": "Source", "actions": [taken]},
        {"name": "Deploy", "actions": [deploy]},
        variables=[{"name": "RELEASE", "defaultValue": "none"}],
    )


def rehearse(server: Sandbox, *names: str) -> Course:
    course = Course()
    sandbox = Rehearsed(server.url, MANAGEMENT)
    found = rehearsing.read(sandbox, names, MANAGEMENT, REGION)
    rehearsing.rehearse(sandbox, found, Options(), course)
    return course


def test_promoted_pipeline_gets_the_artifact_of_the_execution(
    promoting: Small, server: Sandbox
) -> None:
    promoting.aws("s3").put_object(
        Bucket=SOURCES, Key="shop.zip", Body=zipped(index__html="promoted")
    )
    course = rehearse(server, ORIGIN, NEXT)
    assert [(each.pipeline, each.status) for each in course.ends] == [
        (ORIGIN, "Succeeded"),
        (NEXT, "Succeeded"),
    ], course.entries
    key = f"{course.ends[0].execution}/index.html"
    answer = promoting.aws("s3").get_object(Bucket=SITE, Key=key)
    assert answer["Body"].read() == b"promoted"
    execution = promoting.aws("codepipeline").get_pipeline_execution(
        pipelineName=NEXT, pipelineExecutionId=course.ends[1].execution
    )["pipelineExecution"]
    (variable,) = execution["variables"]
    assert variable["resolvedValue"] == course.ends[0].execution


def test_execution_that_nothing_promotes_fails_at_its_source(
    promoting: Small, server: Sandbox
) -> None:
    course = rehearse(server, NEXT)
    (failed,) = [each for each in course.entries if each.status == "Failed"]
    assert failed.stage == "Source"
    assert f"promoted/{ORIGIN}/none/Source.zip" in failed.message


def test_missing_permission_to_start_fails_the_promotion(promoting: Small, server: Sandbox) -> None:
    promoting.without("pipeline", "codepipeline:StartPipelineExecution")
    course = rehearse(server, ORIGIN, NEXT)
    (failed,) = [each for each in course.entries if each.status == "Failed"]
    assert (failed.action, failed.code) == ("Start", "PermissionError")
    assert [each.pipeline for each in course.ends] == [ORIGIN]
