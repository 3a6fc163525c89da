"""Environments, permissions, images and packages of builds that AWS or Landfall refuses."""

from __future__ import annotations

import pytest

from tests.settings.stacks import changed, line_of, problems

SOURCE = "source: {connection: github, repository: example/orders}"
_LAMBDA = "aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22"
_NETWORK = (
    "{vpc: vpc-0123456789abcdef0, subnets: subnet-0123456789abcdef0, "
    "securityGroups: sg-0123456789abcdef0}"
)
_TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/releases"


def _more(*lines: str) -> str:
    joined = "".join(f"\n        {line}" for line in lines)
    return changed((SOURCE, f"{SOURCE}{joined}"))


def _build(text: str) -> str:
    return _more(f"build: {{{text}}}")


@pytest.mark.parametrize(
    "text",
    [
        _build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB"),
        _build(f"network: {_NETWORK}, cache: s3"),
        _build(f"network: {_NETWORK}"),
        _build("gpu: true, computeType: BUILD_GENERAL1_LARGE"),
        _build("computeType: BUILD_GENERAL1_2XLARGE, queuedMinutes: 480"),
        _build("commands: make, runtimes: {nodejs: '22', golang: 1.x, python: 3.12.4}"),
        _build("privileged: true, push: {ecr: web, failOn: high}"),
        _build(f"permissions: {{actions: 'dynamodb:PutItem', resources: '{_TABLE}'}}"),
        _build("permissions: {actions: 'ec2:DescribeVpcs', resources: '*'}"),
        _build("codeartifact: {domain: example, repository: internal, publish: true}"),
        _more("tests: {unit: {coverage: {files: coverage.xml}, runtimes: {golang: '1.26'}}}"),
        _more("tests: {standard: true, retry: true}"),
    ],
)
def test_environment_that_codebuild_takes_is_valid(text: str) -> None:
    assert [str(problem) for problem in problems(text)] == []


