"""The deployment tests of one pipeline: each a project with its own role.

In the target account, they only use a role with the read permissions in the settings.
"""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.delivery import source
from components.delivery.source import SourceArgs
from components.delivery.suites import (
    StoreArgs,
    SuiteArgs,
    SuiteProject,
    Surroundings,
    TestProjectArgs,
    described_store,
    environment_of,
    make_suite,
)
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint import builds
from landfall.blueprint.builds import DeployedTest


class DeployedTestsArgs(TypedDict):
    """The arguments of a pipeline's deployment tests."""

    application: str
    """The application's name."""
    formerly: NotRequired[str]
    """The name that it had before; the log group keeps it."""
    environment: str
    """The environment's name."""
    pipeline_name: str
    """The environment's name as a pipeline, with which the names of projects begin."""
    runs_in: NotRequired[str]
    """The pipeline that runs them. Default: `pipeline_name`."""
    account_id: pulumi.Input[str]
    """Their account."""
    region: str
    """Their region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    store: StoreArgs
    """The store of artifacts and reports."""
    source: SourceArgs
    """The source."""
    target_account_id: pulumi.Input[str]
    """The target account."""
    target_region: str
    """The target region."""
    report_group_arn: pulumi.Input[str]
    """The report group."""
    coverage_group_arn: NotRequired[pulumi.Input[str]]
    """The report group of coverage, if a test reports it."""
    log_group_name: pulumi.Input[str]
    """The log group."""
    suites: list[SuiteArgs]
    """The tests, in order."""
    read_role_arns: dict[str, pulumi.Input[str]]
    """The read role in the target account, by kind of test."""


class DeployedTests(pulumi.ComponentResource):
    """The deployment tests of one pipeline, each with its own role."""

    projects: list[TestProjectArgs]

    def __init__(
        self, name: str, args: DeployedTestsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:DeployedTests", name, None, opts)
        self.projects = [self._suite(args, suite) for suite in args["suites"]]
        self.register_outputs({})

    def _suite(self, args: DeployedTestsArgs, suite: SuiteArgs) -> TestProjectArgs:
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        read_role = args["read_role_arns"].get(suite["kind"])
        test = DeployedTest(
            args["application"],
            args["pipeline_name"],
            suite["kind"],
            source.described(args["source"], inputs),
            read_role_arn=None if read_role is None else inputs.text(read_role),
            formerly=args.get("formerly", ""),
            environment=environment_of(suite, inputs),
            covers="coverage" in suite,
            runs_in=args.get("runs_in", ""),
        )
        name, description = test.name, test.description
        store = described_store(args["store"], inputs)
        made = make_role(name, builds.deployed_test_role(place, test, store), inputs, child)
        variables: list[dict[str, Any]] = [
            {"name": "ACCOUNT_ID", "value": args["target_account_id"], "type": "PLAINTEXT"},
            {"name": "ENVIRONMENT", "value": args["environment"], "type": "PLAINTEXT"},
            {"name": "REGION", "value": args["target_region"], "type": "PLAINTEXT"},
        ]
        if read_role is not None:
            variables.append({"name": "READ_ROLE", "value": read_role, "type": "PLAINTEXT"})
        granted, batch_role = made.granted, None
        if suite.get("matrix"):
            starter = builds.batch_role(f"{name}-batch", place, [name])
            batch = make_role(f"{name}-batch", starter, inputs, child)
            batch_role = batch.role
            granted += batch.granted
        around = Surroundings(
            place.region,
            made.role,
            batch_role,
            args["store"]["key_arn"],
            args["log_group_name"],
            args["report_group_arn"],
            args.get("coverage_group_arn"),
        )
        project = SuiteProject(name, description, suite, variables, read_role is not None)
        options = pulumi.ResourceOptions(parent=self, depends_on=granted)
        return make_suite(name, project, around, options)
