"""The delivery pipeline of one application in one environment, or in several of them in order.

In the delivery account: CodePipeline (V2), its CodeBuild project, their roles and logs, and
its triggers. It deploys with the role of a `DeploymentTarget` in the target account, and has
no permission of its own there. A promoted pipeline has no build.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import source, stages, suites
from components.delivery.building import Build, BuildArgs, Stored, described_build, make_build
from components.delivery.environments import (
    Delivered,
    EnvironmentArgs,
    Within,
    delivered_stages,
)
from components.delivery.schedules import ScheduleArgs, start_on_schedules
from components.delivery.source import SourceArgs
from components.delivery.starting import start_on_events, started
from components.delivery.suites import TestProjectArgs
from components.delivery.variables import VariableArgs, declared
from components.inputs import Inputs
from components.roles import Made, make_role
from landfall.blueprint import pipelines, promotions
from landfall.blueprint.places import Place, Store
from landfall.blueprint.sources import PROMOTED
from landfall.settings.variables import resolved


class PipelineArgs(TypedDict):
    """The arguments of a pipeline."""

    pipeline_name: str
    """Its name, unique in its account and region."""
    environments: list[EnvironmentArgs]
    """The environments that it deploys with one build, in order; the first has its name."""
    pipeline_role_name: str
    """The name of the pipeline's role."""
    build_role_name: str
    """The name of the build's role."""
    trigger_role_name: str
    """The name of the role that EventBridge uses to start the pipeline."""
    schedule_role_name: NotRequired[str]
    """The name of the role that EventBridge Scheduler uses to start the pipeline."""
    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    bucket_name: pulumi.Input[str]
    """The artifact store's bucket."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket, by ARN."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    remote_stores: NotRequired[dict[str, Any]]
    """Stores of other target regions: region to `bucket_name`, `bucket_arn`, `key_arn`."""
    log_days: NotRequired[int]
    """Days to keep logs. Default: 365."""
    source: SourceArgs
    """The source."""
    build: NotRequired[BuildArgs]
    """The build's settings. Default: the source is promoted, and there is no build."""
    execution_mode: NotRequired[str]
    """`QUEUED` (default), `SUPERSEDED` or `PARALLEL`."""
    variables: NotRequired[dict[str, VariableArgs]]
    """The pipeline's variables, by name."""
    started_by: NotRequired[list[str]]
    """Pipelines of this account and region whose success starts this one."""
    schedules: NotRequired[list[ScheduleArgs]]
    """When the pipeline starts."""
    tests: NotRequired[list[TestProjectArgs]]
    """The source tests, before the build."""
    tests_at_once: NotRequired[int]
    """How many source tests run in parallel. Default: 1, the quota of a new account."""
    retry_tests: NotRequired[bool]
    """Run failed source tests once more."""


