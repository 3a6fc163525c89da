"""The delivery pipeline of one application in one environment.

In the delivery account: CodePipeline (V2), its CodeBuild project, their roles and logs, and
its triggers. It deploys with the role of a `DeploymentTarget` in the target account, and has
no permission of its own there.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import source, stages, suites
from components.delivery.building import Build, BuildArgs, Stored, described_build, make_build
from components.delivery.deployments import program
from components.delivery.deployments.arguments import DestinationArgs
from components.delivery.deployments.runs import Plans, plan_stage
from components.delivery.deployments.stages import PipelineParts, deploy_stages
from components.delivery.rollback import RollbackArgs
from components.delivery.source import SourceArgs
from components.delivery.starting import start_on_events
from components.delivery.suites import TestProjectArgs
from components.inputs import Inputs
from components.roles import Made, make_role
from components.topics import make_topic
from landfall.blueprint import builds, pipelines
from landfall.blueprint.deployments import PLANNED, DeploymentArgs
from landfall.blueprint.places import Place, Store
from landfall.blueprint.topics import approval_topic
from landfall.settings.variables import resolved


class ApprovalArgs(TypedDict):
    """The manual approval before deployment."""

    notify: NotRequired[list[str]]
    """E-mail addresses of approvers."""
    timeout_minutes: NotRequired[int]
    """5 to 86400. Default: seven days."""


class PipelineArgs(TypedDict):
    """The arguments of a pipeline."""

    pipeline_name: str
    """The pipeline's name, unique in its account and region."""
    formerly: NotRequired[str]
    """The name that it had before; the log groups of its builds keep it."""
    pipeline_role_name: str
    """The name of the pipeline's role."""
    build_role_name: str
    """The name of the build's role."""
    trigger_role_name: str
    """The name of the role that EventBridge uses to start the pipeline."""
    environment: str
    """The environment."""
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
    build: BuildArgs
    """The build's settings."""
    execution_mode: NotRequired[str]
    """`QUEUED` (default) or `SUPERSEDED`."""
    approval: NotRequired[ApprovalArgs]
    """The manual approval of the deployment."""
    deployment: DeploymentArgs
    """The deployment."""
    waves: list[list[DestinationArgs]]
    """The destinations in waves; those of a wave in parallel."""
    runner_role_name: NotRequired[str]
    """The name of the role of the build that runs the deployment, of a kind that has one."""
    rollback: NotRequired[RollbackArgs]
    """Alarms, deployment window and rollback of deployments."""
    tests: NotRequired[list[TestProjectArgs]]
    """The source tests, before the build."""
    tests_at_once: NotRequired[int]
    """How many source tests run in parallel. Default: 1, the quota of a new account."""
    retry_tests: NotRequired[bool]
    """Run failed source tests once more."""
    deployed_tests: NotRequired[list[TestProjectArgs]]
    """The tests of the first deployment, in its stage, so that a failure rolls it back."""


