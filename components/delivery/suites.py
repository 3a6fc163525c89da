"""The source tests of one application, shared by all its pipelines.

They run unreviewed code, including pull requests. So they have one role
that may only read the application's sources and write logs and reports: no
artifacts, no secrets, no cache that a build could read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components import projects
from components.computing import ComputingArgs, described, logins, package_variables
from components.delivery import buildspecs, runtimes, source
from components.delivery.buildspecs import CoverageArgs, TestSpec
from components.delivery.reports import make_coverage_group, make_report_group
from components.delivery.source import SourceArgs
from components.inputs import Inputs
from components.roles import make_role
from landfall.aws.codebuild.environments import own_architecture
from landfall.blueprint import builds
from landfall.blueprint.builds import SourceTests as Described
from landfall.blueprint.builds import source_tests_name as role_name
from landfall.blueprint.builds import test_log_group as log_group
from landfall.blueprint.computing import Computing
from landfall.blueprint.places import Place, Store
from landfall.settings.variables import plain, resolved


class SuiteArgs(TypedDict):
    """One kind of test."""

    kind: str
    """`unit`, `lint`, `sast`, `dependencies`, `secrets`, `iac`, `review`, `build`; `integration`,
    `e2e` of the deployment."""
    image: str
    """CodeBuild's image."""
    timeout_minutes: int
    """CodeBuild stops it after this time."""
    commands: NotRequired[list[str]]
    """Commands instead of the kind's default."""
    buildspec: NotRequired[str]
    """The path of a buildspec in the sources, instead of commands."""
    architecture: NotRequired[str]
    """`x86_64` (default) or `arm64`, for an image that is not CodeBuild's own."""
    environment: NotRequired[dict[str, str]]
    """Plain environment variables. CodePipeline's action has those with `#{`."""
    batch: NotRequired[bool]
    """Run the batch of the build specification."""
    matrix: NotRequired[dict[str, list[str]]]
    """Run it once for each combination of these variables' values."""
    privileged: NotRequired[bool]
    """Run the container privileged."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type. Default: the smallest."""
    computing: NotRequired[ComputingArgs]
    """What it runs on, besides image and compute type."""
    coverage: NotRequired[CoverageArgs]
    """Files of code coverage, which become a report of their own."""


class StoreArgs(TypedDict):
    """The store of artifacts and reports."""

    bucket_name: pulumi.Input[str]
    """The artifact store's bucket."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket, by ARN."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""


class SourceTestsArgs(TypedDict):
    """The arguments of an application's source tests."""

    application: str
    """The application's name."""
    formerly: NotRequired[str]
    """The name that it had before; the log group keeps it."""
    account_id: pulumi.Input[str]
    """Their account."""
    region: str
    """Their region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    store: StoreArgs
    """The store of artifacts and reports."""
    log_days: NotRequired[int]
    """Days to keep logs. Default: 365."""
    source: SourceArgs
    """The source."""
    pipelines: list[str]
    """The pipelines of these sources."""
    suites: list[SuiteArgs]
    """The tests, by kind."""
    covers: NotRequired[bool]
    """Make a report group for coverage: a test, here or of the deployment, reports it."""


class TestProjectArgs(TypedDict):
    """A project that a pipeline runs as a test."""

    kind: str
    """The kind of test."""
    project_name: pulumi.Input[str]
    """The project's name."""
    project_arn: pulumi.Input[str]
    """The project's ARN."""
    batch: bool
    """Whether it runs as several builds."""
    variables: NotRequired[dict[str, str]]
    """Environment variables that CodePipeline resolves, for its action."""


def as_project(
    kind: str, project: aws.codebuild.Project, *, batch: bool = False
) -> TestProjectArgs:
    """Return a project that a pipeline runs beside its tests."""
    return {
        "kind": kind,
        "project_name": project.name,
        "project_arn": project.arn,
        "batch": batch,
    }


