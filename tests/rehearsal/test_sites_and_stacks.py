"""Pipelines that deploy a site to S3 and a stack with CloudFormation, from sources in S3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.rehearsal import rehearsing
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from tests.rehearsal.small import QUEUE, SITE, Small, action, allowed, arn_of_role, zipped
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox, trust

NAME, SOURCES, STACK = "site-dev", "sources-0123", "queues"
BUILT = [{"name": "Source"}]

TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Name": {"Type": "String"}},
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}
    },
    "Outputs": {"Url": {"Value": {"Ref": "Queue"}}},
}


def push(pipeline: Small, page: str, **queues: str) -> None:
    """Put sources into the bucket that the pipeline reads; `queues` come beside the first."""
    more = {
        name: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": queue}}
        for name, queue in queues.items()
    }
    template = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], **more}}
    body = zipped(
        index__html=page,
        template__json=json.dumps(template),
        parameters__json=json.dumps({"Parameters": {"Name": "jobs"}}),
    )
    pipeline.aws("s3").put_object(Bucket=SOURCES, Key="site.zip", Body=body)


@pytest.fixture(scope="module")
def site(pipeline: Small) -> Small:
    """The second pipeline: the site, then the stack by a change set."""
    aws = pipeline.aws
    aws("s3").create_bucket(
        Bucket=SOURCES, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    aws("s3").put_bucket_versioning(Bucket=SOURCES, VersioningConfiguration={"Status": "Enabled"})
    aws("iam").create_role(
        RoleName="stack", AssumeRolePolicyDocument=trust(service="cloudformation.amazonaws.com")
    )
    source = f"arn:aws:s3:::{SOURCES}"
    pipeline.policies["pipeline"] += [
        allowed("s3:GetObject", "s3:GetObjectVersion", on=f"{source}/*"),
        allowed("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", on=source),
        allowed("s3:GetObjectTagging", "s3:GetObjectVersionTagging", on=f"{source}/*"),
        allowed("s3:PutObject", "s3:GetObject", on=f"arn:aws:s3:::artifacts-0123/{NAME}/*"),
    ]
    pipeline.policies["deploy"] += [
        allowed("s3:GetObject", on=f"arn:aws:s3:::artifacts-0123/{NAME}/*"),
        allowed("cloudformation:*"),
        allowed("iam:PassRole", on=arn_of_role("stack")),
    ]
    pipeline.policies["stack"] = [
        allowed("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes")
    ]
    for name in ("pipeline", "deploy", "stack"):
        pipeline.grant(name)
    push(pipeline, "one")
    aws("codepipeline").create_pipeline(pipeline=_structure(pipeline.key))
    return pipeline


def _structure(key: str) -> dict[str, Any]:
    role = {"roleArn": arn_of_role("deploy")}
    change_set = {"StackName": STACK, "ChangeSetName": "landfall"}
    source = action(
        "Source",
        "Source",
        "S3",
        namespace="SourceVariables",
        outputArtifacts=BUILT,
        configuration={
            "S3Bucket": SOURCES,
            "S3ObjectKey": "site.zip",
            "PollForSourceChanges": "false",
        },
    )
    page = action(
        "Site",
        "Deploy",
        "S3",
        **role,
        inputArtifacts=BUILT,
        configuration={"BucketName": SITE, "Extract": "true", "ObjectKey": "#{variables.folder}"},
    )
    prepare = action(
        "Prepare",
        "Deploy",
        "CloudFormation",
        **role,
        inputArtifacts=BUILT,
        runOrder=2,
        configuration={
            **change_set,
            "ActionMode": "CHANGE_SET_REPLACE",
            "TemplatePath": "Source::template.json",
            "TemplateConfiguration": "Source::parameters.json",
            "RoleArn": arn_of_role("stack"),
        },
    )
    execute = action(
        "Execute",
        "Deploy",
        "CloudFormation",
        **role,
        runOrder=3,
        namespace="StackVariables",
        configuration={**change_set, "ActionMode": "CHANGE_SET_EXECUTE"},
    )
    return {
        "name": NAME,
        "roleArn": arn_of_role("pipeline"),
        "artifactStore": {
            "type": "S3",
            "location": "artifacts-0123",
            "encryptionKey": {"type": "KMS", "id": key},
        },
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "variables": [{"name": "folder", "defaultValue": "www"}],
        "stages": [
            {"name": "Source", "actions": [source]},
            {
                "name": "Deploy",
                "actions": [page, prepare, execute],
                "onFailure": {"result": "ROLLBACK"},
            },
        ],
    }


def rehearse(server: Sandbox, **options: Any) -> Course:
    course = Course()
    sandbox = Rehearsed(server.url, MANAGEMENT)
    found = rehearsing.read(sandbox, [NAME], MANAGEMENT, REGION)
    rehearsing.rehearse(sandbox, found, Options(**options), course)
    return course


def page(pipeline: Small) -> str:
    answer = pipeline.aws("s3").get_object(Bucket=SITE, Key="www/index.html")
    return str(answer["Body"].read().decode())


def queues(pipeline: Small) -> list[str]:
    found = pipeline.aws("sqs").list_queues().get("QueueUrls", [])
    return sorted({each.rpartition("/")[2] for each in found} - {QUEUE})


def test_site_and_stack_are_deployed_from_the_bucket(site: Small, server: Sandbox) -> None:
    course = rehearse(server)
    assert [each.status for each in course.ends] == ["Succeeded"], course.entries
    assert (page(site), queues(site)) == ("one", ["jobs"])
    execute = next(each for each in course.entries if each.action == "Execute")
    assert execute.live.startswith(f"stack {STACK}, CREATE_COMPLETE, Url ")
    revision = site.aws("codepipeline").list_pipeline_executions(pipelineName=NAME)[
        "pipelineExecutionSummaries"
    ][0]["sourceRevisions"][0]["revisionId"]
    versions = site.aws("s3").list_object_versions(Bucket=SOURCES)["Versions"]
    assert revision in [each["VersionId"] for each in versions]


def test_failing_stack_returns_the_earlier_page(site: Small, server: Sandbox) -> None:
    push(site, "two")
    course = rehearse(server, fail="Deploy/Prepare")
    assert [each.status for each in course.ends] == ["Failed", "Succeeded"], course.entries
    assert page(site) == "one"


def test_new_release_changes_page_and_stack(site: Small, server: Sandbox) -> None:
    push(site, "three", Tasks="tasks")
    course = rehearse(server)
    assert [each.status for each in course.ends] == ["Succeeded"], course.entries
    assert (page(site), queues(site)) == ("three", ["jobs", "tasks"])


def test_missing_template_is_named(site: Small, server: Sandbox) -> None:
    body = zipped(index__html="four")
    site.aws("s3").put_object(Bucket=SOURCES, Key="site.zip", Body=body)
    course = rehearse(server)
    (failed,) = [each for each in course.entries if each.status == "Failed"]
    assert failed.message == "File [template.json] does not exist in artifact [Source]."
    assert page(site) == "three"


def test_action_of_an_unknown_type_is_never_a_success(site: Small, server: Sandbox) -> None:
    structure = site.aws("codepipeline").get_pipeline(name=NAME)["pipeline"]
    invoke = action("Invoke", "Invoke", "Lambda", configuration={"FunctionName": "greeter"})
    structure["stages"][1]["actions"] = [invoke]
    site.aws("codepipeline").update_pipeline(pipeline=structure)
    course = rehearse(server)
    (failed,) = [each for each in course.entries if each.status == "Failed"]
    assert (failed.action, failed.code) == ("Invoke", "NotRehearsed")
    state = site.aws("codepipeline").get_pipeline_state(name=NAME)["stageStates"][1]
    assert state["actionStates"][0]["latestExecution"]["errorDetails"]["code"] == "NotRehearsed"