@pytest.mark.parametrize(
    ("text", "part", "what", "fix"),
    [
        (_build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB, privileged: true"), "build:",
         "Lambda compute: it has no privileged mode", "choose another computeType:"),
        (_build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB, timeoutMinutes: 30"),
         "build:", "a build there ends after 15 minutes", "remove it"),
        (_build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB, queuedMinutes: 30"), "build:",
         "builds there do not wait in a queue", "remove it"),
        (_build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB, network: {_NETWORK}"),
         "build:", "it does not connect to a VPC", "remove it"),
        (_build(f"image: '{_LAMBDA}', computeType: BUILD_LAMBDA_2GB, cache: s3"), "build:",
         "Lambda compute: it has no cache", "none"),
        (_build("computeType: BUILD_LAMBDA_2GB"), "build:",
         "is no image of Lambda compute", "lambda in it"),
        (_build("gpu: true, computeType: BUILD_GENERAL1_MEDIUM"), "build:",
         "LINUX_GPU_CONTAINER has no BUILD_GENERAL1_MEDIUM", "choose one of these"),
        (_build("gpu: true, image: example/builder:1, architecture: arm64"), "build:",
         "GPUs only with x86_64", "remove it"),
        (_build(f"network: {_NETWORK}, cache: local"), "build:",
         "a build in a VPC has no local cache", "cache: s3 or none"),
        (_build("computeType: BUILD_GENERAL1_2XLARGE, cache: local"), "build:",
         "the largest compute type has no local cache", "cache: s3 or none"),
        (_build(f"network: {_NETWORK}, fleet: "
                "'arn:aws:codebuild:eu-west-1:111122223333:fleet/fast:1'"), "build:",
         "a reserved capacity fleet has its own network", "remove it"),
        (_build("registryCredentials: {secret: "
                "'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a'}"), "build:",
         "CodeBuild pulls its own images with its own credentials", "remove it"),
        (_build("runtimes: {nodejs: '22'}"), "build:",
         "the buildspec in the sources selects its runtimes itself", "runtime-versions:"),
        (_build("commands: make, runtimes: {nodejs: '23'}"), "build:",
         "has no nodejs 23", "write one of 24, 22, 20, 18"),
        (_build("commands: make, runtimes: {rust: '1.90'}"), "build:", "has no rust", ""),
        (_build("commands: make, image: example/builder:1, runtimes: {nodejs: '22'}"), "build:",
         "has no runtimes to select", "one of CodeBuild's own images"),
        (_more("tests: {unit: {runtimes: {golang: '1.19'}}}"), "tests:",
         "has no golang 1.19", "1.26, 1.25"),
        (_build("commands: make, buildspec: build.yml"), "build:",
         "commands replace the buildspec", "keep one"),
        (_build("artifacts: dist"), "build:", "lists its artifacts itself", "commands:"),
        (_build("commands: make, batch: true"), "build:", "a batch is described by", "remove"),
        (_build("push: {ecr: web}"), "build:", "needs a privileged container",
         "privileged: true"),
        (_build("privileged: true, buildspec: build.yml, push: {ecr: web, sbom: true}"), "build:",
         "builds and pushes the image itself", "remove it"),
        (_more("image: {ecr: web}", "build: {privileged: true, push: {ecr: web}}"), "build:",
         "would start the pipelines again", "another repository"),
        (_build("codeartifact: {domain: example, repository: internal, account: nobody}"), "build:",
         "there is no account 'nobody'", ""),
        (_more("tests: {unit: {codeartifact: {domain: example, repository: a1, publish: true}}}"),
         "tests:", "they publish no packages", "remove it"),
        (_build("permissions: {actions: 'dynamodb:PutItem', resources: '*'}"), "build:",
         "would be allowed on every resource", "write the ARNs"),
        (_build("permissions: {actions: 'dynamodb:PutItem'}"), "build:",
         "has no resources", "add resources:"),
        (_build(f"permissions: {{actions: 'dynamodb:*', resources: '{_TABLE}'}}"), "build:",
         "actions that AWS will add later", "name each action"),
        (_build("permissions: {actions: 'iam:AttachRolePolicy', resources: "
                "'arn:aws:iam::000000000000:role/landfall/orders-dev-build'}"), "build:",
         "can change its own permissions", ""),
        (_build("permissions: {actions: 'sts:AssumeRole', resources: "
                "'arn:aws:iam::111122223333:role/landfall/*'}"), "build:",
         "the roles of other pipelines", "only resources of the application"),
        (_build("permissions: {actions: 's3:PutObject', resources: "
                "'arn:aws:s3:::landfall-artifacts-111122223333-eu-west-1/*'}"), "build:",
         "would reach the artifacts of other pipelines", "only resources of the application"),
    ],
)  # fmt: skip
def test_environment_that_aws_refuses_is_refused_with_its_line(
    text: str, part: str, what: str, fix: str
) -> None:
    (problem,) = problems(text)
    assert what in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(text, part)


def test_application_with_a_dot_in_its_name_is_refused() -> None:
    text = changed(("      orders:\n", "      web.shop:\n"))
    found = [
        problem for problem in problems(text) if "is no name of a build project" in problem.what
    ]
    (problem,) = found
    assert "letters, digits, '-' and '_'" in problem.fix


def test_image_repository_of_two_applications_is_refused() -> None:
    build = "build: {privileged: true, push: {ecr: web}}"
    second = (
        "\n      shop:\n        source: {connection: github, repository: example/shop}"
        f"\n        {build}\n        deploy: {{s3: example-shop}}"
        "\n        environments: {dev: {account: orders-dev}}"
    )
    text = _more(build).rstrip("\n")
    assert [str(problem) for problem in problems(text + "\n")] == []
    problems_found = problems(text.replace("\n      orders:", f"{second}\n      orders:", 1) + "\n")
    assert any("already belongs to application" in problem.what for problem in problems_found)
