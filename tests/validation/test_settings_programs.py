"""Validation of deployments by programs, EKS, functions, builds and sites."""

from __future__ import annotations

import pytest

from landfall.settings.deploy_programs import PulumiDeploy
from landfall.settings.readiness import notes
from tests.settings.stacks import changed, problems, stack

PERMISSIONS = "permissions: [{actions: 's3:CreateBucket'}]"
PULUMI = (
    "{pulumi: '{environment}', backend: 's3://orders-state-{accountId}-{region}',"
    f" key: orders/state, {PERMISSIONS}}}"
)
TERRAFORM = (
    "{terraform: orders, backend: 's3://orders-state-{accountId}/{environment}',"
    f" key: orders/state, {PERMISSIONS}}}"
)
COMMANDS = f"{{commands: make deploy, {PERMISSIONS}}}"
SHA256 = "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc"
PROD = "prod: {account: orders-prod}"
WAVE = "prod: {account: orders-prod, waves: [[{account: orders-prod, region: us-east-1}]]}"
OTHER_ACCOUNT = "prod: {account: orders-prod, waves: [[{account: orders-dev}]]}"


def _with(deploy: str, environment: str = PROD) -> str:
    """Return the small stack with one environment, prod, and this deployment."""
    return changed(
        ("{lambda: orders}", deploy),
        ("          dev: {account: orders-dev}\n", ""),
        (PROD, environment),
    )


def _more(deploy: str, *settings: str) -> str:
    """Return a deployment with further settings."""
    return deploy[:-1] + "".join(f", {each}" for each in settings) + "}"


@pytest.mark.parametrize(
    ("deploy", "environment"),
    [
        (PULUMI, WAVE),
        (PULUMI.replace("'{environment}'", "organization/orders/prod"), PROD),
        (_more(PULUMI, "refresh: true"), "prod: {account: orders-prod, approval: {}}"),
        (TERRAFORM, OTHER_ACCOUNT),
        (_more(TERRAFORM, "tool: opentofu", "version: 1.10.1", f"sha256: '{SHA256}'"), PROD),
        (_more(TERRAFORM, "varFiles: '{environment}.tfvars'", "variables: {a: b}"), PROD),
        (COMMANDS, WAVE),
        ("{eks: apps, manifests: k8s/app.yaml, namespace: orders}", WAVE),
        ("{eks: apps, helm: {release: orders, chart: chart, values: prod.yaml}}", PROD),
        ("{invoke: deployer, parameters: '#{SourceVariables.CommitId}'}", WAVE),
        (
            "{project: releaser, roles: releaser,"
            " environment: {A: '#{codepipeline.PipelineExecutionId}'}}",
            PROD,
        ),
        ("{s3: orders-site, cacheControl: no-cache, distribution: E1A2B3C4D5E6F7}", PROD),
        ("{s3: orders-site, groups: {artifact: Assets, cacheControl: max-age=60}}", PROD),
    ],
)
def test_deployment_of_each_kind_is_valid(deploy: str, environment: str) -> None:
    assert [str(each) for each in problems(_with(deploy, environment))] == []


