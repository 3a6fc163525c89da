"""One environment of a pipeline: its approval, its deployment, and what it hands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import source, stages, suites
from components.delivery.deployments import program
from components.delivery.deployments.arguments import DestinationArgs
from components.delivery.deployments.cloudformation import OUTPUTS, outputs_of
from components.delivery.deployments.runs import Plans, plan_stage
from components.delivery.deployments.stages import PipelineParts, deploy_stages
from components.delivery.promotion import PromotedArgs, promote_stage
from components.delivery.rollback import RollbackArgs
from components.delivery.source import SourceArgs
from components.delivery.suites import TestProjectArgs
from components.inputs import Inputs
from components.topics import make_topic
from landfall.blueprint import builds
from landfall.blueprint.deployments import PLANNED, DeploymentArgs
from landfall.blueprint.places import Place, Store
from landfall.blueprint.promotions import Promotion
from landfall.blueprint.sources import revision
from landfall.blueprint.topics import approval_topic


class ApprovalArgs(TypedDict):
    """The manual approval before deployment."""

    notify: NotRequired[list[str]]
    """E-mail addresses of approvers."""
    timeout_minutes: NotRequired[int]
    """5 to 86400. Default: seven days."""


class EnvironmentArgs(TypedDict):
    """An environment that a pipeline deploys."""

    pipeline_name: str
    """Its name as a pipeline, unique in its account and region: names of its own resources begin
    with it."""
    formerly: NotRequired[str]
    """The name that it had before; the log groups of its builds keep it."""
    environment: str
    """The environment."""
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
    deployed_tests: NotRequired[list[TestProjectArgs]]
    """The tests of the first deployment, in its stage, so that a failure rolls it back."""
    promotes: NotRequired[list[PromotedArgs]]
    """The pipelines that start with what was deployed."""


@dataclass(frozen=True)
class Within:
    """The pipeline around an environment: its name, its place, its artifacts and its sources."""

    pipeline_name: str
    place: Place
    store: Store
    bucket_name: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    source: SourceArgs


class Delivered:
    """What a pipeline has for one of its environments; `position` counts them from 1."""

    def __init__(
        self,
        parent: pulumi.Resource,
        name: str,
        inputs: Inputs,
        within: Within,
        args: EnvironmentArgs,
        position: int,
    ) -> None:
        self._parent, self._name, self._inputs = parent, name, inputs
        self._within, self._args, self._position = within, args, position
        self.deploy_role_arns = tuple(
            inputs.text(each["deploy_role_arn"]) for wave in args["waves"] for each in wave
        )
        self.topic = self._topic()
        self.runner = self._runner()

    @property
    def promotion(self) -> Promotion | None:
        """What it hands on, if anything."""
        promotes = self._args.get("promotes", [])
        names = tuple(each["pipeline_name"] for each in promotes)
        return Promotion(self._args["pipeline_name"], names) if names else None

    @property
    def artifacts(self) -> list[str]:
        """The artifacts beside the build's main one that its deployment takes."""
        return [group["artifact"] for group in self._args["deployment"].get("groups", [])]

    @property
    def tests(self) -> list[TestProjectArgs]:
        """The projects that test its first deployment."""
        return list(self._args.get("deployed_tests", []))

    @property
    def runners(self) -> list[TestProjectArgs]:
        """The project that runs the deployment or a step of it, if any."""
        if self.runner is None:
            return []
        return [suites.as_project(self._args["deployment"]["runner"], self.runner)]

    def _runner(self) -> aws.codebuild.Project | None:
        args, within = self._args, self._within
        part = args["deployment"].get("runner")
        if part is None:
            return None
        runner = builds.Runner(
            args["pipeline_name"],
            args["runner_role_name"],
            part,
            self.deploy_role_arns,
            args.get("formerly", ""),
            within.pipeline_name,
        )
        around = program.Around(within.place, within.store, within.key_arn)
        return program.make_runner(
            self._parent, self._name, self._inputs, around, runner, args["deployment"]
        )

    def _topic(self) -> aws.sns.Topic | None:
        approval = self._args.get("approval")
        if approval is None or not approval.get("notify"):
            return None
        name = f"{self._name}-approval"
        topic = approval_topic(
            self._args["pipeline_name"], self._within.store.key_arn, approval["notify"]
        )
        child = pulumi.ResourceOptions(parent=self._parent)
        region = self._within.place.region
        return make_topic(name, topic, self._inputs, region, child, subscription=name).topic

    def stages(self, planned: int) -> Iterator[dict[str, Any]]:
        """Yield its stages; `planned` is how many plans the environments before it have."""
        args, within = self._args, self._within
        label = "" if self._position == 1 else f"@{args['environment']}"
        plans, approval = None, args.get("approval")
        if approval is not None:
            if args["deployment"]["kind"] in PLANNED:
                plans = Plans.of(args["waves"], planned)
                name = self.runner and self.runner.name
                yield plan_stage(args["waves"], plans, stages.BUILT, name, f"Plan{label}")
            yield stages.approval_stage(
                f"Approval{label}",
                f"Deploy {revision(within.source['kind'])} to {args['environment']}?",
                approval.get("timeout_minutes", 7 * 24 * 60),
                self.topic and self.topic.arn,
                list(plans.summaries()) if plans else [],
                f"Plan{label}",
            )
        promoted = within.source.get("artifacts", [])
        has_image = "image" in within.source or source.IMAGE_ARTIFACT in promoted
        parts = PipelineParts(
            region=within.place.region,
            built=stages.BUILT,
            runner=self.runner and self.runner.name,
            plans=plans,
            image=source.IMAGE_ARTIFACT if has_image else None,
            tests=self._tests(),
            position=self._position,
        )
        for stage in deploy_stages(
            args["deployment"], args["waves"], args.get("rollback", {}), parts
        ):
            yield {**stage, "name": f"{stage['name']}{label}"}
        if later := args.get("promotes", []):
            yield promote_stage(
                f"Promote{label}",
                args["pipeline_name"],
                later,
                within.bucket_name,
                within.key_arn,
                revision(within.source["kind"]),
            )

    def plans(self) -> int:
        """Return how many plans it has."""
        planned = "approval" in self._args and self._args["deployment"]["kind"] in PLANNED
        return sum(map(len, self._args["waves"])) if planned else 0

    def _tests(self) -> list[dict[str, Any]]:
        found = []
        for number, test in enumerate(self.tests, 1):
            if "variables" in test:
                own = {key: self._outputs(value) for key, value in test["variables"].items()}
                test = {**test, "variables": own}
            found.append(stages.test_action(test, self._within.source, run_order=number))
        return found

    def _outputs(self, value: str) -> str:
        """Return a value that takes the outputs of this environment's stack."""
        own = f"#{{{outputs_of(self._position)}."
        return value.replace(f"#{{{OUTPUTS}.", own)


def delivered_stages(environments: Sequence[Delivered]) -> Iterator[dict[str, Any]]:
    """Yield the stages of all environments of a pipeline, in order."""
    planned = 0
    for each in environments:
        yield from each.stages(planned)
        planned += each.plans()
