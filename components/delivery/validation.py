"""The pipeline that builds and tests pull requests, and deploys nothing.

Its build is a test like the others: without secrets, without deployable artifacts, and
without their cache, because it runs unreviewed code.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import source, stages, suites
from components.delivery.source import SourceArgs
from components.delivery.starting import start_on_events, started
from components.delivery.suites import StoreArgs, TestProjectArgs
from components.delivery.variables import VariableArgs, declared
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint import pipelines


class ValidationArgs(TypedDict):
    """The arguments of the pull request pipeline."""

    pipeline_name: str
    """The pipeline's name."""
    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    store: StoreArgs
    """The artifact store."""
    source: SourceArgs
    """The source; its triggers are pull requests."""
    tests: list[TestProjectArgs]
    """The tests of the sources."""
    tests_at_once: NotRequired[int]
    """How many run in parallel. Default: 1, the quota of a new account."""
    retry_tests: NotRequired[bool]
    """Run failed tests once more."""
    variables: NotRequired[dict[str, VariableArgs]]
    """The pipeline's variables, by name; tests may use them."""


class Validation(pulumi.ComponentResource):
    """Source and tests of an application's pull requests."""

    pipeline_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ValidationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Validation", name, None, opts)
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        pipeline_name, store = args["pipeline_name"], args["store"]
        projects, batches = suites.project_arns(args["tests"], inputs)
        described = pipelines.Pipeline(
            pipeline_name,
            f"{pipeline_name}-pipeline",
            source.described(args["source"], inputs),
            projects,
            batches,
        )
        made = make_role(
            f"{name}-pipeline",
            pipelines.pipeline_role(place, described, suites.described_store(store, inputs)),
            inputs,
            child,
        )
        pipeline = aws.codepipeline.Pipeline(
            name,
            name=pipeline_name,
            pipeline_type="V2",
            # Pull requests do not wait for each other.
            execution_mode="PARALLEL",
            role_arn=made.role.arn,
            artifact_stores=[
                {
                    "type": "S3",
                    "location": store["bucket_name"],
                    "encryption_key": {"type": "KMS", "id": store["key_arn"]},
                }
            ],
            stages=[
                {"name": "Source", "actions": source.actions(args["source"])},
                stages.test_stage(
                    args["tests"],
                    args["source"],
                    at_once=args.get("tests_at_once", 1),
                    retry=args.get("retry_tests", False),
                ),
            ],
            triggers=source.triggers(args["source"]),
            variables=declared(args.get("variables", {})) or None,
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=made.granted),
        )
        start_on_events(
            self,
            name,
            inputs,
            place,
            started(pipeline, pipeline_name, f"{pipeline_name}-trigger"),
            args["source"],
        )
        self.pipeline_arn = pipeline.arn
        self.register_outputs({"pipeline_arn": self.pipeline_arn})
