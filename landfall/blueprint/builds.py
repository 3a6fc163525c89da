"""The roles of CodeBuild projects, and the permissions to run projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from landfall.blueprint import artifacts, computing, images, packages, secrets, sources
from landfall.blueprint.computing import PLAIN, Computing
from landfall.blueprint.places import Place, Store
from landfall.blueprint.roles import Role, codebuild_role
from landfall.blueprint.secrets import Reference
from landfall.blueprint.sources import Source
from landfall.blueprint.statements import Statement, statement


@dataclass(frozen=True, slots=True)
class Build:
    """The build of one pipeline; its project has the pipeline's name.

    `packages` are the buckets that it uploads packaged code to, by region.
    `caches`: it has a cache in the artifact store. `secrets` are those in its variables,
    encrypted with `secrets_key_arn`. `formerly` is the pipeline's name when its log group was made.
    `permissions` are statements of its application, `pushes_to` is an image repository.
    """

    pipeline: str
    role_name: str
    source: Source
    caches: bool = False
    secrets: tuple[Reference, ...] = ()
    secrets_key_arn: str | None = None
    formerly: str = ""
    packages: tuple[Store, ...] = ()
    environment: Computing = PLAIN
    permissions: tuple[Statement, ...] = ()
    pushes_to: str = ""


def build_log_group(project: str) -> str:
    """Return the name of the log group of a build's project."""
    return f"/landfall/build/{project}"


def test_log_group(application: str) -> str:
    """Return the name of the log group of an application's tests."""
    return f"/landfall/tests/{application}"


def build_role(place: Place, build: Build, store: Store) -> Role:
    """Return the role of a pipeline's build: it uses only this pipeline's artifacts."""
    role = codebuild_role(
        build.role_name,
        f"The build role of pipeline {build.pipeline}",
        place,
        [build.pipeline],
    )
    statements = [
        write_logs(place, build_log_group(build.formerly or build.pipeline)),
        statement(
            "WriteReports",
            actions=[
                "codebuild:BatchPutCodeCoverages",
                "codebuild:BatchPutTestCases",
                "codebuild:CreateReport",
                "codebuild:CreateReportGroup",
                "codebuild:UpdateReport",
            ],
            resources=[place.arn("codebuild", f"report-group/{build.pipeline}-*")],
        ),
        *artifacts.use_artifacts(build.pipeline, store),
        *sources.clone(build.source, place),
        *packages.publish(build.pipeline, build.packages),
    ]
    if build.caches:
        statements += _cache(build.pipeline, store)
    if build.secrets_key_arn is not None:
        statements += secrets.read(build.secrets, place, build.secrets_key_arn)
    statements += computing.permissions(place, [build.environment])
    if build.pushes_to:
        statements += images.push(place, build.pushes_to)
    # Without their Sids, which could be those of other statements here.
    statements += [
        {key: value for key, value in each.items() if key != "Sid"} for each in build.permissions
    ]
    return replace(role, policies={"build": statements})


def _cache(pipeline: str, store: Store) -> list[Statement]:
    """Return the statements for a cache: CodeBuild finds fallback keys by their prefix."""
    prefix = f"{artifacts.CACHES}/{pipeline}/*"
    return [
        statement(
            "KeepCache",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[f"{store.bucket_arn}/{prefix}"],
        ),
        statement(
            "FindCache",
            actions=["s3:ListBucket"],
            resources=[store.bucket_arn],
            conditions={"StringLike": {"s3:prefix": prefix}},
        ),
    ]


def batch_role(name: str, place: Place, projects: Sequence[str]) -> Role:
    """Return the role that starts the builds of a batch.

    A separate role, so that a single build cannot start others.
    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
    """
    start = statement(
        "StartTheBuildsOfABatch",
        actions=["codebuild:RetryBuild", "codebuild:StartBuild", "codebuild:StopBuild"],
        resources=[place.arn("codebuild", f"project/{each}") for each in projects],
    )
    role = codebuild_role(name, "Starts the builds of batches", place, projects)
    return replace(role, policies={"batch": [start]})


def source_tests_name(application: str) -> str:
    """Return the name of the role of an application's source tests."""
    return f"{application}-tests"


@dataclass(frozen=True, slots=True)
class SourceTests:
    """The tests of an application's sources; `kinds` are those of the tests, in their order.

    `formerly` is the name that the application had when its log group was made. `environments` are
    those of the tests, and `covers` is whether one reports its coverage.
    """

    application: str
    pipelines: tuple[str, ...]
    source: Source
    kinds: tuple[str, ...]
    formerly: str = ""
    environments: tuple[Computing, ...] = ()
    covers: bool = False

    @property
    def projects(self) -> list[str]:
        """The names of the projects."""
        return [f"{source_tests_name(self.application)}-{kind}" for kind in self.kinds]