def project_arns(
    tests: Sequence[TestProjectArgs], inputs: Inputs
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the single-build projects and the batch projects."""
    single = [each["project_arn"] for each in tests if not each["batch"]]
    batches = [each["project_arn"] for each in tests if each["batch"]]
    return tuple(inputs.texts(single)), tuple(inputs.texts(batches))


def described_store(store: StoreArgs, inputs: Inputs) -> Store:
    """Return the store as a blueprint value."""
    return Store(inputs.text(store["bucket_arn"]), inputs.text(store["key_arn"]))


class SourceTests(pulumi.ComponentResource):
    """The test projects of one application, their role, logs and reports."""

    projects: dict[str, TestProjectArgs]
    report_group_arn: pulumi.Output[str]
    coverage_group_arn: pulumi.Output[str] | None
    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: SourceTestsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:SourceTests", name, None, opts)
        application, store = args["application"], args["store"]
        self._inputs = Inputs()
        self._place = Place(
            args.get("partition", "aws"),
            args["region"],
            self._inputs.text(args["account_id"]),
            args.get("log_days", 365),
        )
        child = pulumi.ResourceOptions(parent=self)
        group = projects.make_log_group(
            name,
            log_group(args.get("formerly", application)),
            store["key_arn"],
            self._place,
            child,
        )
        reports = make_report_group(
            name,
            role_name(application),
            store["bucket_name"],
            store["key_arn"],
            args["region"],
            child,
        )
        self.report_group_arn, self.log_group_name = reports.arn, group.name
        self.coverage_group_arn = None
        if args.get("covers"):
            covered = builds.coverage_group(role_name(application))
            coverage = make_coverage_group(f"{name}-coverage", covered, args["region"], child)
            self.coverage_group_arn = coverage.arn
        self.projects = {}
        if args["suites"]:
            self._make(name, args, child)
        self.register_outputs(
            {"report_group_arn": self.report_group_arn, "log_group_name": self.log_group_name}
        )

    def _make(self, name: str, args: SourceTestsArgs, child: pulumi.ResourceOptions) -> None:
        application, store, inputs = args["application"], args["store"], self._inputs
        tests = Described(
            application,
            tuple(args["pipelines"]),
            source.described(args["source"], inputs),
            tuple(suite["kind"] for suite in args["suites"]),
            args.get("formerly", ""),
            environments=tuple(environment_of(suite, inputs) for suite in args["suites"]),
            covers=any("coverage" in suite for suite in args["suites"]),
        )
        names = tests.projects
        role = builds.source_tests_role(self._place, tests, described_store(store, inputs))
        made = make_role(name, role, inputs, child)
        granted = made.granted
        split = [
            project
            for project, suite in zip(names, args["suites"], strict=True)
            if _is_split(suite)
        ]
        batch_role = None
        if split:
            starter = builds.batch_role(f"{role_name(application)}-batch", self._place, split)
            batch = make_role(f"{name}-batch", starter, inputs, child)
            batch_role = batch.role
            granted += batch.granted
        options = pulumi.ResourceOptions(parent=self, depends_on=granted)
        around = Surroundings(
            self._place.region,
            made.role,
            batch_role,
            store["key_arn"],
            self.log_group_name,
            self.report_group_arn,
            self.coverage_group_arn,
        )
        for project, suite in zip(names, args["suites"], strict=True):
            kind = suite["kind"]
            described_suite = SuiteProject(
                project, f"Tests the sources of {application}: {kind}", suite
            )
            self.projects[kind] = make_suite(f"{name}-{kind}", described_suite, around, options)


@dataclass(frozen=True)
class SuiteProject:
    """The project of one kind of test: its name in AWS, and what it runs.

    `variables` come beside those of the suite, as CodeBuild takes them.
    """

    name: str
    description: str
    suite: SuiteArgs
    variables: Sequence[dict[str, Any]] = ()
    acts_in_target: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a project of tests runs with; `batch_role` starts the builds of those in a matrix.

    `coverage_group_arn` is None if no test reports coverage.
    """

    region: str
    role: aws.iam.Role
    batch_role: aws.iam.Role | None
    key_arn: pulumi.Input[str]
    log_group: pulumi.Input[str]
    report_group_arn: pulumi.Input[str]
    coverage_group_arn: pulumi.Input[str] | None = None


def environment_of(suite: SuiteArgs, inputs: Inputs) -> Computing:
    """Return what a test runs on as a blueprint value."""
    return described(suite["image"], suite.get("computing", {}), inputs)


def make_suite(
    name: str, project: SuiteProject, around: Surroundings, opts: pulumi.ResourceOptions
) -> TestProjectArgs:
    """Create the project of one kind of test."""
    suite = project.suite
    kind, computing = suite["kind"], suite.get("computing", {})
    variables_of_action = resolved(suite.get("environment", {}))
    environment = {**plain(suite.get("environment", {})), "TEST_KIND": kind}
    args: projects.ProjectArgs = {
        "project_name": project.name,
        "description": project.description,
        "role_arn": around.role.arn,
        "key_arn": around.key_arn,
        "image": suite["image"],
        "compute_type": suite.get("compute_type", "BUILD_GENERAL1_SMALL"),
        "privileged": suite.get("privileged", False),
        "computing": computing,
        "buildspec": suite["buildspec"] if "buildspec" in suite else _buildspec(project, around),
        "variables": [
            *projects.plain_variables({**environment, **package_variables(computing)}),
            *project.variables,
        ],
        "timeout_minutes": suite["timeout_minutes"],
        "log_group": around.log_group,
        "log_stream": project.name,
    }
    if _is_split(suite) and around.batch_role is not None:
        args["batch_role_arn"] = around.batch_role.arn
    if "architecture" in suite:
        args["architecture"] = suite["architecture"]
    made = projects.make_project(name, args, around.region, opts)
    found: TestProjectArgs = {
        "kind": kind,
        "project_name": made.name,
        "project_arn": made.arn,
        "batch": _is_split(suite),
    }
    if variables_of_action:
        found["variables"] = variables_of_action
    return found


def _buildspec(project: SuiteProject, around: Surroundings) -> pulumi.Output[str]:
    """Return the buildspec of a test that has none in its sources."""
    suite = project.suite
    kind, own, image = suite["kind"], suite.get("commands", []), suite["image"]
    computing = suite.get("computing", {})
    architecture = own_architecture(image) or suite.get("architecture", "x86_64")
    lines = buildspecs.commands(
        kind, own, acts_in_target=project.acts_in_target, architecture=architecture
    )
    chosen = computing.get("runtimes", {})
    spec: TestSpec = {
        "report_group_arn": around.report_group_arn,
        "matrix": suite.get("matrix", {}),
        "runtimes": runtimes.of_test(kind, image, chosen, default_commands=not own),
    }
    if "coverage" in suite and around.coverage_group_arn is not None:
        spec["coverage"] = suite["coverage"]
        spec["coverage_group_arn"] = around.coverage_group_arn
    return buildspecs.test_spec([*logins(computing), *lines], spec)


def _is_split(suite: SuiteArgs) -> bool:
    """Return whether a test runs as several builds."""
    return bool(suite.get("matrix")) or suite.get("batch", False)