class Pipeline(pulumi.ComponentResource):
    """Source, tests, build, approval and deployment of one application."""

    pipeline_arn: pulumi.Output[str]
    pipeline_name: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    build_role_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Pipeline", name, None, opts)
        self._name, self._args = name, args
        inputs = self._inputs = Inputs()
        self._place = Place(
            args.get("partition", "aws"),
            args["region"],
            inputs.text(args["account_id"]),
            args.get("log_days", 365),
        )
        self._store = Store(inputs.text(args["bucket_arn"]), inputs.text(args["key_arn"]))
        build = self._build()
        self._environments = self._delivered()
        made = self._role(build)
        pipeline = aws.codepipeline.Pipeline(
            name,
            name=args["pipeline_name"],
            pipeline_type="V2",
            execution_mode=args.get("execution_mode", "QUEUED"),
            role_arn=made.role.arn,
            artifact_stores=self._stores(),
            stages=self._stages(build),
            triggers=source.triggers(args["source"]),
            variables=self._variables(),
            region=args["region"],
            # Creation starts the first execution, which would fail without these permissions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=made.granted),
        )
        self._starts(pipeline)
        self.pipeline_arn = pipeline.arn
        self.pipeline_name = pipeline.name
        self.role_arn = made.role.arn
        self.build_role_arn = build.role.arn if build is not None else None
        self.register_outputs(
            {
                "pipeline_arn": self.pipeline_arn,
                "pipeline_name": self.pipeline_name,
                "role_arn": self.role_arn,
                "build_role_arn": self.build_role_arn,
            }
        )

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _build(self) -> Build | None:
        args, inputs = self._args, self._inputs
        if "build" not in args:
            return None
        described = described_build(
            args["build"],
            args["pipeline_name"],
            args["build_role_name"],
            args["source"],
            inputs,
            args["environments"][0].get("formerly", ""),
        )
        stored = Stored(self._store, args["bucket_name"], args["key_arn"])
        return make_build(self, self._name, inputs, self._place, stored, described, args["build"])

    def _delivered(self) -> list[Delivered]:
        args = self._args
        within = Within(
            args["pipeline_name"],
            self._place,
            self._store,
            args["bucket_name"],
            args["key_arn"],
            args["source"],
        )
        first, *further = args["environments"]
        named = [(self._name, first), *((each["pipeline_name"], each) for each in further)]
        return [
            Delivered(self, name, self._inputs, within, each, position)
            for position, (name, each) in enumerate(named, 1)
        ]

    def _starts(self, pipeline: aws.codepipeline.Pipeline) -> None:
        args = self._args
        start_on_events(
            self,
            self._name,
            self._inputs,
            self._place,
            started(pipeline, args["pipeline_name"], args["trigger_role_name"]),
            args["source"],
            args.get("started_by", []),
        )
        if schedules := args.get("schedules", []):
            start_on_schedules(
                self,
                self._name,
                self._inputs,
                self._place,
                pipeline,
                pipeline_name=args["pipeline_name"],
                role_name=args["schedule_role_name"],
                schedules=schedules,
            )

    def _variables(self) -> list[dict[str, Any]] | None:
        found = declared(self._args.get("variables", {}))
        if self._args["source"]["kind"] == PROMOTED:
            found += [
                {"name": name, "default_value": promotions.NONE, "description": what}
                for name, what in promotions.DECLARED.items()
            ]
        return found or None

    def _role(self, build: Build | None) -> Made:
        args, inputs = self._args, self._inputs
        own = [*args.get("tests", []), *(it for each in self._environments for it in each.tests)]
        if build is not None:
            own.append(suites.as_project("build", build.project, batch=build.batch))
        own += [it for each in self._environments for it in each.runners]
        single, batches = suites.project_arns(own, inputs)
        described = pipelines.Pipeline(
            args["pipeline_name"],
            args["pipeline_role_name"],
            source.described(args["source"], inputs),
            single,
            batches,
            tuple(arn for each in self._environments for arn in each.deploy_role_arns),
            topic_arns=tuple(
                inputs.text(each.topic.arn) for each in self._environments if each.topic
            ),
            remote_stores={
                region: Store(inputs.text(store["bucket_arn"]), inputs.text(store["key_arn"]))
                for region, store in args.get("remote_stores", {}).items()
            },
            promotions=tuple(each.promotion for each in self._environments if each.promotion),
        )
        role = pipelines.pipeline_role(self._place, described, self._store)
        return make_role(f"{self._name}-pipeline", role, inputs, self._child)

    def _stores(self) -> list[dict[str, Any]]:
        def store(bucket: pulumi.Input[str], key: pulumi.Input[str]) -> dict[str, Any]:
            return {
                "type": "S3",
                "location": bucket,
                "encryption_key": {"type": "KMS", "id": key},
            }

        own = store(self._args["bucket_name"], self._args["key_arn"])
        remote = self._args.get("remote_stores", {})
        if not remote:
            return [own]
        # A cross-region pipeline lists the region of every store, including its own.
        return [
            {**own, "region": self._args["region"]},
            *(
                {**store(other["bucket_name"], other["key_arn"]), "region": region}
                for region, other in sorted(remote.items())
            ),
        ]

    def _artifacts(self, build: BuildArgs) -> list[str]:
        """Return the artifacts beside the main one: of its own environments, and of later ones."""
        own = [artifact for each in self._environments for artifact in each.artifacts]
        return list(dict.fromkeys([*own, *build.get("artifacts", [])]))

    def _stages(self, build: Build | None) -> list[dict[str, Any]]:
        args = self._args
        result = [{"name": "Source", "actions": source.actions(args["source"])}]
        if args.get("tests"):
            result.append(
                stages.test_stage(
                    args["tests"],
                    args["source"],
                    at_once=args.get("tests_at_once", 1),
                    retry=args.get("retry_tests", False),
                )
            )
        if build is not None:
            result.append(
                stages.build_stage(
                    build.project.name,
                    batch=build.batch,
                    image="image" in args["source"],
                    variables=resolved(args["build"].get("environment", {})),
                    further=self._artifacts(args["build"]),
                )
            )
        return [*result, *delivered_stages(self._environments)]
