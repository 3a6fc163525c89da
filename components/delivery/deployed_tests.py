"""The tests of what one pipeline deploys: each a project with a role of its own.

They act in the target account only through a role that reads what the settings name.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import projects, source
from components.delivery.reports import write_reports
from components.delivery.roles import Place, read_sources
from components.delivery.source import ARTIFACT, SourceArgs
from components.delivery.suites import (
    StoreArgs,
    SuiteArgs,
    TestProjectArgs,
    log_group,
    make_suite,
    role_name,
)
from components.documents import document, statement


class DeployedTestsArgs(TypedDict):
    """What makes the tests of what one pipeline deploys."""

    application: str
    """The application's name."""
    environment: str
    """The environment's name."""
    pipeline_name: str
    """The pipeline that runs them."""
    account_id: pulumi.Input[str]
    """The account they stand in."""
    region: str
    """The region they stand in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    store: StoreArgs
    """Where artifacts and reports are."""
    source: SourceArgs
    """Where the sources are."""
    target_account_id: pulumi.Input[str]
    """The account that was deployed to."""
    target_region: str
    """The region that was deployed to."""
    report_group_arn: pulumi.Input[str]
    """The report group."""
    log_group_name: pulumi.Input[str]
    """The log group."""
    suites: list[SuiteArgs]
    """The tests, in their order."""
    read_role_arns: dict[str, pulumi.Input[str]]
    """By kind: the role of the target account that reads what the test may read."""


class DeployedTests(pulumi.ComponentResource):
    """The tests of what one pipeline deploys, each with a role of its own."""

    projects: list[TestProjectArgs]

    def __init__(
        self, name: str, args: DeployedTestsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:DeployedTests", name, None, opts)
        place = Place(args.get("partition", "aws"), args["region"], args["account_id"])
        self.projects = [self._suite(args, suite, place) for suite in args["suites"]]
        self.register_outputs({})

    def _suite(self, args: DeployedTestsArgs, suite: SuiteArgs, place: Place) -> TestProjectArgs:
        application, store, kind = args["application"], args["store"], suite["kind"]
        name = f"{args['pipeline_name']}-{kind}"
        child = pulumi.ResourceOptions(parent=self)
        description = f"Tests what {args['pipeline_name']} deploys: {kind}"
        role = projects.make_role(name, name, description, place, [name], child)
        read_role = args["read_role_arns"].get(kind)
        statements = [
            *read_sources([args["pipeline_name"]], store["bucket_arn"], store["key_arn"], ARTIFACT),
            *source.clone(args["source"], place),
            projects.write_logs(place, log_group(application), name),
            *write_reports(place, role_name(application), store["bucket_arn"]),
        ]
        variables: list[dict[str, Any]] = [
            {"name": "ACCOUNT_ID", "value": args["target_account_id"], "type": "PLAINTEXT"},
            {"name": "ENVIRONMENT", "value": args["environment"], "type": "PLAINTEXT"},
            {"name": "REGION", "value": args["target_region"], "type": "PLAINTEXT"},
        ]
        if read_role is not None:
            statements.append(
                statement("ReadInTarget", actions=["sts:AssumeRole"], resources=[read_role])
            )
            variables.append({"name": "READ_ROLE", "value": read_role, "type": "PLAINTEXT"})
        granted: list[pulumi.Resource] = [
            aws.iam.RolePolicy(
                name, name="tests", role=role.name, policy=document(statements), opts=child
            )
        ]
        batch_role = None
        if suite.get("matrix"):
            batch_role, starts = projects.make_batch_role(
                f"{name}-batch", f"{name}-batch", place, [name], child
            )
            granted.append(starts)
        return make_suite(
            name,
            name,
            description,
            suite,
            place=place,
            role=role,
            key_arn=store["key_arn"],
            log_group=args["log_group_name"],
            report_group_arn=args["report_group_arn"],
            batch_role=batch_role,
            variables=variables,
            acts_in_target=read_role is not None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=granted),
        )
