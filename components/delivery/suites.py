"""The tests of one application's sources, which all its pipelines share.

They run what anybody may have written, in pull requests too. So they have one role
that reads the sources of the application and writes logs and reports, and nothing else: no
artifacts, no secrets, no cache that a build could take something from.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import buildspecs, projects, source
from components.delivery.reports import make_report_group, write_reports
from components.delivery.roles import Place, read_sources, run_projects
from components.delivery.source import ARTIFACT, SourceArgs
from components.documents import document


class SuiteArgs(TypedDict):
    """One kind of test."""

    kind: str
    """`unit`, `lint`, `sast`, `dependencies`, `secrets`, `iac`, `review`, `build`; `integration`,
    `e2e` of what is deployed."""
    image: str
    """CodeBuild's image."""
    timeout_minutes: int
    """CodeBuild ends it after this time."""
    commands: NotRequired[list[str]]
    """Commands in place of the kind's own."""
    buildspec: NotRequired[str]
    """The path of a build specification in the sources, in place of commands."""
    environment: NotRequired[dict[str, str]]
    """Plain environment variables."""
    matrix: NotRequired[dict[str, list[str]]]
    """Run it once for each combination of these variables' values."""
    privileged: NotRequired[bool]
    """Run the container privileged."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type; the smallest where left out."""


class StoreArgs(TypedDict):
    """Where artifacts and reports are."""

    bucket_name: pulumi.Input[str]
    """The artifact store's bucket."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket, by ARN."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""


class SourceTestsArgs(TypedDict):
    """What makes the tests of an application's sources."""

    application: str
    """The application's name."""
    account_id: pulumi.Input[str]
    """The account they stand in."""
    region: str
    """The region they stand in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    store: StoreArgs
    """Where artifacts and reports are."""
    log_days: NotRequired[int]
    """How long logs are kept; 365 days where left out."""
    source: SourceArgs
    """Where the sources are."""
    pipelines: list[str]
    """The pipelines whose sources they read."""
    suites: list[SuiteArgs]
    """The tests, by kind."""


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


def run(tests: Sequence[TestProjectArgs]) -> list[dict[str, Any]]:
    """Return what a pipeline's role needs in order to run tests."""
    return run_projects(
        [test["project_arn"] for test in tests if not test["batch"]],
        [test["project_arn"] for test in tests if test["batch"]],
    )


def role_name(application: str) -> str:
    """Return the name of the role with which the sources of an application are tested."""
    return f"{application}-tests"


def log_group(application: str) -> str:
    """Return the name of the log group of an application's tests."""
    return f"/landfall/tests/{application}"


class SourceTests(pulumi.ComponentResource):
    """The test projects of one application, their role, logs and reports."""

    projects: dict[str, TestProjectArgs]
    report_group_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: SourceTestsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:SourceTests", name, None, opts)
        application, store = args["application"], args["store"]
        self._place = Place(args.get("partition", "aws"), args["region"], args["account_id"])
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            name,
            name=log_group(application),
            kms_key_id=store["key_arn"],
            retention_in_days=args.get("log_days", 365),
            region=args["region"],
            opts=child,
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
        self.projects = {}
        if args["suites"]:
            self._make(name, args, child)
        self.register_outputs(
            {"report_group_arn": self.report_group_arn, "log_group_name": self.log_group_name}
        )

    def _make(self, name: str, args: SourceTestsArgs, child: pulumi.ResourceOptions) -> None:
        application, store = args["application"], args["store"]
        names = [f"{role_name(application)}-{suite['kind']}" for suite in args["suites"]]
        description = f"Tests the sources of {application}"
        role = projects.make_role(
            name, role_name(application), description, self._place, names, child
        )
        granted: list[pulumi.Resource] = [
            aws.iam.RolePolicy(
                name,
                name="tests",
                role=role.name,
                policy=document(
                    [
                        *read_sources(
                            args["pipelines"], store["bucket_arn"], store["key_arn"], ARTIFACT
                        ),
                        *source.clone(args["source"], self._place),
                        projects.write_logs(
                            self._place, log_group(application), f"{role_name(application)}-*"
                        ),
                        *write_reports(self._place, role_name(application), store["bucket_arn"]),
                    ]
                ),
                opts=child,
            )
        ]
        split = [
            project
            for project, suite in zip(names, args["suites"], strict=True)
            if suite.get("matrix")
        ]
        batch_role = None
        if split:
            batch_role, starts = projects.make_batch_role(
                f"{name}-batch", f"{role_name(application)}-batch", self._place, split, child
            )
            granted.append(starts)
        options = pulumi.ResourceOptions(parent=self, depends_on=granted)
        for project, suite in zip(names, args["suites"], strict=True):
            self.projects[suite["kind"]] = make_suite(
                f"{name}-{suite['kind']}",
                project,
                f"Tests the sources of {application}: {suite['kind']}",
                suite,
                place=self._place,
                role=role,
                key_arn=store["key_arn"],
                log_group=self.log_group_name,
                report_group_arn=self.report_group_arn,
                batch_role=batch_role,
                opts=options,
            )


def make_suite(
    name: str,
    project_name: str,
    description: str,
    suite: SuiteArgs,
    *,
    place: Place,
    role: aws.iam.Role,
    key_arn: pulumi.Input[str],
    log_group: pulumi.Input[str],
    report_group_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    batch_role: aws.iam.Role | None = None,
    variables: Sequence[dict[str, Any]] = (),
    acts_in_target: bool = False,
) -> TestProjectArgs:
    """Make the project of one kind of test."""
    kind, matrix = suite["kind"], suite.get("matrix", {})
    environment = {**suite.get("environment", {}), "TEST_KIND": kind}
    lines = buildspecs.commands(kind, suite.get("commands", []), acts_in_target=acts_in_target)
    buildspec: pulumi.Input[str] = buildspecs.test_spec(lines, report_group_arn, matrix)
    args: projects.ProjectArgs = {
        "project_name": project_name,
        "description": description,
        "role_arn": role.arn,
        "key_arn": key_arn,
        "image": suite["image"],
        "compute_type": suite.get("compute_type", "BUILD_GENERAL1_SMALL"),
        "privileged": suite.get("privileged", False),
        "buildspec": suite.get("buildspec", buildspec),
        "variables": [*projects.plain_variables(environment), *variables],
        "timeout_minutes": suite["timeout_minutes"],
        "log_group": log_group,
        "log_stream": project_name,
    }
    if matrix and batch_role is not None:
        args["batch_role_arn"] = batch_role.arn
    project = projects.make_project(name, args, place.region, opts)
    return {
        "kind": kind,
        "project_name": project.name,
        "project_arn": project.arn,
        "batch": bool(matrix),
    }