@pytest.mark.parametrize(
    ("deploy", "environment", "said", "fix"),
    [
        (
            PULUMI.replace("'{environment}'", "orders/prod"),
            PROD,
            "'orders/prod' is not valid here",
            "a stack's name, as in {environment} or organization/PROJECT/{environment}",
        ),
        (
            PULUMI.replace("{accountId}", "{stage}"),
            PROD,
            "is not valid here",
            "write a bucket and a prefix, as in s3://orders-state-{accountId}/{environment}",
        ),
        (
            PULUMI.replace("-{region}", ""),
            WAVE,
            "orders-prod in orders-prod in us-east-1 has the state of orders-prod in orders-prod in"
            " eu-west-1",
            "write {environment}, {accountId} or {region}",
        ),
        (
            PULUMI.replace("-{accountId}", "").replace("{environment}", "{accountId}"),
            OTHER_ACCOUNT,
            "bucket orders-state-eu-west-1 is in orders-prod in eu-west-1 for orders-prod",
            "write {accountId} and {region} in the bucket's name in backend:",
        ),
        (
            TERRAFORM,
            "prod: {account: orders-prod, waves: [[{account: orders-prod, region: us-east-1}]]}",
            "has the state of",
            "write {environment}, {accountId} or {region}",
        ),
        (
            _more(TERRAFORM, "version: 1.12.0"),
            PROD,
            "'version' is set without 'sha256'",
            "add sha256:, or remove version:",
        ),
        (
            _more(TERRAFORM, "version: 1.9.8", f"sha256: '{SHA256}'"),
            PROD,
            "terraform 1.9.8 has no lock file in S3",
            "write 1.10.0 or later",
        ),
        (
            _more(TERRAFORM, "version: 1.12.0", "sha256: abc"),
            PROD,
            "'abc' is not valid here",
            "write a SHA-256: 64 digits and letters from a to f",
        ),
        (
            _more(TERRAFORM, "image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0'"),
            PROD,
            "is an image of arm64",
            "choose another image",
        ),
        (
            _more(TERRAFORM, "variables: {db_password: hunter2}"),
            PROD,
            "'db_password' looks like a credential in plaintext",
            "declare it under secrets:, and let the deployment read it",
        ),
        (
            _more(COMMANDS, "environment: {COMMIT: '#{SourceVariables.CommitId}'}"),
            PROD,
            "CodePipeline resolves no variables here",
            "write it in build.environment:",
        ),
        ("{eks: apps}", PROD, "nothing is deployed to the cluster", "add manifests: or helm:"),
        (
            "{eks: apps, manifests: a.yaml, helm: {release: orders, chart: chart}}",
            PROD,
            "helm and manifests exclude each other",
            "keep one of them",
        ),
        (
            "{eks: apps, manifests: a.yaml, subnets: subnet-1}",
            PROD,
            "'subnets' is set without 'securityGroups'",
            "add securityGroups:",
        ),
        (
            "{invoke: deployer, parameters: '#{SourceVariables.Commit}'}",
            PROD,
            "has no value in every pipeline of the application",
            "did you mean 'CommitId'?",
        ),
        (
            f"{{invoke: deployer, parameters: '{'x' * 1001}'}}",
            PROD,
            "parameters would be 1001 characters",
            "CodePipeline takes 1000",
        ),
        (
            "{s3: orders-site, distribution: d111111abcdef8.cloudfront.net}",
            PROD,
            "is not valid here",
            "write a distribution's id, as in E1A2B3C4D5E6F7",
        ),
        (
            "{s3: orders-site, distribution: E1A2B3C4D5E6F7}",
            OTHER_ACCOUNT,
            "distribution E1A2B3C4D5E6F7 is in one account, the deployments in several",
            "write an environment for each account",
        ),
        (
            "{s3: orders-site, paths: /index.html}",
            PROD,
            "paths are of a CloudFront distribution, which is not set",
            "add distribution:",
        ),
        (
            "{s3: orders-site, groups: [{artifact: Source}]}",
            PROD,
            "'Source' is another artifact of the pipeline",
            "choose another name",
        ),
        (
            "{s3: orders-site, groups: [{artifact: Css}, {artifact: Css}]}",
            PROD,
            "artifact 'Css' is already a group",
            "remove it",
        ),
    ],
)
def test_deployment_that_aws_would_refuse_is_reported_with_a_fix(
    deploy: str, environment: str, said: str, fix: str
) -> None:
    (problem,) = problems(_with(deploy, environment))
    assert said in str(problem)
    assert fix in str(problem)


def test_applications_with_one_state_are_refused() -> None:
    text = changed(("{lambda: orders}", TERRAFORM))
    assert problems(text) == []
    application = text[text.index("      orders:\n") :]
    second = application.replace("      orders:\n", "      billing:\n").replace(
        "example/orders", "example/billing"
    )
    found = [str(each) for each in problems(text + second)]
    assert len(found) == 2
    assert "has the state of orders-dev in orders-dev in eu-west-1: orders in s3://" in found[0]


def test_a_rollback_that_nobody_approves_is_noted() -> None:
    approval = "prod: {account: orders-prod, approval: {}}"
    said = [note.what for note in notes(stack(_with(TERRAFORM, approval)))]
    assert "a rollback of orders-prod plans its last release anew, and asks nobody" in said
    stop = approval.replace("approval: {}", "approval: {}, rollback: {onFailure: stop}")
    assert not [note for note in notes(stack(_with(TERRAFORM, stop))) if "asks nobody" in note.what]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("live", "live"),
        ("organization/orders/live", "organization/orders/live"),
        ("example/orders/live", "organization/orders/live"),
    ],
)
def test_stack_of_a_program_is_named_as_an_s3_backend_takes_it(written: str, named: str) -> None:
    found = stack(_with(PULUMI.replace("'{environment}'", written)))
    deploy = found.delivery.applications["orders"].deploy
    assert isinstance(deploy, PulumiDeploy)
    assert deploy.pulumi == named