def source_tests_role(place: Place, tests: SourceTests, store: Store) -> Role:
    """Return the role of an application's source tests."""
    name = source_tests_name(tests.application)
    description = f"Tests the sources of {tests.application}"
    statements = [
        *artifacts.read_sources(tests.pipelines, store),
        *sources.clone(tests.source, place),
        write_logs(place, test_log_group(tests.formerly or tests.application), f"{name}-*"),
        *write_reports(place, name, store),
        *(write_coverage(place, name) if tests.covers else []),
        *computing.permissions(place, tests.environments),
    ]
    role = codebuild_role(name, description, place, tests.projects)
    return replace(role, policies={"tests": statements})


@dataclass(frozen=True, slots=True)
class DeployedTest:
    """One kind of test of what a pipeline deploys; `read_role_arn` is its role of the target.

    `formerly` is the name that the application had when its log group was made. `runs_in` is the
    pipeline that runs it, if that is the pipeline of another environment.
    """

    application: str
    pipeline: str
    kind: str
    source: Source
    read_role_arn: str | None = None
    formerly: str = ""
    environment: Computing = PLAIN
    covers: bool = False
    runs_in: str = ""

    @property
    def name(self) -> str:
        """The name of the project and of its role."""
        return f"{self.pipeline}-{self.kind}"

    @property
    def description(self) -> str:
        """What it is for."""
        return f"Tests what {self.pipeline} deploys: {self.kind}"


def deployed_test_role(place: Place, test: DeployedTest, store: Store) -> Role:
    """Return the role of one kind of deployment test."""
    statements = [
        *artifacts.read_sources([test.runs_in or test.pipeline], store),
        *sources.clone(test.source, place),
        write_logs(place, test_log_group(test.formerly or test.application), test.name),
        *write_reports(place, source_tests_name(test.application), store),
        *(write_coverage(place, source_tests_name(test.application)) if test.covers else []),
        *computing.permissions(place, [test.environment]),
    ]
    if test.read_role_arn is not None:
        statements.append(
            statement("ReadInTarget", actions=["sts:AssumeRole"], resources=[test.read_role_arn])
        )
    role = codebuild_role(test.name, test.description, place, [test.name])
    return replace(role, policies={"tests": statements})


@dataclass(frozen=True, slots=True)
class Runner:
    """The build that runs a pipeline's deployment, or a step of it, with the deploy roles.

    `part` is the last part of its project's name. `formerly` is the name that the pipeline had when
    its log group was made. `runs_in` is the pipeline that runs it, if that is the pipeline of
    another environment.
    """

    pipeline: str
    role_name: str
    part: str
    deploy_role_arns: tuple[str, ...]
    formerly: str = ""
    runs_in: str = ""

    @property
    def project(self) -> str:
        """The name of its project."""
        return f"{self.pipeline}-{self.part}"

    @property
    def log_group(self) -> str:
        """The name of its log group."""
        return build_log_group(f"{self.formerly or self.pipeline}-{self.part}")


def runner_role(place: Place, runner: Runner, store: Store) -> Role:
    """Return the role of the build that acts as the deploy roles."""
    statements = [
        write_logs(place, runner.log_group),
        statement(
            "ActInTargets", actions=["sts:AssumeRole"], resources=list(runner.deploy_role_arns)
        ),
        *artifacts.use_artifacts(runner.runs_in or runner.pipeline, store),
    ]
    what = "the Pulumi program" if runner.part == "pulumi" else "the deployment"
    description = f"Runs {what} of pipeline {runner.pipeline}"
    role = codebuild_role(runner.role_name, description, place, [runner.project])
    return replace(role, policies={runner.part: statements})


def write_logs(place: Place, log_group: str, streams: str = "*") -> Statement:
    """Return the statement for writing log streams."""
    resource = f"log-group:{log_group}:*"
    if streams != "*":
        resource = f"log-group:{log_group}:log-stream:{streams}/*"
    return statement(
        "WriteLogs",
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[place.arn("logs", resource)],
    )


def write_reports(place: Place, group_name: str, store: Store) -> list[Statement]:
    """Return the statements for reporting to the report group.

    https://docs.aws.amazon.com/codebuild/latest/userguide/report-group-export-settings.html
    """
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
        statement(
            "KeepReports",
            actions=["s3:PutObject"],
            resources=[f"{store.bucket_arn}/{artifacts.REPORTS}/{group_name}/*"],
        ),
        statement(
            "FindReports",
            actions=["s3:GetBucketAcl", "s3:GetBucketLocation"],
            resources=[store.bucket_arn],
        ),
    ]


def coverage_group(group_name: str) -> str:
    """Return the name of the report group of coverage beside a group of tests."""
    return f"{group_name}-coverage"


def write_coverage(place: Place, group_name: str) -> list[Statement]:
    """Return the statement for reporting coverage; its group exports nothing.

    https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
    """
    return [
        statement(
            "WriteCoverage",
            actions=[
                "codebuild:BatchPutCodeCoverages",
                "codebuild:CreateReport",
                "codebuild:UpdateReport",
            ],
            resources=[place.arn("codebuild", f"report-group/{coverage_group(group_name)}")],
        )
    ]


def run_projects(single: Sequence[str], batches: Sequence[str]) -> list[Statement]:
    """Return the statements that let a pipeline's role run projects; `batches` are batch builds.

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
