"""Images, variables and the configuration of actions, refused at validation with their line."""

from __future__ import annotations

import pytest

from tests.settings.stacks import changed, line_of, problems, stack

SOURCE = "source: {connection: github, repository: example/orders}"
DEPLOY = "deploy: {lambda: orders}"
ARM = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
REFERENCE = "'#{SourceVariables.BranchName} #{codepipeline.PipelineExecutionId}'"


def _more(*lines: str, source: str = SOURCE, deploy: str = DEPLOY) -> str:
    joined = "".join(f"\n        {line}" for line in lines)
    return changed((SOURCE, f"{source}{joined}"), (DEPLOY, deploy))


def _parameters(count: int) -> str:
    values = "".join(f"\n            P{number:03}: '{'x' * 40}'" for number in range(count))
    return (
        "deploy:\n          cloudformation: orders\n          parameters:"
        f"{values}\n          permissions: {{actions: 's3:CreateBucket'}}"
    )


@pytest.mark.parametrize(
    "text",
    [
        _more(f"build: {{image: '{ARM}', computeType: BUILD_GENERAL1_LARGE}}"),
        _more("build: {image: example/builder:1, architecture: arm64}"),
        _more(f"build: {{environment: {{BRANCH_NAME: {REFERENCE}}}}}"),
        _more(f"tests: {{unit: {{environment: {{NAME: {REFERENCE}}}}}}}"),
        _more(
            "build: {environment: {VERSION: '#{SourceVariables.VersionId}'}}",
            source="source: {bucket: sources, key: orders.zip}",
        ),
        _more("image: {ecr: orders}", "build: {environment: {URI: '#{ImageVariables.ImageURI}'}}"),
        _more(deploy=_parameters(19)),
    ],
)
def test_build_that_codebuild_and_codepipeline_accept_is_valid(text: str) -> None:
    assert [str(problem) for problem in problems(text)] == []


@pytest.mark.parametrize(
    ("text", "part", "what", "fix"),
    [
        (
            _more("build: {image: 'aws/codebuild/windows-base:2022-1.0'}"),
            "build:",
            "is a Windows image",
            "write a Linux image",
        ),
        (
            _more("tests: {unit: {image: 'aws/codebuild/windows-base:2019-1.0'}}"),
            "tests:",
            "is a Windows image",
            "write a Linux image",
        ),
        (
            _more("build: {image: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:go1.24'}"),
            "build:",
            "is an image of Lambda compute",
            "write computeType: BUILD_LAMBDA_2GB, or a Linux image",
        ),
        (
            _more(f"build: {{image: '{ARM}', architecture: x86_64}}"),
            "build:",
            "is an image of arm64",
            "remove it",
        ),
        (
            _more("build: {environment: {A: '#{DeployVariables.Output}'}}"),
            "build:",
            "no action before this one has namespace 'DeployVariables'",
            "write one of codepipeline, SourceVariables",
        ),
        (
            _more("build: {environment: {A: '#{SourceVariables.BranchNme}'}}"),
            "build:",
            "has no value in every pipeline",
            "did you mean 'BranchName'?",
        ),
        (
            _more(
                "build: {environment: {A: '#{SourceVariables.CommitId}'}}",
                source="source: {bucket: sources, key: orders.zip}",
            ),
            "build:",
            "has no value in every pipeline",
            "ETag",
        ),
        (
            _more("tests: {unit: {matrix: {A: ['#{SourceVariables.CommitId}']}}}"),
            "tests:",
            "CodePipeline resolves no variables in a matrix",
            "write it in environment:",
        ),
        (
            _more(
                "build: {environment: {A: '#{SourceVariables.CommitId}" + "x" * 1000 + "'}}",
            ),
            "build:",
            "characters in the action's configuration",
            "CodePipeline takes 1000",
        ),
        (
            _more(deploy=_parameters(20)),
            "parameters:",
            "parameters would be 1040 characters in the action's configuration",
            "CodePipeline takes 1000; write them to a file of the artifact",
        ),
        (
            _more(source=f"source: {{bucket: sources, key: '{'k' * 1001}'}}"),
            "source:",
            "key would be 1001 characters",
            "write a shorter one",
        ),
        (
            _more(
                deploy="deploy: {cloudformation: orders, permissions: {actions: 's3:GetObject'}, "
                f"template: '{'t' * 1000}'}}"
            ),
            "deploy:",
            "template would be 1007 characters",
            "write a shorter one",
        ),
    ],
)
def test_build_that_aws_refuses_is_refused_with_its_line(
    text: str, part: str, what: str, fix: str
) -> None:
    (problem,) = problems(text)
    assert what in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(text, part)


def test_value_limit_can_be_overridden() -> None:
    quotas = "  landfall:quotas: {actionValueLength: 50000}\n"
    text = _more(deploy=_parameters(20)) + quotas
    assert problems(text) == []


def test_branch_variable_in_an_application_started_by_tags_is_refused() -> None:
    text = changed(
        (
            SOURCE,
            f"{SOURCE}\n        build: {{environment: {{A: '#{{SourceVariables.BranchName}}'}}}}",
        ),
        ("prod: {account: orders-prod}", "prod: {account: orders-prod, tags: 'v*'}"),
    )
    (problem,) = problems(text)
    assert "has no value in every pipeline" in problem.what


def test_plain_value_with_a_dollar_sign_is_unchanged() -> None:
    build = stack(_more("build: {environment: {A: '${HOME}/x'}}")).delivery.applications["orders"]
    assert build.build.environment == {"A": "${HOME}/x"}
