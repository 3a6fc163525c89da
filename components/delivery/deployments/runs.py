"""The actions that run a pipeline's own build with the deploy role of a destination."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.delivery.deployments.arguments import DestinationArgs
from components.delivery.deployments.program import PLAN_DIGEST, PLAN_SUMMARY

_EXECUTION = "#{codepipeline.PipelineExecutionId}"


@dataclass(frozen=True)
class Plans:
    """The plans of a pipeline's destinations, made before its approval, by the destination's name.

    Each is an encrypted artifact, which only the roles of its pipeline read. CodePipeline keeps its
    SHA-256 as a variable, which write access to artifacts cannot change.
    """

    artifacts: Mapping[str, str]

    @staticmethod
    def of(waves: Sequence[Sequence[DestinationArgs]], before: int = 0) -> "Plans":
        """Return the plans of all destinations; `before` is how many the pipeline has already."""
        names = [destination["name"] for wave in waves for destination in wave]
        return Plans({name: f"Plan{number}" for number, name in enumerate(names, before + 1)})

    def namespace(self, destination: DestinationArgs) -> str:
        """Return the namespace of the variables of a destination's plan."""
        return f"{self.artifacts[destination['name']]}Variables"

    def summaries(self) -> Iterator[str]:
        """Yield the text about each plan for the approver."""
        for name, artifact in self.artifacts.items():
            where = f"{name}: " if name else ""
            yield f"{where}#{{{artifact}Variables.{PLAN_SUMMARY}}}"


def run(
    name: str,
    destination: DestinationArgs,
    built: str,
    runner: pulumi.Input[str] | None,
    **variables: str,
) -> dict[str, Any]:
    """Return the action that runs the build, in the pipeline's region.

    `variables` are environment variables beside the destination's role and region.
    """
    values: dict[str, pulumi.Input[str]] = {
        "DEPLOY_REGION": destination["region"],
        "DEPLOY_ROLE": destination["deploy_role_arn"],
        **variables,
    }
    environment = pulumi.Output.json_dumps(
        [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in values.items()]
    )
    return {
        "category": "Build",
        "owner": "AWS",
        "version": "1",
        "provider": "CodeBuild",
        "name": name,
        "input_artifacts": [built],
        "configuration": {"ProjectName": runner, "EnvironmentVariables": environment},
    }


def plan_stage(
    waves: Sequence[Sequence[DestinationArgs]],
    plans: Plans,
    built: str,
    runner: pulumi.Input[str] | None,
    stage: str = "Plan",
) -> dict[str, Any]:
    """Return the stage that plans the deployment to every destination, before the approval.

    Waves are planned in order, so that no more builds run at once than in a deployment.
    """
    actions = []
    for order, destination in ((n, each) for n, wave in enumerate(waves, 1) for each in wave):
        name = f"Plan-{destination['name']}" if destination["name"] else "Plan"
        action = run(name, destination, built, runner, EXECUTION=_EXECUTION, MODE="plan")
        actions.append(
            {
                **action,
                "namespace": plans.namespace(destination),
                "output_artifacts": [plans.artifacts[destination["name"]]],
                "run_order": order,
            }
        )
    return {"name": stage, "actions": actions}


def deploy(
    name: str,
    destination: DestinationArgs,
    built: str,
    runner: pulumi.Input[str] | None,
    plans: Plans | None,
) -> dict[str, Any]:
    """Return the action that deploys: it applies the destination's plan, if there is one.

    A rollback gives it the artifacts and variables of an earlier execution, whose plan was applied
    already. It knows this by the execution that planned.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
    """
    if plans is None:
        return run(name, destination, built, runner, MODE="deploy")
    plan = plans.artifacts[destination["name"]]
    digest = f"#{{{plans.namespace(destination)}.{PLAN_DIGEST}}}"
    action = run(
        name,
        destination,
        built,
        runner,
        EXECUTION=_EXECUTION,
        MODE="apply",
        PLAN=plan,
        **{PLAN_DIGEST: digest},
    )
    action["input_artifacts"] = [built, plan]
    action["configuration"]["PrimarySource"] = built
    return action