class Pipeline(pulumi.ComponentResource):
    """Source, tests, build, approval and deployment of one application in one environment."""

    pipeline_arn: pulumi.Output[str]
    pipeline_name: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    build_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Pipeline", name, None, opts)
        self._name, self._args = name, args
        tests = [*args.get("tests", []), *args.get("deployed_tests", [])]
        inputs = self._inputs = Inputs()
        self._place = Place(
            args.get("partition", "aws"),
            args["region"],
            inputs.text(args["account_id"]),
            args.get("log_days", 365),
        )
        self._store = Store(inputs.text(args["bucket_arn"]), inputs.text(args["key_arn"]))
        self._deploy_role_arns = tuple(
            inputs.text(each["deploy_role_arn"]) for wave in args["waves"] for each in wave
        )
        build = make_build(
            self,
            name,
            inputs,
            self._place,
            Stored(self._store, args["bucket_name"], args["key_arn"]),
            described_build(
                args["build"],
                args["pipeline_name"],
                args["build_role_name"],
                args["source"],
                inputs,
                args.get("formerly", ""),
            ),
            args["build"],
        )
        topic = self._approval_topic()
        runner = self._runner()
        made = self._role([*tests, *self._own_projects(build, runner)], topic)
        pipeline = aws.codepipeline.Pipeline(
            name,
            name=args["pipeline_name"],
            pipeline_type="V2",
            execution_mode=args.get("execution_mode", "QUEUED"),
            role_arn=made.role.arn,
            artifact_stores=self._stores(),
            stages=self._stages(build, topic, runner),
            triggers=source.triggers(args["source"]),
            region=args["region"],
            # Creation starts the first execution, which would fail without these permissions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=made.granted),
        )
        start_on_events(
            self,
            name,
            inputs,
            self._place,
            pipeline,
            pipeline_name=args["pipeline_name"],
            role_name=args["trigger_role_name"],
            source=args["source"],
        )
        self.pipeline_arn = pipeline.arn
        self.pipeline_name = pipeline.name
        self.role_arn = made.role.arn
        self.build_role_arn = build.role.arn
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

    def _role(self, projects: list[TestProjectArgs], topic: aws.sns.Topic | None) -> Made:
        args, inputs = self._args, self._inputs
        single, batches = suites.project_arns(projects, inputs)
        described = pipelines.Pipeline(
            args["pipeline_name"],
            args["pipeline_role_name"],
            source.described(args["source"], inputs),
            single,
            batches,
            self._deploy_role_arns,
            topic_arn=None if topic is None else inputs.text(topic.arn),
            remote_stores={
                region: Store(inputs.text(store["bucket_arn"]), inputs.text(store["key_arn"]))
                for region, store in args.get("remote_stores", {}).items()
            },
        )
        role = pipelines.pipeline_role(self._place, described, self._store)
        return make_role(f"{self._name}-pipeline", role, inputs, self._child)

    def _own_projects(
        self, build: Build, runner: aws.codebuild.Project | None
    ) -> list[TestProjectArgs]:
        own: list[TestProjectArgs] = [
            {
                "kind": "build",
                "project_name": build.project.name,
                "project_arn": build.project.arn,
                "batch": build.batch,
            }
        ]
        if runner is not None:
            own.append(
                {
                    "kind": self._args["deployment"]["runner"],
                    "project_name": runner.name,
                    "project_arn": runner.arn,
                    "batch": False,
                }
            )
        return own

    def _runner(self) -> aws.codebuild.Project | None:
        args, part = self._args, self._args["deployment"].get("runner")
        if part is None:
            return None
        runner = builds.Runner(
            args["pipeline_name"],
            args["runner_role_name"],
            part,
            self._deploy_role_arns,
            args.get("formerly", ""),
        )
        around = program.Around(self._place, self._store, args["key_arn"])
        return program.make_runner(
            self, self._name, self._inputs, around, runner, args["deployment"]
        )

    def _approval_topic(self) -> aws.sns.Topic | None:
        approval = self._args.get("approval")
        if approval is None or not approval.get("notify"):
            return None
        name = f"{self._name}-approval"
        topic = approval_topic(self._args["pipeline_name"], self._store.key_arn, approval["notify"])
        made = make_topic(
            name, topic, self._inputs, self._args["region"], self._child, subscription=name
        )
        return made.topic

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

    def _stages(
        self,
        build: Build,
        topic: aws.sns.Topic | None,
        runner: aws.codebuild.Project | None,
    ) -> list[dict[str, Any]]:
        args = self._args
        approval = args.get("approval")
        image = "image" in args["source"]
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
        variables = resolved(args["build"].get("environment", {}))
        result.append(
            stages.build_stage(
                build.project.name,
                batch=build.batch,
                image=image,
                variables=variables,
                artifacts=[group["artifact"] for group in args["deployment"].get("groups", [])],
            )
        )
        plans = None
        if approval is not None:
            if args["deployment"]["kind"] in PLANNED:
                plans = Plans.of(args["waves"])
                name = runner and runner.name
                result.append(plan_stage(args["waves"], plans, stages.BUILT, name))
            minutes = approval.get("timeout_minutes", 7 * 24 * 60)
            told = list(plans.summaries()) if plans else []
            kind = args["source"]["kind"]
            result.append(
                stages.approval_stage(args["environment"], minutes, topic and topic.arn, kind, told)
            )
        result += deploy_stages(
            args["deployment"],
            args["waves"],
            args.get("rollback", {}),
            PipelineParts(
                region=args["region"],
                built=stages.BUILT,
                runner=runner and runner.name,
                plans=plans,
                image=source.IMAGE_ARTIFACT if image else None,
                tests=[
                    stages.test_action(test, args["source"], run_order=number)
                    for number, test in enumerate(args.get("deployed_tests", []), 1)
                ],
            ),
        )
        return result
